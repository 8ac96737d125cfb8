extension DetectorScan {
    // MARK: Clauses

    mutating func select() {
        if Source.dialect != .mssql, frame.hasSelect, !frame.isRightArm, isAtRoot, isExposedStatement {
            reasons.insert(.stackedStatement)
        }
        if frame.clause == .target { frame.clause = .other }
        finishItem()
        frame.hasSelect = true
        frame.items = 0
        frame.constants = 0
        frame.numbers = 0
        frame.itemFacts = []
        frame.clause = .items
        frame.hasFrom = false
        frame.hasStar = false
        frame.connective = .none
        frame.conditionCount = 0
        frame.logic = []
        resetOperands()
    }

    mutating func from() {
        if frame.role == .call, !frame.hasSelect { return comma() }
        if isAt(.distinct) { return }
        finishClause()
        frame.hasFrom = true
        frame.clause = .from
        frame.expectsOperand = true
    }

    @inline(__always)
    private func isAt(_ word: SQLWord) -> Bool { previous.word == word && previous.kind == .word }

    /// What stood before the clause that begins here is complete.
    mutating func finishClause() {
        if frame.clause == .items { finishItem() } else { finishCondition() }
        releaseHeld()
        frame.connective = .none
        frame.conditionCount = 0
        frame.outerConnective = .none
        frame.logic = []
    }

    mutating func clause(_ clause: DetectorFrame.Clause) {
        finishClause()
        frame.clause = clause
        frame.isAssigned = false
        frame.expectsOperand = true
        switch clause {
        case .condition, .having:
            frame.hasCondition = true
            // Without FROM nothing of an application's is chosen.
            if frame.hasFrom || !frame.hasSelect || frame.isRightArm || isStacked { expose() }
        case .joinCondition, .assign, .values, .order, .group, .limit: expose()
        default: break
        }
    }

    private mutating func expose() {
        if verb == .create || verb == .alter { return }
        frame.isExposed = true
        isExposedStatement = true
    }

    mutating func on() {
        guard frame.clause == .from || frame.clause == .joinCondition || frame.clause == .values else { return }
        clause(.joinCondition)
    }

    mutating func order() {
        guard frame.hasSelect || isAtRoot || frame.role == .call || frame.role == .group else { return }
        if frame.role == .call || frame.role == .group && !frame.hasSelect && !frame.hasQueryOperand {
            finishClause()
            frame.clause = .other
            return
        }
        frame.hasOrder = true
        clause(.order)
    }

    mutating func values() {
        if frame.role == .call { return }
        if frame.clause == .assign { return takeName() }
        frame.hasQueryOperand = true
        clause(.values)
    }

    mutating func set() -> Bool {
        guard frame.clause == .target || frame.clause == .from || frame.clause == .joinCondition else { return false }
        clause(.assign)
        return true
    }

    mutating func into() {
        if frame.clause == .other || frame.clause == .target {
            frame.clause = .target
            frame.expectsOperand = true
            return
        }
        finishClause()
        frame.clause = .from
    }

    mutating func alias() {
        if frame.role == .call {
            isTyping = true
            return
        }
        if frame.clause == .items { frame.hasAlias = true }
    }

    // MARK: Lists

    mutating func comma() {
        switch frame.clause {
        case .items: finishItem()
        case .arguments, .values, .order, .group, .limit: finishListed()
        case .assign:
            finishListed()
            frame.isAssigned = false
        case .from, .target: frame.expectsOperand = true
        case .joinCondition where frame.role == .root || frame.hasSelect:
            // `FROM a JOIN b ON …, c`
            finishClause()
            frame.clause = .from
            frame.expectsOperand = true
        case .condition, .having, .joinCondition:
            // `WHERE a = 1, b`, `(a = b, 1 = 1)`
            if frame.isExposed, isAtRoot || frame.hasSelect || frame.comparisons > 0 {
                reasons.insert(.literalAdjacency)
            }
            finishListed()
        case .other: resetOperands()
        }
        frame.argument &+= frame.argument < 255 ? 1 : 0
    }

    /// An element of a list is complete.
    mutating func finishListed() {
        let isOrder = frame.clause == .order || frame.clause == .group
        let hadCondition = frame.comparisons > 0 || frame.connective != .none
        let facts = frame.left.union(frame.term)
        finishCondition()
        releaseHeld()
        if isOrder, frame.isExposed { judgeOrder(facts.union(frame.logic), hadCondition) }
        frame.output.formUnion(frame.logic)
        frame.connective = .none
        frame.conditionCount = 0
        if frame.role == .call {
            frame.outerConnective = .none
        } else {
            frame.logic = []
        }
    }

    /// Nobody sorts by what is the same for every row, but by NULL or a position.
    private mutating func judgeOrder(_ facts: OperandFacts, _ isCondition: Bool) {
        if facts.contains(.random), facts.contains(.literal) { reasons.insert(.errorLeak) }
        if facts.isConstant, facts.contains(.info) || facts.contains(.userInfo) {
            reasons.insert(.serverInfo)
        } else if facts.isConstant, facts.contains(.literal), frame.clause == .order,
            facts.contains(.computed) || isCondition || facts.contains(.code) || facts.contains(.piece)
        {
            reasons.insert(.constantOrder)
        } else if facts.contains(.exists) {
            return
        } else if facts.contains(.catalog), !isInCatalog {
            reasons.insert(.catalogQuery)
        } else if facts.contains(.query), facts.contains(.computed) || isCondition, facts.contains(.literal),
            facts.contains(.plain) || !facts.contains(.string)
        {
            reasons.insert(.queryOperand)
        }
        if facts.contains(.code), facts.contains(.piece) { reasons.insert(.blindExtraction) }
    }

    /// An item of a select list is complete.
    mutating func finishItem() {
        guard frame.clause == .items else { return finishCondition() }
        if isNamePending { settleName() }
        guard frame.termCount > 0 || frame.comparisons > 0 || !frame.logic.isEmpty else { return }
        let condition = frame.comparisons > 0 || frame.conditionCount > 0
        if frame.isExposed { finishCondition() }
        let facts = frame.logic.union(frame.left).union(frame.term)
        frame.items &+= frame.items < 65535 ? 1 : 0
        if facts.contains(.star), !facts.contains(.computed) { frame.hasStar = true }
        if facts.isConstant {
            frame.constants &+= frame.constants < 65535 ? 1 : 0
            if !facts.contains(.string) { frame.numbers &+= frame.numbers < 65535 ? 1 : 0 }
        }
        frame.itemFacts.formUnion(condition ? facts.union(.condition) : facts)
        frame.hasAlias = false
        frame.logic = []
        frame.connective = .none
        frame.conditionCount = 0
        resetOperands()
    }

    // MARK: UNION

    mutating func setOperation() {
        guard frame.clause != .other || frame.hasQueryOperand || frame.hasSelect else {
            if isAtRoot, isExposedStatement { reasons.insert(.misplacedUnion) }
            return
        }
        let hadQuery = frame.hasSelect || frame.hasQueryOperand || frame.term.contains(.anyQuery)
        let isMisplaced = frame.hasOrder && frame.hasSelect
        finishClause()
        if !hadQuery && frame.clause != .values || isMisplaced { reasons.insert(.misplacedUnion) }
        finishArm()
        frame.leftItems = frame.items
        frame.leftConstants = frame.constants
        frame.leftFacts = frame.itemFacts
        frame.leftHasFrom = frame.hasFrom
        frame.leftHasStar = frame.hasStar || !frame.hasSelect
        frame.leftHasCondition = frame.hasCondition
        frame.leftReadsCatalog = frame.readsCatalog
        frame.isRightArm = true
        frame.hasFrom = false
        frame.readsCatalog = false
        frame.hasSelect = false
        frame.clause = .other
        frame.hasQueryOperand = true
        frame.expectsOperand = true
    }

    /// The last arm is complete.
    mutating func finishArm() {
        if frame.isRightArm, frame.clause == .items, frame.items == 0, frame.leftItems > 0 {
            reasons.insert(.misplacedUnion)
        }
        guard frame.isRightArm, frame.hasSelect, frame.items > 0 else { return }
        if !frame.leftHasStar, !frame.hasStar, frame.leftItems > 0, frame.leftItems != frame.items {
            reasons.insert(.unionMismatch)
        }
        let facts = frame.itemFacts
        if facts.contains(.info) || facts.contains(.userInfo) { reasons.insert(.serverInfo) }
        if frame.readsCatalog, !frame.leftReadsCatalog, frame.leftHasFrom { reasons.insert(.unionCatalog) }
        if facts.contains(.catalog), frame.leftHasFrom { reasons.insert(.unionCatalog) }
        if facts.contains(.secret), !frame.leftFacts.contains(.secret) { reasons.insert(.unionSecrets) }
        guard frame.leftHasFrom, frame.leftConstants == 0 else { return }
        if !frame.hasFrom, facts.isConstant {
            reasons.insert(
                frame.leftHasCondition && frame.items > 1 || frame.items > 3 ? .unionConstants : .queryOperand)
        } else if frame.constants > 1 || frame.numbers > 0 && frame.leftHasCondition {
            reasons.insert(frame.leftHasCondition && frame.constants > 1 ? .unionProbe : .queryOperand)
        }
    }

    /// The query in this frame is complete: what it gives as an operand.
    mutating func queryFacts() -> OperandFacts {
        finishClause()
        finishArm()
        var facts = frame.itemFacts.subtracting([.condition, .exists])
        facts.formUnion(.anyQuery)
        facts.remove(.plain)
        if frame.hasFrom {
            facts.formUnion(.query)
            facts.subtract([.column, .computed, .literal, .string, .empty, .null, .never, .matchAll])
        }
        if frame.readsCatalog { facts.formUnion(.catalog) }
        if frame.isInherited, !frame.isInCatalog, frame.readsSeries || frame.readsCatalog && frame.relations > 2 {
            reasons.insert(.heavyQuery)
        }
        return facts
    }
}
