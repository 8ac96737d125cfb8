/// What the reader is in: a statement, or something in parentheses in it. One stands for each that is open, on a stack of
/// the reader's own, so that no input recurses.
struct ReaderFrame {
    enum Role: UInt8 {
        case root
        /// In an expression, or anything that may hold one.
        case operand
        /// Arguments of a function.
        case call
        /// In FROM: a subquery, or joined tables.
        case fromItem
        /// The body of a common table expression.
        case commonTable
        /// Names of columns, with types perhaps: nothing in it is called.
        case names
        /// Columns and constraints of a relation that is being defined.
        case definition
        /// Statements one after another.
        case block
    }

    enum State: UInt8 {
        /// At the beginning: a query, or an expression.
        case operand
        case expression
        /// A FROM item must come; then what may stand behind one.
        case fromItem, fromTail
        /// Behind UNION and its kin.
        case setOperand
        /// In the list behind WITH.
        case withName, withTail
        /// A query or a change must come.
        case statement
        /// Behind the target of INSERT: columns, then rows or a query.
        case insertTail
        /// Nothing may come.
        case finished
        /// The dialect's own: `stage` says which.
        case dialect
    }

    enum Verb: UInt8 {
        case none, select, insert, update, delete, merge
    }

    enum Clause: UInt8 {
        case none
        /// The select list: FROM and INTO may come.
        case select
        /// Behind ON of a join: further joins may come.
        case joinCondition
        /// SET of UPDATE: FROM may come.
        case assignments
        /// ON CONFLICT: DO must come.
        case conflict
        /// WHERE and whatever follows.
        case rest
    }

    var role: Role
    var state: State
    var verb = Verb.none
    var clause = Clause.none
    /// Behind SELECT, VALUES, TABLE, or a parenthesised query that UNION may follow.
    var isQuery = false
    /// RECURSIVE stands behind its WITH.
    var isRecursive = false
    /// In its WITH, a name was read whose body has still to come.
    var isNamed = false
    /// The FROM item just read may take an alias; it has columns, or names for them, already.
    var mayTakeAlias = false
    /// The last relation in FROM is what was just read.
    var isBehindRelation = false
    /// `*` may stand behind the FROM item: it is a name.
    var mayTakeStar = false
    /// Names before parentheses in it call nothing: types, signatures. Holds for what is opened in it, up to a query.
    var isInert = false
    /// Constraints stand in it: REFERENCES names a relation.
    var isDefining = false
    /// A comma brings it back to the state `.dialect`.
    var resumesAtComma = false
    /// The dialect's own.
    var stage: UInt8 = 0
    var flags: UInt8 = 0
    /// Joins that ON or USING has still to come for.
    var pendingJoins: Int32 = 0
    /// CASE without its END.
    var openCases: Int32 = 0
    /// `[` without its `]`.
    var openBrackets: Int32 = 0
    /// Which argument of a call is being read, from 0.
    var argument: Int32 = 0
    var expressionDepth: Int32 = 0
    var queryLevel: Int32 = 0
    /// Common table expressions in scope before this frame; before the query of an INSERT; before its WITH.
    var nameMark = 0
    var sourceNameMark = 0
    var listMark = 0
    /// Relations found before its FROM; before the item of it that is being read; before its WITH.
    var fromMark = 0
    var itemMark = 0
    var withMark = 0
    /// Index of the relation that is changed, -1 for none.
    var target = -1
    /// Index of the call whose arguments these are, -1 for none.
    var call = -1
    var meaning: ArgumentMeaning?
    /// An argument with that meaning was a constant.
    var isMeaningKnown = false

    init(_ role: Role, _ state: State) {
        self.role = role
        self.state = state
    }
}
