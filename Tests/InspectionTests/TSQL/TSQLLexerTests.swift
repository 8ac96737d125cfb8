import Testing

@testable import Inspection

private let off = TSQLLexing(quotedIdentifier: false)

struct Lexed: Equatable {
    var kind: TSQLToken.Kind
    var text: String
}

private func lex<Units: CodeUnits>(_ lexer: TSQLLexer<Units>) -> [Lexed] {
    var lexer = lexer
    var result: [Lexed] = []
    while true {
        let token = lexer.next()
        if token.kind == .end { return result }
        let text = lexer.text(token.start..<token.end).description
        result.append(Lexed(kind: token.kind, text: token.kind == .invalid ? "\(token.problem)" : text))
    }
}

func utf16(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }

/// The tokens of a text, the same ones from UTF-8 and from UTF-16.
private func tokens(_ text: String, _ lexing: TSQLLexing = TSQLLexing()) -> [Lexed] {
    let narrow = Array(text.utf8).withUnsafeBytes { lex(TSQLLexer(UTF8Units(ByteView($0)), lexing)) }
    let wide = utf16(text).withUnsafeBytes { lex(TSQLLexer(UTF16LittleEndianUnits(ByteView($0)), lexing)) }
    #expect(narrow == wide)
    return wide
}

private func texts(_ text: String, _ lexing: TSQLLexing = TSQLLexing()) -> [String] {
    tokens(text, lexing).map(\.text)
}

private func values(_ text: String, _ lexing: TSQLLexing = TSQLLexing()) -> [String] {
    utf16(text).withUnsafeBytes { raw in
        var lexer = TSQLLexer(UTF16LittleEndianUnits(ByteView(raw)), lexing)
        var result: [String] = []
        while true {
            let token = lexer.next()
            if token.kind == .end || token.kind == .invalid { return result }
            result.append((lexer.stringValue(token) ?? lexer.name(token)).description)
        }
    }
}

@Suite struct TSQLLexerTests {
    @Test(arguments: [
        ("a--b\nc", ["a", "c"]), ("a--b\rc", ["a", "c"]), ("1--1", ["1"]), ("a/* /* x */ ' */b", ["a", "b"]),
        ("[a]]b].[c d]..[e]", ["[a]]b]", ".", "[c d]", ".", ".", "[e]"]),
        ("'it''s' N'x' n'y' N 'z'", ["'it''s'", "N'x'", "n'y'", "N", "'z'"]),
        ("\"a\"\"b\"", ["\"a\"\"b\""]),
        ("@a @@b #t ##t @ @a@b", ["@a", "@@b", "#t", "##t", "@", "@a@b"]),
        (
            "$action $identity $rowguid $5 $-1.5 $ x £5",
            ["$action", "$identity", "$rowguid", "$5", "$-1.5", "$", "x", "£5"]
        ),
        ("0x1F 0x 0xG 0X1f", ["0x1F", "0x", "0x", "G", "0X1f"]),
        ("1 1.5 .5 1. 1e 1e5 1.5E-3 1a 1..2", ["1", "1.5", ".5", "1.", "1e", "1e5", "1.5E-3", "1", "a", "1.", ".2"]),
        ("1e--x\n2", ["1e", "2"]), ("$--x\n2", ["$", "2"]),
        (
            "a+=b-=c*=d/=e%=f&=g^=h|=i",
            ["a", "+=", "b", "-=", "c", "*=", "d", "/=", "e", "%=", "f", "&=", "g", "^=", "h", "|=", "i"]
        ),
        ("a<>b!=c!<d!>e<=f>=g=*h", ["a", "<>", "b", "!=", "c", "!<", "d", "!>", "e", "<=", "f", ">=", "g", "=*", "h"]),
        ("geometry::Parse label: a=-1", ["geometry", "::", "Parse", "label", ":", "a", "=", "-", "1"]),
        ("{fn now()}", ["{", "fn", "now", "(", ")", "}"]),
        ("a\u{A0}b\u{3000}c\u{200B}d\u{1}e", ["a", "b", "c", "d", "e"]),
        ("größe 表 _a$#@", ["größe", "表", "_a$#@"]), ("?,?", ["?", ",", "?"]),
        ("'a\\\nb' 0x1\\\r\n2", ["'a\\\nb'", "0x1\\\r\n2"]),
        ("GO", ["GO"]), ("a[b]", ["a", "[b]"]), ("*/*c*/x", ["*", "x"]),
    ])
    func cuts(_ text: String, _ expected: [String]) {
        #expect(texts(text) == expected)
    }

    @Test func quotedIdentifierOnAndOff() {
        #expect(tokens("\"a\"").map(\.kind) == [.quotedIdentifier])
        #expect(tokens("\"a\" N\"b\"", off).map(\.kind) == [.string, .nationalString])
        #expect(tokens("N\"b\"").map(\.kind) == [.identifier, .quotedIdentifier])
    }

    @Test(arguments: [
        ("'abc", "unterminatedString"), ("[a", "unterminatedIdentifier"), ("\"a", "unterminatedIdentifier"),
        ("/* /* */", "unterminatedComment"), ("[]", "emptyIdentifier"), ("a \\ b", "unexpectedCharacter"),
        ("a\0b", "unexpectedCharacter"), ("a ] b", "unexpectedCharacter"), ("a \u{2028} b", "unexpectedCharacter"),
        ("`a`", "unexpectedCharacter"), ("a \u{FEFF} b", "unexpectedCharacter"),
    ])
    func refuses(_ text: String, _ problem: String) {
        #expect(texts(text).last == problem)
    }

    @Test func decodesValues() {
        #expect(values("'it''s' N'a''b' [a]]b] \"c\"\"d\" @x") == ["it's", "a'b", "a]b", "c\"d", "@x"])
        #expect(values("'a\\\nb' 'a\\\r\nb' 'a\\b' [a\\\nb]") == ["ab", "ab", "a\\b", "a\\\nb"])
        #expect(values("N'größe 𝄞'") == ["größe 𝄞"])
        #expect(values("\"a'b\"", off) == ["a'b"])
    }

    @Test func halfCharacters() {
        // A byte too many is refused, a lone surrogate in a string is a character of its own.
        let odd = utf16("a") + [0x62]
        #expect(odd.withUnsafeBytes { lex(TSQLLexer(UTF16LittleEndianUnits(ByteView($0)))) }.last?.kind == .invalid)
        for last in ["1", "$1", "0x1", "a", "@a", "'a\\", "--a", "1.", "1e", "£"] {
            for byte in [UInt8(0x31), 0x0A, 0x27, 0x61, 0x2D] {
                let bytes = utf16(last) + [byte]
                bytes.withUnsafeBytes { raw in
                    var lexer = TSQLLexer(UTF16LittleEndianUnits(ByteView(raw)))
                    var token = lexer.next()
                    while token.kind != .end {
                        #expect(token.end <= bytes.count, "\(last) \(byte)")
                        token = lexer.next()
                    }
                }
            }
        }
        let lone: [UInt8] = utf16("'") + [0x00, 0xD8] + utf16("' x")
        #expect(lone.withUnsafeBytes { lex(TSQLLexer(UTF16LittleEndianUnits(ByteView($0)))) }.count == 2)
        // 0x2700 is a dingbat whose bytes hold a quote's.
        #expect(texts("'\u{2700}' x") == ["'\u{2700}'", "x"])
        #expect(texts("N'\u{0127}' x") == ["N'\u{0127}'", "x"])
        let overlong: [UInt8] = [0x27, 0xC0, 0xA7, 0x27]
        #expect(overlong.withUnsafeBytes { lex(TSQLLexer(UTF8Units(ByteView($0)))) }.map(\.kind) == [.string])
    }
}
