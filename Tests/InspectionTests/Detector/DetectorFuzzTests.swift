import Glibc
import Testing

@testable import Inspection

/// Mutated attacks and statements of applications through lexer, summary and detector of every dialect: no trap, the
/// same verdict twice, and time that grows with the text alone. For longer runs `ARTICDBM_FUZZ_ROUNDS` says how many.
@Suite struct DetectorFuzzTests {
    private static var rounds: Int { getenv("ARTICDBM_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 3_000 }
    /// Nanoseconds a byte on top of those for any text; debug builds under load stay far below.
    private static let slowest: UInt64 = 100_000
    private static let allowance: UInt64 = 2_000_000_000

    @Test func mutatedStatementsNeverTrap() {
        let seeds = (detectorExamples("attacks") + detectorExamples("benign")).map { Array($0.utf8) }
        #expect(seeds.count > 200)
        var mutator = Mutator(seed: UInt64(Self.rounds) &+ 7, seeds: seeds)
        var verdicts: [Detection.Verdict: Int] = [:]
        for round in 0..<Self.rounds {
            let text = mutator.next()
            let dialect = SQLDialect.allCases[round % 3]
            let start = now()
            let summary = summarize(text, as: dialect)
            let detection = InjectionDetector.judge(text, as: dialect, summary: summary)
            let elapsed = now() - start
            #expect(elapsed < UInt64(text.count) * Self.slowest + Self.allowance)
            #expect((0...100).contains(detection.score))
            verdicts[detection.verdict(), default: 0] += 1
            if round % 64 == 0 {
                #expect(InjectionDetector.judge(text, as: dialect, summary: summary) == detection)
                if dialect == .mssql { _ = text.withUnsafeBytes { InjectionDetector.judge(mssqlUTF16: $0) } }
            }
        }
        // Neither is everything blocked, nor nothing.
        #expect(verdicts[.block, default: 0] > Self.rounds / 20 && verdicts[.allow, default: 0] > Self.rounds / 20)
    }

    /// What makes naive readers quadratic, or deep: ten times the text takes no more than some fifty times as long.
    @Test(arguments: [
        "(", ")", "((select 1),", "select * from (", " union select 1", " or 1=1", " and a=a", "case when ", " end",
        "/**/", "/* x */ ", "-- \n", "--", "'a' ", "chr(1)||", "a.", "f(", "[", "]", ";", ";select 1", "= ", "not ",
        "exists(", "in (1),", "::int", "between 1 and ", "@@version,", "'%' or ", "order by 1,", "values (1),", "\n",
        " ", "# \n", "'", "\"", "/*!50000 ",
    ])
    func repetitionStaysLinear(_ piece: String) {
        for dialect in SQLDialect.allCases {
            for start in ["", "select a from t where b = 1 "] {
                let short = time(start, piece, 2_000, dialect)
                let long = time(start, piece, 20_000, dialect)
                #expect(long < max(short, 1_000_000) * 50, "\(start)\(piece) of \(dialect): \(short), \(long) ns")
            }
        }
    }

    private func time(_ start: String, _ piece: String, _ length: Int, _ dialect: SQLDialect) -> UInt64 {
        let text = Array((start + String(repeating: piece, count: length / piece.utf8.count)).utf8)
        let begin = now()
        _ = InjectionDetector.judge(text, as: dialect)
        return now() - begin
    }

    /// The thread's own time: whatever else the machine does is not the detector's.
    private func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
