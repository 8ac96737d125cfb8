/// What an operand is made of. Joined by union: what `a || 'x'` is made of is what either is made of.
struct OperandFacts: OptionSet {
    let rawValue: UInt32

    static let literal = OperandFacts(rawValue: 1)
    static let string = OperandFacts(rawValue: 2)
    static let column = OperandFacts(rawValue: 4)
    /// A bound value, or a variable.
    static let parameter = OperandFacts(rawValue: 8)
    /// A query that reads relations.
    static let query = OperandFacts(rawValue: 16)
    /// A call of a function that may give anything.
    static let call = OperandFacts(rawValue: 32)
    /// What the server says of itself: its version, its user.
    static let info = OperandFacts(rawValue: 64)
    /// A comparison, or a connective.
    static let condition = OperandFacts(rawValue: 128)
    static let catalog = OperandFacts(rawValue: 256)
    /// SUBSTRING and its like.
    static let piece = OperandFacts(rawValue: 512)
    /// ASCII and its like.
    static let code = OperandFacts(rawValue: 1024)
    static let characterCode = OperandFacts(rawValue: 2048)
    static let null = OperandFacts(rawValue: 4096)
    /// TRUE, FALSE, and comparisons of the digits 0 and 1, as programs write them.
    static let plain = OperandFacts(rawValue: 8192)
    static let empty = OperandFacts(rawValue: 16384)
    static let secret = OperandFacts(rawValue: 32768)
    static let random = OperandFacts(rawValue: 65536)
    /// A query in parentheses.
    static let anyQuery = OperandFacts(rawValue: 131072)
    static let exists = OperandFacts(rawValue: 262144)
    static let length = OperandFacts(rawValue: 524288)
    /// `*`
    static let star = OperandFacts(rawValue: 1 << 20)
    /// An operator stands between parts of it.
    static let computed = OperandFacts(rawValue: 1 << 21)
    static let moment = OperandFacts(rawValue: 1 << 22)
    /// A name like `user`, which is a column or the server's user.
    static let userInfo = OperandFacts(rawValue: 1 << 23)
    /// `'%'`
    static let matchAll = OperandFacts(rawValue: 1 << 27)
    /// Knows no truth of its own: FALSE, 0.
    static let never = OperandFacts(rawValue: 1 << 24)
    /// RAND with a seed, so that it gives the same again.
    static let seeded = OperandFacts(rawValue: 1 << 26)

    private static let changing: OperandFacts = [.column, .parameter, .query, .call, .star, .random, .moment]

    /// Made of literals and of functions of them alone, and of what the server says of itself.
    @inline(__always) var isConstant: Bool { isDisjoint(with: Self.changing) && !isEmpty }
    @inline(__always) var hasLiteral: Bool { contains(.literal) || contains(.null) }
}

/// An open parenthesis, or CASE, with what was read in it so far.
struct DetectorFrame {
    enum Role: UInt8 {
        case root, group, call, `case`
        /// Types, column lists, what is not looked at.
        case inert
    }

    enum Clause: UInt8 {
        /// What is no expression, or none that is judged: commands, definitions.
        case other
        /// Names of relations.
        case from, target
        case items, condition, joinCondition, having, group, order, values, assign, limit, arguments
    }

    enum Connective: UInt8 { case none, and, or }

    var role = Role.root
    var clause = Clause.other
    /// Stands where applications put values: in a condition, VALUES, SET, ORDER BY, or inside one of them.
    var isExposed = false
    /// The same of what is around it.
    var isInherited = false
    var name = DetectorName.none
    var argument: UInt8 = 0

    // Operands of connectives.
    var connective = Connective.none
    /// The connective before the group that this is the first operand of.
    var outerConnective = Connective.none
    var conditionCount: UInt8 = 0
    var logic: OperandFacts = []
    /// Holds of the group's first operand unless OR follows.
    var held: DetectionReasons = []
    /// The first operand is what programs write for always or never.
    var isHeldPlain = false

    // Operands of comparisons.
    var comparisons: UInt8 = 0
    var isBetween = false
    /// The comparison is `<`, `>` or their like.
    var isOrdering = false
    var left: OperandFacts = []
    var leftName: (start: Int32, end: Int32) = (0, 0)
    /// `IS NULL`, which is no comparison with a value.
    var isNullTest = false

    // Operands of other operators.
    var term: OperandFacts = []
    var termName: (start: Int32, end: Int32) = (0, 0)
    var termCount: UInt8 = 0
    var expectsOperand = true
    var isAssigned = false
    /// The last operand is a literal as it stands; so is the one before its operator.
    var endsInLiteral = false
    var isAdjacent = false
    /// CONVERT to a number.
    var isNumeric = false

    // The query that is read in it.
    var hasSelect = false
    var hasQueryOperand = false
    var hasFrom = false
    var hasCondition = false
    var hasOrder = false
    var hasStar = false
    var hasAlias = false
    var readsCatalog = false
    /// So does a query around it.
    var isInCatalog = false
    var readsSeries = false
    var isRightArm = false
    var relations: UInt8 = 0
    var items: UInt16 = 0
    var constants: UInt16 = 0
    /// Constants that are no strings.
    var numbers: UInt16 = 0
    var itemFacts: OperandFacts = []
    var output: OperandFacts = []
    var leftItems: UInt16 = 0
    var leftConstants: UInt16 = 0
    var leftFacts: OperandFacts = []
    var leftHasFrom = false
    var leftHasStar = false
    var leftHasCondition = false
    var leftReadsCatalog = false
    /// WHEN's condition is read.
    var isWhen = false

    init(_ role: Role, _ clause: Clause) {
        self.role = role
        self.clause = clause
    }
}
