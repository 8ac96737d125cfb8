import Inspection
import Testing

/// Tokens as `kind:text`, for comparison.
private func tokens(_ text: String, _ lexing: PostgresLexing = PostgresLexing()) -> [String] {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { raw in
        var lexer = PostgresLexer(raw, lexing)
        var result: [String] = []
        while true {
            let token = lexer.next()
            if token.kind == .end { return result }
            result.append("\(token.kind):" + String(decoding: bytes[token.start..<token.end], as: UTF8.self))
            if token.kind == .invalid { return result + ["\(token.problem)"] }
        }
    }
}

private func texts(_ text: String, _ lexing: PostgresLexing = PostgresLexing()) -> [String] {
    tokens(text, lexing).map { String($0.drop { $0 != ":" }.dropFirst()) }
}

/// The values of the strings and names in a text.
private func values(_ text: String, _ lexing: PostgresLexing = PostgresLexing()) -> [String] {
    Array(text.utf8).withUnsafeBytes { raw in
        var lexer = PostgresLexer(raw, lexing)
        var result: [String] = []
        while true {
            let token = lexer.next()
            if token.kind == .end || token.kind == .invalid { return result }
            result.append((lexer.stringValue(token) ?? lexer.name(token)).description)
        }
    }
}

private let escapes = PostgresLexing(standardConformingStrings: false)

@Suite struct PostgresLexerTests {
    @Test(arguments: [
        ("a+-1", ["a", "+", "-", "1"]),
        ("a=-1", ["a", "=", "-", "1"]),
        ("a@-1", ["a", "@-", "1"]),
        ("a<-1", ["a", "<", "-", "1"]),
        ("a->>'b'", ["a", "->>", "'b'"]),
        ("a*/*c*/b", ["a", "*", "b"]),
        ("a+--c\nb", ["a", "+", "b"]),
        ("a@--c\nb", ["a", "@", "b"]),
        ("a/* /* x */ y */b", ["a", "b"]),
        ("/*/ x */a", ["a"]),
        ("/***/a/**/", ["a"]),
        ("a-- x\rb", ["a", "b"]),
        ("x::int:=y=>z", ["x", "::", "int", ":=", "y", "=>", "z"]),
        ("1..10", ["1", "..", "10"]),
        ("1.5e-3.2", ["1.5e-3", ".2"]),
        ("1.e5 .5 5.", ["1.e5", ".5", "5."]),
        ("1e", ["1", "e"]),
        ("0x1F 0b_1 0o17 0x 1_000 1_", ["0x1F", "0b_1", "0o17", "0", "x", "1_000", "1", "_"]),
        ("$1+$2", ["$1", "+", "$2"]),
        ("a$$b", ["a$$b"]),
        ("$$a$$ $x$ $$ $y$ $x$", ["$$a$$", "$x$ $$ $y$ $x$"]),
        ("$a$b$a$a$ c", ["$a$b$a$", "a$", "c"]),
        ("$a$ $a$a$", ["$a$ $a$", "a$"]),
        ("'it''s' 'a'", ["'it''s'", "'a'"]),
        ("'a'\n'b' 'c'", ["'a'\n'b'", "'c'"]),
        ("'a' -- c\n 'b'", ["'a' -- c\n 'b'"]),
        ("'a' /* c\n */ 'b'", ["'a'", "'b'"]),
        ("E'a\\'b' 'c\\'", ["E'a\\'b'", "'c\\'"]),
        ("U&'\\0061' u&\"x\" n'q' B'01' x'ff'", ["U&'\\0061'", "u&\"x\"", "n'q'", "B'01'", "x'ff'"]),
        ("e 'x' U & 'x'", ["e", "'x'", "U", "&", "'x'"]),
        ("\"a\"\"b\".\"c\"", ["\"a\"\"b\"", ".", "\"c\""]),
        ("größe_1$", ["größe_1$"]),
        ("a\u{0B}b\u{0C}c", ["a", "b", "c"]),
    ])
    func cuts(_ text: String, _ expected: [String]) {
        #expect(texts(text) == expected)
    }

    @Test func backslashEscapesWithoutStandardStrings() {
        #expect(texts("'a\\'b' c", escapes) == ["'a\\'b'", "c"])
        // The last quote opens a string without end.
        #expect(tokens("'a\\'d' c") == ["string:'a\\'", "identifier:d", "invalid:' c", "unterminatedString"])
        #expect(tokens("U&'a'", escapes).last == "unicodeStringNotAllowed")
        #expect(texts("n'a\\'b'", escapes) == ["n'a\\'b'"])
    }

    @Test(arguments: [
        ("'abc", "unterminatedString"), ("E'abc\\'", "unterminatedString"), ("\"a", "unterminatedIdentifier"),
        ("\"\"", "emptyIdentifier"), ("/* /* */", "unterminatedComment"), ("$a$ $b$", "unterminatedDollarString"),
        ("$a b", "unexpectedCharacter"), ("a \\ b", "unexpectedCharacter"), ("'a'\n'b", "unterminatedString"),
        ("a{b", "unexpectedCharacter"),
    ])
    func refuses(_ text: String, _ problem: String) {
        #expect(tokens(text).last == problem)
    }

    @Test func decodesValues() {
        #expect(values("'it''s' 'a'\n'b' $x$q'$x$") == ["it's", "ab", "q'"])
        #expect(values(#"E'\x41\102\u0043\n\\\'\q'"#) == ["ABC\n\\'q"])
        #expect(values(#"U&'\0061\+000062\\' U&"d\0061t\+000061""#) == ["ab\\", "data"])
        #expect(values("FooBar \"FooBar\" \"a\"\"b\" GRÖSSE") == ["foobar", "FooBar", "a\"b", "grÖsse"])
        #expect(values("'a' -- it's\n'b'") == ["ab"])
        #expect(values(#"'a\\'"#, escapes) == ["a\\"])
    }

    @Test func cutsNamesAt63Bytes() {
        let long = String(repeating: "a", count: 70)
        #expect(values(long) == [String(repeating: "a", count: 63)])
        let umlauts = String(repeating: "a", count: 62) + "ö"
        #expect(values(umlauts) == [String(repeating: "a", count: 62)])
    }

    @Test func secondBytesOfDoubleByteEncodings() {
        // 0x95 0x5C is one character in SJIS and Big5; its second byte is a backslash's.
        let bytes: [UInt8] = Array("E'".utf8) + [0x95, 0x5C] + Array("' x".utf8)
        func count(_ encoding: PostgresLexing.Encoding) -> Int {
            bytes.withUnsafeBytes { raw in
                var lexer = PostgresLexer(raw, PostgresLexing(encoding: encoding))
                var count = 0
                while lexer.next().kind != .end { count += 1 }
                return count
            }
        }
        #expect(count(.doubleByte) == 2)
        #expect(count(.shiftJIS) == 2)
        #expect(count(.asciiSafe) == 1)
        #expect(PostgresLexing.Encoding(clientEncoding: "SJIS") == .shiftJIS)
        #expect(PostgresLexing.Encoding(clientEncoding: "gb18030") == .doubleByte)
        #expect(PostgresLexing.Encoding(clientEncoding: "UTF8") == .asciiSafe)
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(seed: 1)
        let pieces = [
            "'", "\"", "$", "$a$", "/*", "*/", "--", "\n", "E'", "\\", "U&'", "select ", "(", ")", ";", "+-", "0x",
        ]
        for round in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                if round % 2 == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                } else {
                    bytes += Array(pieces.randomElement(using: &generator)!.utf8)
                }
            }
            for lexing in [
                PostgresLexing(), escapes, PostgresLexing(encoding: .shiftJIS), PostgresLexing(encoding: .doubleByte),
            ] {
                bytes.withUnsafeBytes { raw in
                    var lexer = PostgresLexer(raw, lexing)
                    var end = 0
                    while true {
                        let token = lexer.next()
                        #expect(token.start >= end && token.end <= bytes.count && token.start <= token.end)
                        end = token.end
                        _ = (lexer.name(token), lexer.stringValue(token))
                        if token.kind == .end { break }
                    }
                    _ = (StatementSummary(raw, lexing), RedactedText.make(raw, lexing, limit: 30))
                }
            }
        }
    }

    /// What makes naive lexers quadratic: the work, counted in tokens and not in time, and the end is reached.
    @Test(arguments: [
        "+", "-", "$a", "'a'\n", "(", "/* ", "\"a\" ", "a.", "set_config(", "with a as (", "$a$ ", "@+", "/*/", ",",
    ])
    func repetitionStaysLinear(_ piece: String) {
        let text = String(repeating: piece, count: 200_000 / piece.utf8.count)
        let summary = StatementSummary(text)
        #expect(summary.statements.count <= 1)
        _ = RedactedText.make(text)
    }
}

/// A small generator with a fixed seed, so that failures come again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
