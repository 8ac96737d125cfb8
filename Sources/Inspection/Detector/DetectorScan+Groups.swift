extension DetectorScan {
    // MARK: Parentheses

    mutating func open() {
        if frame.role == .inert { return push(.inert, .other) }
        if isAtRoot, verb == .none { beginParenthesis() }
        if isNamePending { return openCall() }
        if previous.kind == .word, isTypeParenthesis { return push(.inert, .other) }
        if frame.clause == .target { return push(.inert, .other) }
        let clause: DetectorFrame.Clause
        switch frame.clause {
        case .from: clause = .from
        case .other: clause = .other
        default: clause = .arguments
        }
        let isCondition = frame.clause == .condition || frame.clause == .having || frame.clause == .joinCondition
        let isWhole = frame.comparisons == 0 && frame.termCount == 0
        let isNested = frame.role == .group && frame.clause == .condition
        push(.group, isWhole && (isCondition || isNested) ? .condition : clause)
    }

    /// `ARRAY[…]` is made of its elements; subscripts and types are passed over.
    mutating func openBracket() {
        if previous.word == .array, frame.role != .inert { push(.group, .arguments) } else { push(.inert, .other) }
    }

    /// `::varchar(10)`, `AS decimal(7, 2)`.
    @inline(__always)
    private var isTypeParenthesis: Bool {
        guard !frame.expectsOperand, !isNamePending else { return false }
        switch previous.word {
        case .none: return true
        default: return false
        }
    }

    private mutating func openCall() {
        isNamePending = false
        let meaning = name
        name = .none
        if frame.clause == .target { return push(.inert, .other) }
        call(meaning)
        if frame.clause == .from, meaning == .series { frame.readsSeries = true }
        let isUnknown = meaning == .none
        frame.expectsOperand = true
        push(.call, .arguments)
        frame.name = meaning
        if meaning == .none, isUnknown { frame.output = .call }
    }

    /// What it means that a name is called.
    mutating func call(_ meaning: DetectorName) {
        switch meaning {
        case .delay: reasons.insert(.delay)
        case .file: reasons.insert(.fileAccess)
        case .program: reasons.insert(.programAccess)
        case .network: reasons.insert(.networkAccess)
        case .control: reasons.insert(.serverControl)
        case .errorLeak, .nameConst: if isSuspicious { reasons.insert(.errorLeak) }
        case .shell: if frame.clause != .from, frame.clause != .other { reasons.insert(.programAccess) }
        case .characterCode: characterCodes &+= 1
        case .queryText: reasons.insert(frame.isExposed ? .errorLeak : .dynamicSQL)
        case .administer: reasons.insert(.administrativeCall)
        default: break
        }
    }

    /// Where injected expressions stand: not in what an application itself selects.
    @inline(__always)
    private var isSuspicious: Bool { frame.isExposed || frame.isRightArm || isStacked }

    mutating func close() {
        if leaveExcess() { return }
        guard depth > 0 else {
            if isExposedStatement { reasons.insert(.literalAdjacency) }
            return
        }
        while frame.role == .case, depth > 0 { endCase() }
        if isNamePending { settleName() }
        let inner: OperandFacts
        let wasQuery = frame.hasSelect || frame.isRightArm
        if wasQuery {
            inner = queryFacts()
        } else if frame.role == .inert {
            inner = []
        } else {
            finishListed()
            inner = frame.output.union(frame.logic)
        }
        let closed = frame
        pop()
        if closed.role == .inert { return }
        if frame.clause == .from || frame.clause == .target || frame.clause == .other {
            if wasQuery { adopt(closed) }
            frame.expectsOperand = false
            return
        }
        if wasQuery { frame.hasQueryOperand = true }
        result(inner, of: closed)
    }

    /// The closed frame is an operand of the one around it.
    private mutating func result(_ inner: OperandFacts, of closed: DetectorFrame) {
        var facts = inner.subtracting([.exists])
        let isExists = frame.term.contains(.exists)
        if closed.isNumeric, closed.isExposed { leak(facts) }
        if closed.role == .call { facts = result(of: closed, facts) }
        if closed.role == .group, !closed.hasSelect {
            facts.subtract([.plain])
            if inner.contains(.plain) { facts.insert(.plain) }
        }
        if isExists { frame.term.insert(.anyQuery) }
        frame.expectsOperand = frame.expectsOperand || frame.termCount == 0
        let wasEmpty = facts.isEmpty
        operand(wasEmpty ? .call : facts)
    }

    /// `(SELECT …) UNION (SELECT …)`: the query in parentheses is an arm of this frame's.
    private mutating func adopt(_ closed: DetectorFrame) {
        frame.hasQueryOperand = true
        guard frame.clause == .other, !frame.hasSelect else { return }
        frame.hasSelect = frame.isRightArm || frame.hasSelect
        frame.items = closed.items
        frame.constants = closed.constants
        frame.numbers = closed.numbers
        frame.itemFacts = closed.itemFacts
        frame.hasFrom = closed.hasFrom
        frame.hasStar = closed.hasStar
        frame.hasCondition = closed.hasCondition
        frame.readsCatalog = closed.readsCatalog
    }

    private mutating func result(of closed: DetectorFrame, _ inner: OperandFacts) -> OperandFacts {
        var facts = inner.subtracting([.plain, .empty, .never])
        switch closed.name {
        case .none, .secret, .catalog, .catalogSchema: facts.insert(.call)
        case .code: facts.insert(.code)
        case .substring: facts.insert(.piece)
        case .length: facts.insert(.length)
        case .characterCode: facts.formUnion([.characterCode, .literal])
        case .info: facts = .info
        case .userInfo: facts = .userInfo
        case .random:
            if facts.contains(.literal) { facts.insert(.seeded) }
            facts.insert(.random)
        case .moment: facts.insert(.moment)
        case .floor:
            if facts.contains(.seeded), closed.isExposed { reasons.insert(.errorLeak) }
        case .errorSpatial, .exponent:
            if closed.isExposed, !facts.isDisjoint(with: [.anyQuery, .info]) { reasons.insert(.errorLeak) }
            facts.insert(closed.name == .exponent ? .literal : .call)
        case .pure, .cast, .convert: if facts.isEmpty { facts = .literal }
        default: facts.insert(.call)
        }
        return facts
    }

    // MARK: CASE

    mutating func beginCase() {
        if frame.clause == .other { return }
        push(.case, .arguments)
        frame.isWhen = false
    }

    mutating func when() {
        if frame.role != .case, verb == .merge {
            finishClause()
            frame.clause = .joinCondition
        }
        guard frame.role == .case else { return }
        closePart()
        frame.isWhen = true
    }

    mutating func then() {
        if frame.role != .case, verb == .merge {
            finishClause()
            frame.clause = .target
        }
        guard frame.role == .case else { return }
        if isNamePending { settleName() }
        let isBare = frame.output.isEmpty || frame.argument == 0 && frame.output.isConstant
        let facts = frame.logic.union(frame.left).union(frame.term)
        if frame.isExposed, !frame.isNullTest, isBare || frame.comparisons > 0, facts.isConstant,
            facts.hasLiteral || facts.contains(.info)
        {
            reasons.insert(.constantCase)
        }
        closePart()
        frame.isWhen = false
        frame.argument = 1
    }

    mutating func elseBranch() {
        guard frame.role == .case else { return }
        closePart()
    }

    private mutating func closePart() {
        let wasExposed = frame.isExposed
        finishCondition()
        releaseHeld()
        frame.isExposed = wasExposed
        frame.output.formUnion(frame.logic)
        frame.connective = .none
        frame.conditionCount = 0
        frame.logic = []
    }

    mutating func endCase() {
        guard frame.role == .case else { return }
        closePart()
        var facts = frame.output.subtracting([.plain, .condition, .exists, .never])
        if frame.output.contains(.exists) {
            facts.subtract([.query, .anyQuery])
            facts.insert(.column)
        }
        pop()
        operand(facts.isEmpty ? .column : facts)
    }
}
