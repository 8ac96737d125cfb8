import Inspection
import Testing

private let mysql = MySQLLexing(version: 90_704)
private let mariaDB = MySQLLexing(server: .mariaDB, version: 101_119)

private func mode(_ mode: MySQLLexing.Mode) -> MySQLLexing { MySQLLexing(version: 90_704, mode: mode) }

private func lex(_ bytes: [UInt8], _ lexing: MySQLLexing) -> [MySQLToken] {
    bytes.withUnsafeBytes { raw in
        var lexer = MySQLLexer(raw, lexing)
        var result: [MySQLToken] = []
        while true {
            let token = lexer.next()
            if token.kind == .end { return result }
            result.append(token)
        }
    }
}

/// Tokens as they stand in the text, one that can't be lexed as its problem.
private func texts(_ text: String, _ lexing: MySQLLexing = mysql) -> [String] {
    let bytes = Array(text.utf8)
    return lex(bytes, lexing).map {
        $0.kind == .invalid ? "\($0.problem)" : String(decoding: bytes[$0.start..<$0.end], as: UTF8.self)
    }
}

private func kinds(_ text: String, _ lexing: MySQLLexing = mysql) -> [MySQLToken.Kind] {
    lex(Array(text.utf8), lexing).map(\.kind)
}

/// The values of the strings and names in a text.
private func values(_ text: String, _ lexing: MySQLLexing = mysql) -> [String] {
    Array(text.utf8).withUnsafeBytes { raw in
        var lexer = MySQLLexer(raw, lexing)
        var result: [String] = []
        while true {
            let token = lexer.next()
            if token.kind == .end || token.kind == .invalid { return result }
            result.append((lexer.stringValue(token) ?? lexer.name(token)).description)
        }
    }
}

/// What stands here was seen on MySQL 9.7.4 and MariaDB 10.11.19.
@Suite struct MySQLLexerTests {
    @Test(arguments: [
        ("a--b", ["a", "-", "-", "b"]),
        ("a-- b\nc", ["a", "c"]),
        ("a--\u{1}b\nc", ["a", "c"]),
        ("a--", ["a"]),
        ("a #b\rc\nd", ["a", "d"]),
        ("a/*b*/c/*/d*/e", ["a", "c", "e"]),
        ("a/* /* */ b */", ["a", "b", "*", "/"]),
        ("a<=>b->>c->d:=e||f&&g", ["a", "<=>", "b", "->>", "c", "->", "d", ":=", "e", "||", "f", "&&", "g"]),
        ("1a 1e 1e5 1e+5 1.5 .5 1. 1e5a", ["1a", "1e", "1e5", "1e+5", "1.5", ".5", "1.", "1e5", "a"]),
        ("0x1F 0X1F 0b01 0b2 0x", ["0x1F", "0X1F", "0b01", "0b2", "0x"]),
        ("t.1 `t`.1 t .1 t.1a.select", ["t", ".", "1", "`t`", ".1", "t", ".1", "t", ".", "1a", ".", "select"]),
        ("x'41' B'01' n'a' x 'a'", ["x'41'", "B'01'", "n'a'", "x", "'a'"]),
        ("@a.b @`a b` @'c' @\"d\" @ x", ["@a.b", "@`a b`", "@'c'", "@\"d\"", "@", "x"]),
        ("@@global.x @@`y`", ["@@", "global", ".", "x", "@@", "`y`"]),
        ("'u'@'%' u@localhost", ["'u'", "@'%'", "u", "@localhost"]),
        ("'it''s' 'a\\'b' \"a\"\"b\" `a``b`", ["'it''s'", "'a\\'b'", "\"a\"\"b\"", "`a``b`"]),
        ("a$b $a größe", ["a$b", "$a", "größe"]),
        ("{d '2020-01-01'}", ["{", "d", "'2020-01-01'", "}"]),
        ("?,?", ["?", ",", "?"]),
        ("$$ ' $$ x $a1$ $$ $a $a1$", ["$$ ' $$", "x", "$a1$ $$ $a $a1$"]),
        ("1.e(2)", ["(", "2", ")"]), ("1 1.5e, 2", ["1", ",", "2"]),
    ])
    func cuts(_ text: String, _ expected: [String]) {
        #expect(texts(text) == expected)
    }

    @Test func cutsAsMariaDBDoes() {
        #expect(texts("1..10 a->b $$", mariaDB) == ["1", "..", "10", "a", "-", ">", "b", "$$"])
        #expect(texts("1.e(2)", mariaDB) == ["malformedNumber"])
        #expect(kinds("\\N", mariaDB) == [.null])
        #expect(texts("\\N") == ["unexpectedCharacter"])
    }

    @Test(arguments: [
        ("'abc", "unterminatedString"), ("'abc\\'", "unterminatedString"), ("`a", "unterminatedIdentifier"),
        ("`a\0b`", "unterminatedIdentifier"), ("/* a", "unterminatedComment"), ("/*! a", "unterminatedComment"),
        ("/*!99999 /* */ a", "unterminatedComment"), ("x'4'", "malformedNumber"), ("b'2'", "malformedNumber"),
        ("@@ a", "malformedVariable"), ("$$ a", "unterminatedDollarString"), ("a\0b", "unexpectedCharacter"),
        ("[a]", "unexpectedCharacter"), ("1.e'a'", "malformedNumber"), ("?a", "unexpectedCharacter"),
    ])
    func refuses(_ text: String, _ problem: String) {
        #expect(texts(text).last == problem)
    }

    // MARK: Comments that are code

    @Test(arguments: [
        ("/*!*/", true, true), ("/*!a*/", true, true), ("/*!50001a*/", true, true), ("/*!50700 a*/", true, false),
        ("/*!90704 a*/", true, false), ("/*!90705 a*/", false, false), ("/*!090704 a*/", true, false),
        ("/*!090705 a*/", false, false), ("/*!050001 a*/", true, true), ("/*!100101 a*/", false, true),
        ("/*!101119 a*/", false, true), ("/*!101120 a*/", false, false), ("/*M! a*/", false, true),
        ("/*M!50701 a*/", false, true), ("/*M!101120 a*/", false, false), ("/*m! a*/", false, false),
        ("/* !a*/", false, false), ("/*!5000 a*/", true, true),
    ])
    func versions(_ text: String, _ onMySQL: Bool, _ onMariaDB: Bool) {
        let isEmpty = text == "/*!*/"
        #expect(texts(text).contains("a") == (onMySQL && !isEmpty))
        #expect(texts(text, mariaDB).contains("a") == (onMariaDB && !isEmpty))
    }

    @Test func sixDigitsNeedASpaceOnMySQL() {
        // Without one the first five count, and the sixth is code.
        #expect(texts("/*!500011+1 */") == ["1", "+", "1"])
        #expect(texts("/*!500011 +1 */") == [])
        let old = MySQLLexing(version: 80_020)
        #expect(texts("/*!080021 a*/", old) == ["1", "a"])
        let between = MySQLLexing(version: 80_036)
        #expect(texts("/*!080021 a*/", between) == ["ambiguous"])
        #expect(texts("/*!999999 a*/ b", between) == ["b"])
        #expect(texts("$$a$$", between) == ["ambiguous"])
        #expect(texts("$$a$$", old) == ["$$a$$"])
        #expect(kinds("$$a$$", old) == [.identifier])
    }

    @Test func commentsInCode() {
        #expect(texts("1 /*! +2 /* x */ +3 */ 4") == ["1", "+", "2", "+", "3", "4"])
        // The first mark ends the code.
        #expect(texts("1 /*! +2 /*! +3 */ 4 */") == ["1", "+", "2", "+", "3", "4", "*", "/"])
        // What is skipped may hold plain comments.
        #expect(texts("1 /*!99999 +2 /* x */ +3 */ 4") == ["1", "4"])
        #expect(texts("1 /*!99999 '*/ 4") == ["1", "4"])
        #expect(texts("a*/b") == ["a", "*", "/", "b"])
    }

    // MARK: Modes

    @Test func modes() {
        #expect(kinds("\"a\"") == [.string])
        #expect(kinds("\"a\" @\"b\"", mode(.ansiQuotes)) == [.quotedIdentifier, .userVariable])
        #expect(texts("'a\\' b", mode(.noBackslashEscapes)) == ["'a\\'", "b"])
        #expect(values("'a\\n'", mode(.noBackslashEscapes)) == ["a\\n"])
        func isCall(_ text: String, _ lexing: MySQLLexing) -> Bool { lex(Array(text.utf8), lexing)[0].isBuiltinCall }
        #expect(isCall("count(*)", mysql) && !isCall("count (*)", mysql))
        #expect(isCall("count \n (*)", mode(.ignoreSpace)) && !isCall("count/**/(*)", mode(.ignoreSpace)))
        #expect(MySQLLexing.Mode(sqlMode: "STRICT_TRANS_TABLES,ANSI") == [.ansiQuotes, .pipesAsConcat, .ignoreSpace])
        #expect(MySQLLexing.Mode(sqlMode: "no_backslash_escapes") == .noBackslashEscapes)
        #expect(MySQLLexing.Mode(sqlMode: "ORACLE").contains(.oracle))
    }

    @Test func serverVersions() {
        #expect(MySQLLexing(serverVersion: "8.0.36-0ubuntu0.22.04.1")?.version == 80_036)
        #expect(MySQLLexing(serverVersion: "9.7.4-2") == MySQLLexing(version: 90_704))
        #expect(MySQLLexing(serverVersion: "5.5.5-10.11.19-MariaDB-0+deb12u1") == mariaDB)
        #expect(MySQLLexing(serverVersion: "11.8.3-MariaDB-log")?.version == 110_803)
        #expect(MySQLLexing(serverVersion: "MariaDB") == nil)
        #expect(MySQLLexing(serverVersion: "8.0.300000000000") == nil)
    }

    @Test func namesAndKeywords() {
        let tokens = lex(Array("select t.select, `x`.from, from.a, _utf8mb4'x', _foo 'y', @@session.x".utf8), mysql)
        let names = tokens.filter { $0.kind == .identifier }
        #expect(names.map(\.mayBeKeyword) == [true, false, false, false, false, false, true, true, false])
        #expect(tokens.filter { $0.kind == .introducer }.count == 1)
        #expect(tokens.filter { $0.kind == .systemVariable }.count == 1)
    }

    // MARK: Values

    @Test func decodesValues() {
        #expect(values("'it''s' 'a\\'b\\n\\%\\_\\q\\\\' N'x' \"a\"\"b\"") == ["it's", "a'b\n\\%\\_q\\", "x", "a\"b"])
        #expect(values("`a``b` @`c``d` @'e\\'f' @g.h") == ["a`b", "c`d", "e'f", "g.h"])
        #expect(values("$x$ a $x$") == [" a "])
        #expect(values("'' `x`") == ["", "x"])
    }

    @Test func tableNames() {
        func name(_ text: String, _ names: MySQLLexing.TableNames) -> String {
            Array(text.utf8).withUnsafeBytes { raw in
                var lexer = MySQLLexer(raw, MySQLLexing(tableNames: names))
                return lexer.tableName(lexer.next()).description
            }
        }
        #expect(name("`Größe`", .asWritten) == "Größe")
        #expect(name("GRÖSSE", .lowercased) == "grösse")
        #expect(name("Tab", .comparedLowercased) == "tab")
    }

    // MARK: Character sets

    private func count(_ bytes: [UInt8], _ charset: MySQLCharset, _ mode: MySQLLexing.Mode = []) -> Int {
        lex(bytes, MySQLLexing(version: 90_704, mode: mode, charset: charset)).count
    }

    @Test func secondBytesThatHideABackslash() {
        // 0x95 0x5C, 0xA1 0x5C: one character in some, a byte and an escape in others.
        let sjis: [UInt8] = [0x27, 0x95, 0x5C, 0x27, 0x20, 0x78]
        #expect(count(sjis, .sjis) == 2 && count(sjis, .cp932) == 2 && count(sjis, .gbk) == 2)
        #expect(count(sjis, .utf8mb4) == 1 && count(sjis, .big5) == 1 && count(sjis, .latin1) == 1)
        let big5: [UInt8] = [0x27, 0xA1, 0x5C, 0x27, 0x20, 0x78]
        #expect(count(big5, .big5) == 2 && count(big5, .gb18030) == 2 && count(big5, .sjis) == 1)
    }

    @Test func quotesAreNoSecondBytes() {
        for charset in [MySQLCharset.gbk, .sjis, .big5, .gb18030, .utf8mb4] {
            #expect(count([0x27, 0xBF, 0x27, 0x20, 0x78], charset) == 2, "\(charset)")
        }
    }

    @Test func backticksCanBeSecondBytes() {
        let bytes: [UInt8] = [0x60, 0xBF, 0x60, 0x20, 0x78]
        #expect(count(bytes, .gbk) == 1 && count(bytes, .big5) == 1)
        #expect(count(bytes, .sjis) == 2 && count(bytes, .utf8mb4) == 2)
    }

    @Test func aBackslashTakesOneByte() {
        // '\ 0xBF \' x: the escape takes 0xBF alone, so that the second backslash escapes the quote.
        #expect(count([0x27, 0x5C, 0xBF, 0x5C, 0x27, 0x20, 0x78], .gbk) == 1)
        #expect(count([0x27, 0x5C, 0xBF, 0x5C, 0x27, 0x20, 0x78], .gbk, .noBackslashEscapes) == 2)
    }

    @Test func whiteSpaceAboveASCII() {
        let bytes: [UInt8] = Array("a".utf8) + [0xA0] + Array("b".utf8)
        #expect(count(bytes, .latin1) == 2 && count(bytes, .koi8r) == 1)
        let dashes: [UInt8] = Array("a--".utf8) + [0x80] + Array("b".utf8)
        #expect(count(dashes, .cp1250) == 1 && count(dashes, .latin1) == 4)
        let delete: [UInt8] = Array("a--\u{7F}'".utf8)
        #expect(count(delete, .utf8mb4) == 1 && count(delete, .cp1251) > 1)
        #expect(count(Array("a^b".utf8), .swe7) == 1)
    }

    @Test func charsetNames() {
        #expect(MySQLCharset(name: "UTF8") == .utf8mb3)
        #expect(MySQLCharset(name: "GBK") == .gbk)
        #expect(MySQLCharset(name: "utf16") == nil)
    }
}
