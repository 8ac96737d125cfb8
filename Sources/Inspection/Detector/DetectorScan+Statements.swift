extension DetectorScan {
    // MARK: Statements

    /// The first word of a statement.
    mutating func begin() {
        if verb != .none { endStatement() }
        if verbCount > 0 { stack() }
        verb = token.word
        if verbCount == 0 { firstVerb = verb }
        verbCount &+= 1
        frame = DetectorFrame(.root, .other)
        switch token.word {
        case .select: select()
        case .insert, .replace, .update, .merge: frame.clause = .target
        case .delete: frame.clause = .target
        case .with: break
        case .values: values()
        case .waitfor: reasons.insert(.delay)
        case .reconfigure: reasons.insert(.serverControl)
        case .grant: reasons.insert(.grant)
        case .bulk: reasons.insert(.fileAccess)
        case .explain, .analyze, .describe, .desc:
            verb = .none
            verbCount &-= 1
        case .set: frame.clause = .other
        default: if meaning(token) == .shutdown { reasons.insert(.serverControl) }
        }
    }

    /// A statement that begins with a parenthesis is a query.
    mutating func beginParenthesis() {
        if verbCount > 0 { stack() }
        verb = .select
        if verbCount == 0 { firstVerb = .select }
        verbCount &+= 1
        frame = DetectorFrame(.root, .other)
    }

    /// A further statement behind one that holds values.
    private mutating func stack() {
        isStacked = true
        guard firstIsExposed else { return }
        switch firstVerb {
        case .insert where Source.dialect == .mssql:
            if token.word == .drop || token.word == .truncate { reasons.insert(.stackedChange) }
            return
        case .select, .insert, .update, .delete, .replace, .with, .values: break
        default: return
        }
        switch token.word {
        case .drop, .alter, .truncate, .create, .grant, .exec, .execute, .call, .declare, .shutdown, .waitfor, .rename,
            .use,
            .do, .prepare, .copy, .handler, .load, .backup, .kill, .reconfigure:
            reasons.insert(.stackedChange)
        case _ where Source.dialect == .mssql: break
        case .select:
            if firstVerb == .select { reasons.insert(.stackedStatement) }
        case .insert, .update, .delete, .replace, .merge:
            reasons.insert(firstVerb == .select ? .stackedChange : .stackedStatement)
        default: reasons.insert(.stackedStatement)
        }
    }

    mutating func semicolon() {
        guard isAtRoot else {
            if isExposedStatement { reasons.insert(.literalAdjacency) }
            return
        }
        endStatement()
        verb = .none
        frame = DetectorFrame(.root, .other)
    }

    /// A statement is complete, its frames with it.
    mutating func endStatement() {
        if isNamePending { settleName() }
        isTyping = false
        while depth > 0 {
            if frame.role == .case { endCase() } else { close() }
        }
        let wasSelect = frame.hasSelect && verb == .select
        if frame.clause != .items { finishListed() }
        finishClause()
        finishArm()
        if isStacked, firstIsExposed { judgeStacked(wasSelect) }
        if isExposedStatement { firstIsExposed = true }
    }

    /// A query of constants, or a change of all rows, behind a statement that holds values.
    private mutating func judgeStacked(_ isSelect: Bool) {
        let isBare = isSelect && !frame.hasFrom && frame.items > 0 && (frame.itemFacts.isConstant || frame.hasStar)
        let isChange = verb == .delete || verb == .update
        if isBare || isChange && !frame.hasCondition && Source.dialect != .mssql { reasons.insert(.stackedChange) }
    }
}
