/// Why a text looks like an injection: what stands in it where people and programs do not put it.
///
/// Names and weights are part of what is promised to users, see `docs/DETECTION.md`.
public struct DetectionReasons: OptionSet, Sendable, Hashable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(bit: UInt64) { rawValue = 1 << bit }

    // What is called, and what it reaches.
    public static let delay = DetectionReasons(bit: 0)
    public static let fileAccess = DetectionReasons(bit: 1)
    public static let programAccess = DetectionReasons(bit: 2)
    public static let networkAccess = DetectionReasons(bit: 3)
    public static let serverControl = DetectionReasons(bit: 4)
    public static let errorLeak = DetectionReasons(bit: 5)
    public static let serverInfo = DetectionReasons(bit: 6)
    public static let dynamicSQL = DetectionReasons(bit: 7)
    public static let routineDefinition = DetectionReasons(bit: 8)
    public static let grant = DetectionReasons(bit: 9)
    // UNION.
    public static let unionConstants = DetectionReasons(bit: 10)
    public static let unionProbe = DetectionReasons(bit: 11)
    public static let unionMismatch = DetectionReasons(bit: 12)
    public static let unionCatalog = DetectionReasons(bit: 13)
    public static let unionSecrets = DetectionReasons(bit: 14)
    public static let misplacedUnion = DetectionReasons(bit: 15)
    // Further statements.
    public static let stackedStatement = DetectionReasons(bit: 16)
    public static let stackedChange = DetectionReasons(bit: 17)
    // Constant conditions.
    public static let tautology = DetectionReasons(bit: 18)
    public static let constantCondition = DetectionReasons(bit: 19)
    public static let plainConstantCondition = DetectionReasons(bit: 20)
    public static let leadingConstant = DetectionReasons(bit: 21)
    public static let selfComparison = DetectionReasons(bit: 22)
    public static let constantCase = DetectionReasons(bit: 23)
    public static let constantComparison = DetectionReasons(bit: 24)
    public static let chainedComparison = DetectionReasons(bit: 25)
    public static let constantOrder = DetectionReasons(bit: 26)
    // The end of what was injected.
    public static let commentTruncation = DetectionReasons(bit: 27)
    public static let commentTail = DetectionReasons(bit: 28)
    public static let unfinished = DetectionReasons(bit: 29)
    public static let literalAdjacency = DetectionReasons(bit: 30)
    // What is asked for bit by bit.
    public static let blindExtraction = DetectionReasons(bit: 31)
    public static let codeExtraction = DetectionReasons(bit: 32)
    public static let queryOperand = DetectionReasons(bit: 33)
    public static let catalogQuery = DetectionReasons(bit: 34)
    public static let heavyQuery = DetectionReasons(bit: 35)
    // How it is written.
    public static let characterCodes = DetectionReasons(bit: 36)
    public static let hiddenWords = DetectionReasons(bit: 37)
    public static let tooDeep = DetectionReasons(bit: 38)
    /// Ends other sessions, reloads settings.
    public static let administrativeCall = DetectionReasons(bit: 42)
    // What a caller knows of the session, see `Detection.init(_:adding:)`.
    public static let sessionErrors = DetectionReasons(bit: 39)
    public static let sessionProbes = DetectionReasons(bit: 40)
    public static let unknownShape = DetectionReasons(bit: 41)

    /// A reason with its name and its part of the score.
    struct Entry: Sendable {
        let reason: DetectionReasons
        let name: StaticString
        let weight: Int

        init(_ reason: DetectionReasons, _ name: StaticString, _ weight: Int) {
            (self.reason, self.name, self.weight) = (reason, name, weight)
        }
    }

    /// In the order of their bits.
    static let entries: [Entry] = [
        Entry(.delay, "delay", 90), Entry(.fileAccess, "file_access", 90), Entry(.programAccess, "program_access", 95),
        Entry(.networkAccess, "network_access", 80), Entry(.serverControl, "server_control", 70),
        Entry(.errorLeak, "error_leak", 80), Entry(.serverInfo, "server_info", 75),
        Entry(.dynamicSQL, "dynamic_sql", 40), Entry(.routineDefinition, "routine_definition", 15),
        Entry(.grant, "grant", 15), Entry(.unionConstants, "union_constants", 80),
        Entry(.unionProbe, "union_probe", 70),
        Entry(.unionMismatch, "union_mismatch", 75), Entry(.unionCatalog, "union_catalog", 75),
        Entry(.unionSecrets, "union_secrets", 70), Entry(.misplacedUnion, "misplaced_union", 80),
        Entry(.stackedStatement, "stacked_statement", 45), Entry(.stackedChange, "stacked_change", 75),
        Entry(.tautology, "tautology", 80), Entry(.constantCondition, "constant_condition", 75),
        Entry(.plainConstantCondition, "plain_constant_condition", 45), Entry(.leadingConstant, "leading_constant", 10),
        Entry(.selfComparison, "self_comparison", 70), Entry(.constantCase, "constant_case", 70),
        Entry(.constantComparison, "constant_comparison", 75), Entry(.chainedComparison, "chained_comparison", 70),
        Entry(.constantOrder, "constant_order", 70), Entry(.commentTruncation, "comment_truncation", 75),
        Entry(.commentTail, "comment_tail", 45), Entry(.unfinished, "unfinished", 30),
        Entry(.literalAdjacency, "literal_adjacency", 45), Entry(.blindExtraction, "blind_extraction", 80),
        Entry(.codeExtraction, "code_extraction", 50), Entry(.queryOperand, "query_operand", 45),
        Entry(.catalogQuery, "catalog_query", 70), Entry(.heavyQuery, "heavy_query", 70),
        Entry(.characterCodes, "character_codes", 40), Entry(.hiddenWords, "hidden_words", 45),
        Entry(.tooDeep, "too_deep", 40), Entry(.sessionErrors, "session_errors", 40),
        Entry(.sessionProbes, "session_probes", 60), Entry(.unknownShape, "unknown_shape", 40),
        Entry(.administrativeCall, "administrative_call", 40),
    ]

    /// What an administrator's work consists of: `DetectionProfile.dba` does not count it.
    static let administration: DetectionReasons = [
        .delay, .fileAccess, .programAccess, .networkAccess, .serverControl, .errorLeak, .serverInfo, .dynamicSQL,
        .routineDefinition, .grant, .stackedStatement, .stackedChange, .unionCatalog, .catalogQuery, .heavyQuery,
        .commentTail, .unionProbe, .queryOperand, .administrativeCall,
    ]

    public var names: [StaticString] { Self.entries.filter { contains($0.reason) }.map(\.name) }

    /// The weights' sum, at most 100.
    var score: Int {
        guard !isEmpty else { return 0 }
        var sum = 0
        for entry in Self.entries where contains(entry.reason) { sum += entry.weight }
        return min(100, sum)
    }
}
