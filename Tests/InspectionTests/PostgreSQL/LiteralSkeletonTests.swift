import Inspection
import Testing

@Suite struct LiteralSkeletonTests {
    static func skeleton(_ text: String) -> String? {
        var maker = LiteralSkeleton()
        return Array(text.utf8).withUnsafeBytes { maker.make($0).map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test(arguments: [
        ("SELECT a FROM t WHERE id = 12345;", "SELECT a FROM t WHERE id = 0;"),
        (
            "select * from t1 where a in (1, 22,-3) and b='x' limit 5",
            "select * from t1 where a in (0, 0,-0) and b='' limit 0"
        ),
        ("VALUES (1.5, .5, 1e5, 0x1F, 1_000, 1e-5)", "VALUES (1.5, .5, 1e5, 0x1F, 1_000, 1e-0)"),
        (
            "SELECT \"a 1\".b2, c$1 FROM \"x\"\"1\" WHERE d = $12 + 7",
            "SELECT \"a 1\".b2, c$1 FROM \"x\"\"1\" WHERE d = $12 + 0"
        ),
        ("SELECT 'it''s', größe1 FROM t", "SELECT '''', größe1 FROM t"),
        ("SELECT 6/3 - 1, 2*4", "SELECT 0/0 - 0, 0*0"),
        ("SELECT 'a'\n'b'", "SELECT ''\n''"),
    ])
    func leavesValuesOut(_ text: String, _ expected: String) {
        #expect(Self.skeleton(text) == expected)
    }

    @Test(arguments: [
        "SELECT 1 -- c", "SELECT 1 /* c */", "SELECT E'a'", "SELECT U&'a'", "SELECT U&\"a\"", "SELECT $$a$$",
        "SELECT $t$a$t$", "SELECT 'a\\'", "SELECT 'a", "SELECT \"a", "SELECT \\", "SELECT X'1F'", "SELECT 1'a'",
        "SELECT 1$a$b$a$", "SELECT a.$$b$$",
        "SELECT a\0b", "SELECT 1 */ 2",
    ])
    func hasNoneWhereALexerIsNeeded(_ text: String) {
        #expect(Self.skeleton(text) == nil)
    }

    @Test func longTextsHaveNone() {
        #expect(Self.skeleton(String(repeating: "a", count: LiteralSkeleton.limit)) != nil)
        #expect(Self.skeleton(String(repeating: "a", count: LiteralSkeleton.limit + 1)) == nil)
    }

    @Test func isAsTheTextInTheCorpus() throws {
        guard let corpus = corpus() else { return }
        var compared = 0
        for text in corpus {
            guard let bones = Self.skeleton(text) else { continue }
            let whole = StatementSummary(text)
            guard whole.isPlain else { continue }
            compared += 1
            let bare = StatementSummary(bones)
            #expect(bare.isPlain && whole.shapeHash == bare.shapeHash && whole.flags == bare.flags, "\(text)")
            #expect(RedactedText.make(text) == RedactedText.make(bones), "\(text)")
        }
        #expect(compared * 2 > corpus.count)
    }

    /// What is kept by skeleton must be true of every text that has it: of the skeleton itself too.
    @Test func isAsTheTextInAllButValues() {
        let pieces = [
            "SELECT ", "1", " 23 ", "'x'", "'it''s'", "\"n 1\"", "a1", "b", ".", ",", "(", ")", " = ", "-", "+", "*",
            "/", "$1",
            " FROM t ", " WHERE ", "E'", "e5", "'", "$", " IN (1, 2, 3)", "VALUES (1, 'a'), (2, 'b')", "::int", "&",
            " ",
            "\n", "now()", "nextval('s')", "SET a = 1", ";", "é", "0x1F", "1.5", "INSERT INTO t ", "\\", "\"", "--",
            "/*", "*/",
        ]
        var generator = SystemRandomNumberGenerator()
        var compared = 0
        for _ in 0..<40_000 {
            let count = Int.random(in: 1...12, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            guard let bones = Self.skeleton(text) else { continue }
            compared += 1
            for lexing in [PostgresLexing(), PostgresLexing(standardConformingStrings: false)] {
                let (whole, bare) = (StatementSummary(text, lexing), StatementSummary(bones, lexing))
                #expect(whole.isPlain == bare.isPlain, "\(text)")
                // Nothing is kept of others.
                guard whole.isPlain else { continue }
                #expect(whole.shapeHash == bare.shapeHash, "\(text)")
                #expect(whole.flags == bare.flags, "\(text)")
                #expect(whole.statements.map(\.kind) == bare.statements.map(\.kind), "\(text)")
                #expect(RedactedText.make(text, lexing) == RedactedText.make(bones, lexing), "\(text)")
            }
        }
        #expect(compared > 1000)
    }
}
