/// Expressions, and the clauses of a query that hold nothing else. They are read token by token: what could name a
/// relation in one stands behind `(`, since SELECT, TABLE and WITH begin a query nowhere else.
extension SummaryReader {
    /// Behind `(`: a query, or an expression.
    mutating func operand() {
        switch token.word {
        case .select, .with, .table: beginQuery()
        case .values where peek().kind == .leftParen: beginQuery()
        default: frame.state = .expression
        }
    }

    mutating func expression() {
        if frame.role == .definition, previous.kind == .leftParen || previous.kind == .comma, token.isName {
            return definitionElement()
        }
        switch token.kind {
        case .leftParen: open(.operand, .operand)
        case .rightParen: close()
        case .comma: comma()
        case .leftBracket, .rightBracket: bracket()
        case .string, .number, .bits, .hex: literal()
        case .operator:
            note(operator: token)
            advance()
        case .cast:
            advance()
            typeName()
        case .dot:
            // `(row).field`, `$1.field`
            advance()
            if token.isName || isStar { advance() }
        case .quotedName: name()
        case .word:
            if token.word != .none, Source.expressionWord(&self) { return }
            word()
        default: advance()
        }
    }

    private mutating func bracket() {
        frame.openBrackets &+= token.kind == .leftBracket ? 1 : -1
        if frame.openBrackets < 0 { return fail(.unbalancedParenthesis) }
        advance()
    }

    private mutating func comma() {
        // Between elements of an array.
        if frame.openBrackets > 0 { return advance() }
        frame.argument &+= 1
        if frame.resumesAtComma { frame.state = .dialect }
        switch frame.clause {
        case .joinCondition where frame.verb != .merge: frame.state = .fromItem
        case .conflict: return fail(.unexpectedToken)
        default: break
        }
        advance()
    }

    // MARK: Literals and types

    private mutating func literal() {
        let literal = token
        let isString = literal.kind == .string
        let before = previous.kind
        advance()
        guard isString else { return }
        if frame.meaning != nil {
            argument(literal, isAlone: before == .leftParen || before == .comma || before == .arrow)
        }
        if token.kind == .cast { castLiteral(literal) }
    }

    /// A string among the arguments of a function that takes more than its value. What is not all of the argument says
    /// nothing about it.
    private mutating func argument(_ literal: SQLToken, isAlone: Bool) {
        guard let meaning = frame.meaning, frame.argument < 32, frame.call >= 0,
            meaning.arguments >> UInt32(frame.argument) & 1 == 1
        else { return }
        guard isAlone, token.kind == .comma || token.kind == .rightParen || token.kind == .cast else { return }
        frame.isMeaningKnown = true
        note(
            named: meaning.meaning, source.value(literal), statement.calls[frame.call].name, meaning.actions,
            literal.range)
    }

    /// `'t'::regclass`; the current token is `::`.
    private mutating func castLiteral(_ literal: SQLToken) {
        advance()
        guard token.isName else { return }
        let type = chain()
        typed(literal, type)
    }

    private mutating func typed(_ literal: SQLToken, _ type: NameChain) {
        let name = source.name(type.last)
        guard let meaning = Source.meaning(ofType: name) else { return }
        note(named: meaning.meaning, source.value(literal), name, meaning.actions, literal.range)
    }

    /// A type's name, so that its modifiers in parentheses are no arguments.
    private mutating func typeName() {
        if token.isName { _ = chain() }
    }

    // MARK: Names

    /// A name in an expression: a column, a function before `(`, a type before a string.
    mutating func name() {
        let before = previous
        let first = token
        let name = chain()
        switch token.kind {
        case .leftParen:
            let isCallable = name.count > 1 || Source.namesFunction(first)
            if isCallable, !frame.isInert, name.count > 1 || !isSyntax(first, before) { call(name) }
        case .string:
            let literal = token
            typed(literal, name)
        default: break
        }
    }

    /// Words before `(` that are no functions there: `f(x) OVER (…)`, `count(*) FILTER (…)`, `PARTITION BY RANGE (…)`.
    private func isSyntax(_ word: SQLToken, _ before: SQLToken) -> Bool {
        let isCommand = frame.role == .root && !frame.isQuery
        switch word.word {
        case .over, .filter: return before.kind == .rightParen
        case .by: return before.word == .group || before.word == .order || before.word == .partition
        case .set: return before.word == .update || isCommand
        case .sets: return before.word == .grouping
        case .key: return before.word == .primary || before.word == .foreign
        case .include: return isCommand && before.kind == .rightParen
        case .options, .stdin, .stdout: return isCommand
        default: return isCommand && before.word == .using
        }
    }

    // MARK: Words

    private mutating func word() {
        switch token.word {
        case .select: fail(.unexpectedToken)
        case .as: label()
        case .is, .not: distinctFrom()
        case .case:
            frame.openCases &+= 1
            advance()
        case .end where frame.openCases > 0:
            frame.openCases &-= 1
            advance()
        case .references where frame.isDefining: references()
        case .insert where frame.verb == .merge && previous.word == .then: advance()
        case .operator where peek().kind == .leftParen: qualifiedOperator()
        case .union, .intersect, .except, .minus: if token.role == .reserved { setOperation() } else { name() }
        case .from, .into, .where, .group, .having, .order, .limit, .offset, .fetch, .window, .on, .join, .cross,
            .natural, .for, .returning, .when, .do, .set:
            clause()
        default:
            if token.role == .reserved { advance() } else { name() }
        }
    }

    /// What follows AS is a label or a type, whatever word it is.
    private mutating func label() {
        let literal = previous
        advance()
        guard token.isName else { return }
        let name = chain()
        if literal.kind == .string, token.kind == .rightParen, !frame.isQuery { typed(literal, name) }
        previous.word = .none
    }

    /// FROM behind IS [NOT] DISTINCT begins no clause.
    private mutating func distinctFrom() {
        let isNot = token.word == .not
        let before = previous.word
        advance()
        guard token.word == .distinct, !isNot || before == .is else { return }
        advance()
        if token.word == .from { advance() }
    }

    /// `OPERATOR(schema.+)`
    private mutating func qualifiedOperator() {
        advance()
        advance()
        while token.isName || token.kind == .dot { advance() }
        guard token.kind == .operator else { return fail(.unexpectedToken) }
        note(operator: token)
        advance()
        if !accept(.rightParen) { fail(.unexpectedToken) }
        // An operand follows.
        previous.kind = .operator
    }

    /// Words that begin clauses where they are no names.
    private mutating func clause() {
        if frame.clause == .joinCondition, token.word == .join || token.word == .cross || token.word == .natural {
            return join()
        }
        guard token.role == .reserved else { return softClause() }
        switch token.word {
        case .from: from()
        case .into:
            if frame.clause == .select { return Source.into(&self) }
            if frame.isQuery || frame.role != .root { fail(.unexpectedToken) } else { advance() }
        case .for: forWord()
        case .on: onWord()
        case .join, .cross, .natural: fail(.unexpectedToken)
        case .returning: returning()
        case .group where previous.word == .within: advance()
        case .where, .group, .having, .order, .limit, .offset, .fetch, .window:
            if frame.isQuery { rest() } else { advance() }
        case .when: whenWord()
        case .do: doWord()
        default: advance()
        }
    }

    /// A locking clause, or a part of `substring(… FOR …)`.
    private mutating func forWord() {
        if frame.isQuery, frame.verb != .none || beginsLocking { return locking() }
        advance()
    }

    /// The same words where the dialect lets them name things.
    private mutating func softClause() {
        switch token.word {
        case .when where frame.verb == .merge: whenWord()
        case .do where frame.clause == .conflict: doWord()
        default: name()
        }
    }

    private mutating func from() {
        switch frame.clause {
        case .select, .assignments:
            advance()
            beginFrom()
        default:
            // EXTRACT(… FROM …), and commands of other kinds.
            if frame.role == .call || !frame.isQuery && frame.role == .root {
                advance()
            } else {
                fail(.unexpectedToken)
            }
        }
    }

    /// WHERE, GROUP BY and whatever else follows FROM.
    mutating func rest() {
        if frame.clause == .conflict { return advance() }
        frame.clause = .rest
        advance()
    }

    private mutating func whenWord() {
        if frame.verb == .merge, frame.openCases == 0 { frame.clause = .rest }
        advance()
    }

    private mutating func doWord() {
        if frame.clause == .conflict { frame.clause = .rest }
        advance()
    }

    private mutating func onWord() {
        if frame.pendingJoins > 0 {
            frame.pendingJoins &-= 1
            frame.clause = .joinCondition
        } else if frame.verb == .insert, previous.word != .distinct, frame.clause != .conflict {
            return conflict()
        }
        advance()
    }
}
