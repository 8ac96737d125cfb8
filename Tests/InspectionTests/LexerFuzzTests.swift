import Testing

@testable import Inspection

/// Random bytes and random joins of what lexers trip over: no trap, tokens in order and inside the text.
@Suite struct LexerFuzzTests {
    private static let pieces = [
        "'", "\"", "`", "$", "$a$", "/*", "*/", "/*!", "/*!50001", "/*M!", "--", "-- ", "\n", "\r", "#", "\\", "N'",
        "x'", "0x", "1.e", "1e", ".", "..", "@", "@@", "[", "]", "{", "::", ":=", "_utf8", "select ", "(", ")", ";",
        "\u{A0}", "\u{3000}", "\u{95}", "£", "$-", "1", "a", "\0",
    ]

    /// As bytes, and as UTF-16 half of the time.
    private static func text(_ round: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...40, using: &generator) {
            if round % 3 == 0 {
                bytes.append(UInt8.random(in: 0...255, using: &generator))
            } else if round % 3 == 1 {
                bytes += Array(pieces.randomElement(using: &generator)!.utf8)
            } else {
                bytes += utf16(pieces.randomElement(using: &generator)!)
            }
        }
        return bytes
    }

    @Test func mysqlNeverTraps() {
        var generator = SeededGenerator(seed: 2)
        let modes: [MySQLLexing.Mode] = [[], .ansiQuotes, .noBackslashEscapes, .ignoreSpace]
        for round in 0..<6000 {
            let bytes = Self.text(round, &generator)
            for charset in [MySQLCharset.utf8mb4, .gbk, .sjis, .big5, .latin1, .swe7] {
                let lexing = MySQLLexing(
                    server: round % 2 == 0 ? .mysql : .mariaDB, version: [50_700, 80_036, 90_704, 101_119][round % 4],
                    mode: modes[round / 4 % 4], charset: charset)
                bytes.withUnsafeBytes { raw in
                    var lexer = MySQLLexer(raw, lexing)
                    var end = 0
                    while true {
                        let token = lexer.next()
                        #expect(token.start >= end && token.end <= bytes.count && token.start <= token.end)
                        end = token.end
                        _ = (lexer.name(token), lexer.tableName(token), lexer.stringValue(token))
                        if token.kind == .end { break }
                    }
                }
            }
        }
    }

    @Test func tsqlNeverTraps() {
        var generator = SeededGenerator(seed: 3)
        for round in 0..<6000 {
            let bytes = Self.text(round, &generator)
            for isQuoted in [true, false] {
                let lexing = TSQLLexing(quotedIdentifier: isQuoted)
                bytes.withUnsafeBytes { raw in
                    run(TSQLLexer(UTF8Units(ByteView(raw)), lexing), bytes.count)
                    run(TSQLLexer(UTF16LittleEndianUnits(ByteView(raw)), lexing), bytes.count)
                }
            }
        }
    }

    private func run<Units: CodeUnits>(_ lexer: TSQLLexer<Units>, _ count: Int) {
        var lexer = lexer
        var end = 0
        while true {
            let token = lexer.next()
            #expect(token.start >= end && token.end <= count && token.start <= token.end)
            end = token.end
            _ = (lexer.name(token), lexer.stringValue(token))
            if token.kind == .end { return }
        }
    }

    /// What makes naive lexers quadratic: 400 kB of it end in no noticeable time.
    @Test(arguments: [
        "/*!50001 ", "/*!99999 /*", "/* ", "/*", "$a", "$a$", "`a", "'a\\", "a.", "1.e", "_utf8", "[", "[a]]", "@",
        "--", "\\\n", "0x", "$ ", "$", "count ", "*/",
    ])
    func repetitionStaysLinear(_ piece: String) {
        let bytes = Array(String(repeating: piece, count: 400_000 / piece.utf8.count).utf8)
        bytes.withUnsafeBytes { raw in
            var mysql = MySQLLexer(raw, MySQLLexing(version: 90_704, mode: .ignoreSpace))
            var maria = MySQLLexer(raw, MySQLLexing(server: .mariaDB, version: 101_119))
            var tsql = TSQLLexer(UTF8Units(ByteView(raw)))
            while mysql.next().kind != .end {}
            while maria.next().kind != .end {}
            while tsql.next().kind != .end {}
        }
    }
}
