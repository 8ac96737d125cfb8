/// Definitions: columns, constraints, lists of relations.
extension SummaryReader {
    /// The beginning of an element between the parentheses of CREATE TABLE: a column with its type, a constraint, or LIKE.
    mutating func definitionElement() {
        if Source.definitionElement(&self) { return }
        switch token.word {
        case .like:
            advance()
            guard let name = objectName() else { return }
            note(relation: name, .read)
        case .constraint where token.role == .reserved: advance()
        case .check where token.role == .reserved, .unique where token.role == .reserved,
            .primary where token.role == .reserved, .foreign where token.role == .reserved:
            advance()
        case .exclude where peek().word == .using || peek().kind == .leftParen: advance()
        default: columnDefinition()
        }
    }

    /// `name type`, so that the type's modifiers are no arguments.
    mutating func columnDefinition() {
        advance()
        if token.isName, token.role != .reserved { _ = chain() }
    }

    /// A foreign key's `REFERENCES t [(columns)]`: by it can be found out what `t` holds.
    mutating func references() {
        advance()
        guard let name = objectName() else { return }
        note(relation: name, .read)
        if token.kind == .leftParen { open(.names, .expression) }
    }

    /// `[ONLY] t [*]`, `ONLY (t)`; false after a failure.
    @discardableResult
    mutating func relationExpression(_ actions: ActionSet) -> Bool {
        let isWrapped = accept(.only) && accept(.leftParen)
        guard let name = objectName(), note(relation: name, actions) >= 0 else { return false }
        if isWrapped, !accept(.rightParen) { fail(.unexpectedToken) }
        if isStar { advance() }
        return !hasFailed
    }

    /// Relations with commas between them.
    mutating func relationList(_ actions: ActionSet) {
        repeat {
            guard relationExpression(actions) else { return }
        } while accept(.comma)
    }

    /// Passes over a parenthesis that holds options or types, the current token being its `(`.
    mutating func skipParenthesis() {
        var depth = 0
        repeat {
            if token.kind == .leftParen { depth &+= 1 }
            if token.kind == .rightParen { depth &-= 1 }
            if isAtEnd { return fail(.unbalancedParenthesis) }
            advance()
        } while depth > 0
    }

    /// Passes over the rest of a statement that can't name a relation any more.
    mutating func skipRest() {
        while !isAtEnd { advance() }
        frame.state = .finished
    }

    /// `IF [NOT] EXISTS`
    mutating func skipIfExists() {
        guard token.word == .if else { return }
        let next = peek().word
        guard next == .exists || next == .not else { return }
        advance()
        skip(.not, .exists)
    }
}
