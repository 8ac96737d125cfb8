import Glibc
import Testing

@testable import Inspection

/// Mutated statements through lexer and reader: no trap, nothing outside of the text, the same twice. For longer runs
/// `ARTICDBM_FUZZ_ROUNDS` says how many.
@Suite struct SummaryFuzzTests {
    private static var rounds: Int { getenv("ARTICDBM_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 3_000 }

    @Test func mutatedStatementsNeverTrap() {
        let seeds = examples("postgres_statements").map { Array($0.text.utf8) }
        var mutator = Mutator(seed: UInt64(Self.rounds), seeds: seeds)
        var unparsed = 0
        for _ in 0..<Self.rounds {
            let text = mutator.next()
            let summary = BatchSummary(postgres: text)
            check(summary, text)
            if summary.unparsed != nil { unparsed += 1 }
        }
        // Neither does everything fail, nor nothing.
        #expect(unparsed > Self.rounds / 10 && unparsed < Self.rounds)
    }

    private func check(_ summary: BatchSummary, _ text: [UInt8]) {
        var end = 0
        for statement in summary.statements {
            #expect(statement.range.lowerBound >= end && statement.range.upperBound <= text.count)
            end = statement.range.upperBound
            #expect(statement.relations.allSatisfy { $0.range.upperBound <= text.count && !$0.name.isEmpty })
            #expect(statement.calls.allSatisfy { $0.range.upperBound <= text.count })
            #expect((statement.unparsed?.offset ?? 0) <= text.count)
            #expect(statement.relations.count <= SummaryLimits.relations)
        }
        #expect(summary.literals.allSatisfy { $0.range.upperBound <= text.count })
    }

    /// What makes naive readers quadratic, or deep: 50 kB of it end in no noticeable time.
    @Test(arguments: [
        "(", "((select 1),", "select * from (", "(select 1 union ", "with a as (",
        "with recursive a as (select 1), b as (",
        "a,", "f(", "a.", "1+", "case when ", "end ", "[", "select 1;", "select * from t;", " union select * from t",
        ", t", " join t on a = b", " cross join t", " for update", " for update of t", " order by a", "values (1),",
        "/* x */ ", "'a' ", "::regclass", "nextval('x'),", "insert into t ", "begin atomic ", "create table t (",
        "in (1),",
        "with a as (select 1) ", "not ", "is not distinct from ", "operator(a.+) ", "as a(", "lateral ", "only ",
        "u&\"a\" ",
    ])
    func repetitionStaysLinear(_ piece: String) {
        for start in ["", "select * from t", "insert into t select * from t", "select "] {
            let text = Array((start + String(repeating: piece, count: 50_000 / piece.utf8.count)).utf8)
            check(BatchSummary(postgres: text), text)
        }
    }
}

/// Makes statements of statements: bytes changed, pieces cut, repeated, and put in from others.
struct Mutator {
    private var generator: SeededGenerator
    private let seeds: [[UInt8]]
    private static let pieces = [
        "(", ")", ",", ";", "'", "\"", "$$", "/*", "*/", "--", "\n", ".", "::", "*", "=", " select ", " from ",
        " with ",
        " as ", " union ", " for update ", " join ", " on ", " table ", " values ", " into ", " only ", " end ", "\0",
        "\u{FF}",
    ].map { Array($0.utf8) }

    init(seed: UInt64, seeds: [[UInt8]]) {
        generator = SeededGenerator(seed: seed)
        self.seeds = seeds
    }

    mutating func next() -> [UInt8] {
        var text = seeds.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&text) }
        return text
    }

    private mutating func mutate(_ text: inout [UInt8]) {
        let place = Int.random(in: 0...text.count, using: &generator)
        let length = min(text.count - place, Int.random(in: 1...40, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0 where place < text.count: text[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: text.removeSubrange(place..<place + length)
        case 2: text.removeSubrange(place...)
        case 3: text.insert(contentsOf: text[place..<place + length], at: place)
        case 4: text.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: place)
        default:
            let other = seeds.randomElement(using: &generator) ?? []
            let from = Int.random(in: 0...other.count, using: &generator)
            text.insert(contentsOf: other[from..<min(other.count, from + length)], at: place)
        }
    }
}
