/// Names, relations, calls and literals: what the reader notes.
extension SummaryReader {
    // MARK: Chains

    /// `a.b.c`; the current token is the first name. A `.*` behind it is passed over.
    mutating func chain() -> NameChain {
        var chain = NameChain(token)
        advance()
        while token.kind == .dot {
            advance()
            if token.isName {
                chain.append(token)
                advance()
            } else if token.kind == .dot, Source.allowsEmptyParts {
                chain.append(SQLToken(.end, token.start, token.start))
            } else {
                if isStar { advance() }
                break
            }
        }
        return chain
    }

    /// A qualified name that must stand here and names no column; nil after a failure.
    mutating func objectName() -> NameChain? {
        guard token.isColumnName || token.kind == .word && token.role == .functionName && peek().kind == .dot else {
            fail(.unexpectedToken)
            return nil
        }
        let name = chain()
        if name.isTooLong || previous.kind == .operator || previous.kind == .dot {
            fail(.unexpectedToken)
            return nil
        }
        return name
    }

    func text(_ token: SQLToken?) -> SQLText? { token.map { source.name($0) } }

    /// A name alone; nil, and nothing read, where there is none.
    mutating func acceptName() -> SQLText? {
        guard token.isColumnName else { return nil }
        let name = source.name(token)
        advance()
        return name
    }

    // MARK: Relations

    /// Notes a relation; its index, or -1 after a failure.
    @discardableResult
    mutating func note(
        relation name: NameChain, _ actions: ActionSet, _ traits: RelationReference.Traits = []
    ) -> Int {
        guard statement.relations.count < SummaryLimits.relations else {
            fail(.tooManyRelations)
            return -1
        }
        let first = text(name.fromEnd(1))
        let isDatabase = Source.qualifierIsDatabase
        statement.relations.append(
            RelationReference(
                server: text(name.fromEnd(3)), database: isDatabase ? first : text(name.fromEnd(2)),
                schema: isDatabase ? nil : first, name: source.name(name.last), alias: nil, actions: actions,
                traits: traits, range: name.range, expressionDepth: frame.expressionDepth,
                queryLevel: frame.queryLevel))
        return statement.relations.count - 1
    }

    /// A relation in FROM or TABLE, unless a common table expression of that name is in scope. False: it is one.
    mutating func noteRead(_ name: NameChain, _ actions: ActionSet = .read) -> Bool {
        if name.count == 1, !commonTables.isEmpty, isCommonTable(source.name(name.last)) { return false }
        return note(relation: name, actions, name.count == 1 ? .mayBeCommonTable : []) >= 0
    }

    func isCommonTable(_ name: SQLText) -> Bool { commonTables.contains(name) }

    mutating func setAlias(_ alias: SQLText, of index: Int) {
        if index >= 0, index < statement.relations.count { statement.relations[index].alias = alias }
    }

    mutating func note(wide scope: WideReference.Scope, _ name: SQLText?, _ actions: ActionSet) {
        guard statement.wide.count < SummaryLimits.calls else { return fail(.tooManyNames) }
        statement.wide.append(WideReference(scope: scope, name: name, actions: actions))
    }

    mutating func note(opaque reason: OpaquePart.Reason, _ range: Range<Int>) {
        guard statement.opaque.count < SummaryLimits.calls else { return fail(.tooManyCalls) }
        statement.opaque.append(OpaquePart(reason: reason, range: range))
    }

    // MARK: Calls

    /// A call of a function; the current token is its `(`, which is read.
    mutating func call(_ name: NameChain) {
        guard statement.calls.count < SummaryLimits.calls else { return fail(.tooManyCalls) }
        let function = source.functionName(name.last)
        let meaning = Source.meaning(ofArgumentsOf: function)
        if let meaning {
            statement.outside.formUnion(meaning.outside)
            if meaning.meaning == .query { note(opaque: .dynamicSQL, name.range) }
        }
        statement.calls.append(FunctionCall(schema: text(name.fromEnd(1)), name: function, range: name.range))
        open(.call, .operand)
        frame.call = statement.calls.count - 1
        frame.meaning = meaning
    }

    mutating func note(
        named meaning: NamedObject.Meaning, _ text: SQLText?, _ taker: SQLText, _ actions: ActionSet,
        _ range: Range<Int>
    ) {
        guard statement.named.count < SummaryLimits.calls else { return fail(.tooManyCalls) }
        statement.named.append(
            NamedObject(meaning: meaning, text: text, taker: taker, actions: actions, range: range))
    }

    /// A call whose argument names an object, and is no constant: which one can't be known.
    mutating func noteUnknown(_ meaning: ArgumentMeaning, _ call: Int) {
        guard meaning.meaning != .other, statement.calls.indices.contains(call) else { return }
        note(named: meaning.meaning, nil, statement.calls[call].name, meaning.actions, statement.calls[call].range)
    }

    // MARK: Literals

    mutating func note(literal token: SQLToken) {
        guard summary.literals.count < SummaryLimits.literals, token.end <= SummaryLimits.text else {
            summary.isCut = true
            return
        }
        let kind: LiteralSpan.Kind
        switch token.kind {
        case .number: kind = .number
        case .bits: kind = .bits
        case .hex: kind = .hex
        default: kind = .string
        }
        summary.literals.append(LiteralSpan(kind: kind, start: Int32(token.start), end: Int32(token.end)))
    }

    mutating func note(parameter token: SQLToken) {
        if summary.parameters.count < SummaryLimits.literals {
            summary.parameters.append(token.range)
        } else {
            summary.isCut = true
        }
    }

    mutating func note(operator token: SQLToken) {
        let text = source.text(token.range)
        if statement.operators.contains(text) { return }
        if statement.operators.count < SummaryLimits.operators {
            statement.operators.append(text)
        } else {
            summary.isCut = true
        }
    }
}
