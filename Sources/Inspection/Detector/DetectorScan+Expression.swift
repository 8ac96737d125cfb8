extension DetectorScan {
    // MARK: Operands

    mutating func operand(_ facts: OperandFacts) {
        if isNamePending { isNamePending = false }
        frame.term.formUnion(facts)
        if frame.termCount > 0 {
            frame.termName = (0, 0)
            if frame.expectsOperand { frame.term.insert(.computed) }
        }
        frame.termCount &+= frame.termCount < 255 ? 1 : 0
        frame.expectsOperand = false
        frame.endsInLiteral = false
    }

    mutating func literal() {
        if verb == .copy, isAtRoot, token.kind == .string, previous.word == .from || previous.word == .to {
            reasons.insert(.fileAccess)
        }
        var facts: OperandFacts = .literal
        let length = (token.end &- token.start) / Source.unitWidth
        if token.kind == .string {
            facts.insert(.string)
            if length <= 2 { facts.insert(.empty) }
            if length == 3, view[token.start &+ Source.unitWidth] == 0x25 { facts.insert(.matchAll) }
        } else if token.kind == .number, length == 1 {
            let byte = view[token.start]
            if byte == 0x30 || byte == 0x31 { facts.insert(.plain) }
            if byte == 0x30 { facts.insert(.never) }
        }
        if frame.clause == .items, !frame.expectsOperand { frame.hasAlias = true }
        if !facts.contains(.plain), frame.term.contains(.plain) { frame.term.remove(.plain) }
        if frame.termCount > 0, !facts.contains(.plain) { frame.term.remove(.plain) }
        let hasString = facts.contains(.string) || frame.term.contains(.string)
        if hasString, frame.endsInLiteral, frame.expectsOperand { frame.isAdjacent = true }
        operand(facts)
        frame.endsInLiteral = true
    }

    // MARK: Operators

    mutating func takeOperator() {
        let first = operatorByte(0)
        let length = (token.end &- token.start) / Source.unitWidth
        if length == 1 {
            switch first {
            case 0x3D: return equals()
            case 0x3C, 0x3E: return ordering()
            case 0x2A where frame.expectsOperand: return operand(.star)
            case 0x7E where Source.dialect == .postgres && !frame.expectsOperand: return comparison()
            case 0x21: return
            case 0x2B: return sign()
            case 0x2D: return Source.dialect == .postgres ? sign() : arithmetic()
            default: return arithmetic()
            }
        }
        switch (first, operatorByte(1)) {
        case (0x7C, 0x7C): if source.pipesAreOr { connective(.or) } else { sign() }
        case (0x26, 0x26) where Source.dialect == .mysql: and()
        case (0x3C, 0x3C), (0x3E, 0x3E): arithmetic()
        case (0x2D, 0x3E):
            // A path into JSON is part of what it is applied to.
            frame.expectsOperand = false
            frame.endsInLiteral = false
        case (0x3C, 0x40), (0x2B, 0x3D): arithmetic()
        case (0x3C, 0x3D), (0x3E, 0x3D): ordering()
        case (0x3C, _), (0x3E, _), (0x21, _), (0x3D, 0x3D), (0x7E, _): comparison()
        default: arithmetic()
        }
    }

    mutating func arithmetic() {
        frame.expectsOperand = true
    }

    /// An operator that may join strings, or dates and numbers.
    private mutating func sign() {
        if !frame.expectsOperand { frame.endsInLiteral = false }
        frame.expectsOperand = true
    }

    private mutating func equals() {
        if frame.clause == .assign, !frame.isAssigned {
            frame.isAssigned = true
            return resetOperands()
        }
        comparison()
    }

    private mutating func ordering() {
        comparison()
        frame.isOrdering = true
    }

    mutating func comparison() {
        if frame.clause == .from || frame.clause == .target || frame.clause == .other { return }
        if frame.comparisons > 0, !frame.isBetween { chained() }
        frame.left.formUnion(frame.term)
        frame.leftName = frame.comparisons == 0 ? frame.termName : (0, 0)
        frame.term = []
        frame.termName = (0, 0)
        frame.termCount = 0
        frame.comparisons &+= frame.comparisons < 255 ? 1 : 0
        frame.expectsOperand = true
        frame.endsInLiteral = false
    }

    /// `a = 'x' > b`: nobody compares what a comparison gives without parentheses.
    private mutating func chained() {
        guard frame.isExposed, frame.term.isConstant, frame.term.contains(.literal), !isAt(.is) else { return }
        reasons.insert(.chainedComparison)
    }

    @inline(__always)
    private func isAt(_ word: SQLWord) -> Bool { token.word == word }

    mutating func isTest() {
        comparison()
        frame.isNullTest = true
    }

    mutating func resetOperands() {
        frame.left = []
        frame.term = []
        frame.leftName = (0, 0)
        frame.termName = (0, 0)
        frame.termCount = 0
        frame.comparisons = 0
        frame.isBetween = false
        frame.isOrdering = false
        frame.isNullTest = false
        frame.expectsOperand = true
        frame.endsInLiteral = false
        frame.isAdjacent = false
    }

    // MARK: Connectives

    mutating func and() {
        if frame.isBetween {
            frame.isBetween = false
            frame.expectsOperand = true
            frame.endsInLiteral = false
            return
        }
        connective(.and)
    }

    mutating func connective(_ connective: DetectorFrame.Connective) {
        if frame.clause == .from || frame.clause == .other { return }
        if frame.conditionCount == 0, frame.comparisons == 0, frame.isExposed { firstOfConnective(connective) }
        finishCondition()
        if connective == .or {
            if frame.conditionCount == 1, !frame.held.isEmpty {
                frame.held = []
                reasons.insert(.leadingConstant)
            }
        } else if frame.conditionCount == 1, frame.isHeldPlain {
            frame.held = []
        } else {
            releaseHeld()
        }
        frame.connective = connective
        frame.logic.insert(.condition)
    }

    /// `'a' OR …`, `1 AND …`: a bare constant before a connective where a value was to stand.
    private mutating func firstOfConnective(_ connective: DetectorFrame.Connective) {
        guard frame.clause != .condition, frame.clause != .having, frame.clause != .joinCondition else { return }
        guard frame.term.isConstant, frame.term.contains(.literal) else { return }
        reasons.insert(.constantComparison)
    }

    mutating func releaseHeld() {
        reasons.formUnion(frame.held)
        frame.held = []
    }

    // MARK: Conditions

    /// An operand of a connective is complete.
    mutating func finishCondition() {
        if isNamePending { settleName() }
        guard frame.termCount > 0 || frame.comparisons > 0 else { return resetOperands() }
        if frame.isExposed { judge() }
        let facts = frame.left.union(frame.term)
        frame.logic.formUnion(facts)
        if frame.comparisons > 0 { frame.logic.insert(.condition) }
        frame.conditionCount &+= frame.conditionCount < 255 ? 1 : 0
        resetOperands()
    }

    private mutating func judge() {
        if frame.isAdjacent { reasons.insert(.literalAdjacency) }
        let found = frame.comparisons > 0 ? judgeComparison() : judgeBare()
        guard !found.isEmpty else { return }
        if frame.conditionCount == 0, frame.connective == .none, frame.role == .group, frame.outerConnective != .none {
            frame.held = found
            frame.isHeldPlain =
                found == .plainConstantCondition || frame.term.contains(.plain) && frame.comparisons == 0
        } else {
            reasons.formUnion(found)
        }
    }

    /// What connects this operand with those before it, groups around it included.
    @inline(__always)
    private var link: DetectorFrame.Connective {
        frame.connective == .none && frame.conditionCount == 0 ? frame.outerConnective : frame.connective
    }

    @inline(__always)
    private var isCondition: Bool {
        switch frame.clause {
        case .condition, .having, .joinCondition: true
        default: false
        }
    }

    private mutating func judgeComparison() -> DetectionReasons {
        let left = frame.left
        let right = frame.term
        let both = left.union(right)
        if both.isConstant, both.hasLiteral || both.contains(.info) || both.contains(.userInfo) {
            return constants(both)
        }
        if frame.leftName.end > 0, frame.termName.end > 0, isSameName { return sameName() }
        if frame.isNullTest { return [] }
        var found: DetectionReasons = []
        if extracts(left), right.isConstant || right.contains(.characterCode) { found.formUnion(extraction(left)) }
        if extracts(right), left.isConstant { found.formUnion(extraction(right)) }
        if both.contains(.anyQuery) || both.contains(.query) { found.formUnion(query(left, right)) }
        if both.contains(.info), both.contains(.column), !both.contains(.userInfo), !both.contains(.query) {
            found.insert(.serverInfo)
        }
        if link == .or {
            if right.contains(.matchAll), !frame.logic.contains(.matchAll) { found.insert(.plainConstantCondition) }
            if both.contains(.moment), both.hasLiteral, both.subtracting(.moment).isConstant {
                found.insert(.plainConstantCondition)
            }
        }
        if both.contains(.code), both.contains(.piece) { found.insert(.codeExtraction) }
        return found
    }

    @inline(__always)
    private func extracts(_ facts: OperandFacts) -> Bool {
        facts.contains(.code) || facts.contains(.piece)
            || facts.contains(.length) && !facts.isDisjoint(with: [.query, .info, .userInfo])
    }

    private func extraction(_ facts: OperandFacts) -> DetectionReasons {
        if !facts.isDisjoint(with: [.query, .info, .userInfo, .catalog]) { return .blindExtraction }
        if facts.contains(.secret) { return .blindExtraction }
        return facts.contains(.code) && facts.contains(.piece) ? .codeExtraction : []
    }

    private func query(_ left: OperandFacts, _ right: OperandFacts) -> DetectionReasons {
        let both = left.union(right)
        if both.contains(.exists) { return [] }
        var found: DetectionReasons = []
        if both.contains(.catalog), !isInCatalog { found.insert(.catalogQuery) }
        if both.contains(.info), !both.contains(.userInfo) { found.insert(.serverInfo) }
        if left.isConstant, left.hasLiteral, right.contains(.query), link != .none, !frame.isOrdering {
            found.insert(.queryOperand)
        }
        if left.contains(.query), !left.contains(.column), right.isConstant, link != .none {
            found.insert(.queryOperand)
        }
        if !frame.isOrdering, right.contains(.computed), right.contains(.query), right.contains(.literal),
            !right.contains(.string) || right.contains(.empty)
        {
            found.insert(.queryOperand)
        }
        return found
    }

    /// Both sides are constants.
    private mutating func constants(_ both: OperandFacts) -> DetectionReasons {
        if both.contains(.condition), both.isDisjoint(with: [.literal]) { return [] }
        if !both.isDisjoint(with: [.info, .userInfo]) {
            if !both.isDisjoint(with: [.piece, .code]) { return .blindExtraction }
            return both.hasLiteral || both.contains(.info) ? .serverInfo : []
        }
        guard isCondition || frame.role == .group && frame.outerConnective != .none || link != .none else {
            if frame.role == .case { return [] }
            return .constantComparison
        }
        switch link {
        case .none: return frame.clause == .having ? .plainConstantCondition : .leadingConstant
        case .and:
            if isNever { return .leadingConstant }
            return isPlain(both) || frame.isNullTest ? .plainConstantCondition : .constantCondition
        case .or: return frame.isNullTest ? .plainConstantCondition : .tautology
        }
    }

    /// `1 = 1`, `1 = 0`, as programs write them for what is always so or never.
    @inline(__always)
    private func isPlain(_ facts: OperandFacts) -> Bool {
        facts.contains(.plain)
            && facts.isDisjoint(with: [
                .string, .null, .computed, .info, .condition, .characterCode, .code, .piece, .anyQuery,
            ])
    }

    /// `0 = 1`, as programs write a list that is empty.
    @inline(__always)
    private var isNever: Bool {
        isPlain(frame.left) && frame.left.contains(.never) && isPlain(frame.term) && !frame.term.contains(.never)
    }

    @inline(__always)
    private var isSameName: Bool {
        let length = Int(frame.leftName.end &- frame.leftName.start)
        return length == Int(frame.termName.end &- frame.termName.start)
            && view.equal(Int(frame.leftName.start), Int(frame.termName.start), count: length)
    }

    private func sameName() -> DetectionReasons {
        isCondition && link == .none ? .leadingConstant : .selfComparison
    }

    /// An operand without a comparison.
    private mutating func judgeBare() -> DetectionReasons {
        let facts = frame.term
        let isJudged = isCondition || link != .none || frame.connective != .none
        guard isJudged else { return [] }
        if facts.isConstant, facts.hasLiteral || facts.contains(.info) {
            if facts.contains(.condition) { return [] }
            switch link {
            case .none: return frame.clause == .having ? .plainConstantCondition : .leadingConstant
            case .and:
                return isPlain(facts) ? .plainConstantCondition : .constantCondition
            case .or: return facts.contains(.never) ? .plainConstantCondition : .tautology
            }
        }
        if link == .none { return [] }
        if facts.contains(.exists) { return facts.contains(.catalog) && !isInCatalog ? .catalogQuery : [] }
        var found: DetectionReasons = []
        if extracts(facts) { found.formUnion(extraction(facts)) }
        if facts.contains(.code), facts.contains(.piece) { found.insert(.codeExtraction) }
        if facts.contains(.catalog), !isInCatalog { found.insert(.catalogQuery) }
        if Source.dialect != .postgres, facts.contains(.computed), facts.contains(.string), !facts.contains(.call) {
            found.insert(.literalAdjacency)
        }
        if facts.contains(.query), !facts.contains(.condition) { found.insert(.queryOperand) }
        return found
    }
}
