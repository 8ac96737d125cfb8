/// FROM and the clauses around it.
extension SummaryReader<MySQLTokens> {
    /// `DUAL`, `{OJ …}`, `.t`
    mutating func ownFromItem() -> Bool {
        if token.word == .dual, token.role == .reserved {
            advance()
            behindRelation(false)
        } else if isOperator(0x7B) {
            advance()
            guard token.kind == .word else {
                fail(.unexpectedToken)
                return true
            }
            advance()
        } else if token.kind == .dot {
            // A table of the current database, as old drivers write it.
            advance()
        } else {
            return false
        }
        return true
    }

    mutating func ownFromTail() -> Bool {
        if isOperator(0x7D) {
            advance()
            return true
        }
        guard token.role == .reserved || token.kind == .word && token.word != .none else { return false }
        switch token.word {
        case .partition: partitions()
        case .use, .force, .ignore: return indexHint()
        case .straightJoin: straightJoin()
        case .cross where peek().word == .join: crossJoin()
        case .on where peek().word == .duplicate: duplicateKey()
        case .into where token.role == .reserved: intoClause()
        case .lock where peek().word == .in: lockInShareMode()
        case .procedure: expressionFollows()
        case .for where peek().word == .systemTime: systemTime()
        case .with where frames.isEmpty && statement.kind == .create: expressionFollows()
        case .as where peek().kind == .string, .set where frame.verb != .update: fail(.unexpectedToken)
        default: return false
        }
        return true
    }

    private mutating func expressionFollows() {
        frame.state = .expression
        frame.clause = .rest
        advance()
    }

    /// `PARTITION (p0, p1)`; an alias may follow.
    private mutating func partitions() {
        advance()
        guard token.kind == .leftParen else { return fail(.unexpectedToken) }
        open(.names, .expression)
    }

    /// `USE | FORCE | IGNORE {INDEX | KEY} [FOR {JOIN | ORDER BY | GROUP BY}] (…)`
    private mutating func indexHint() -> Bool {
        let next = peek().word
        guard next == .index || next == .key else { return false }
        advance()
        advance()
        if accept(.for) { while !isAtEnd, token.kind != .leftParen { advance() } }
        guard token.kind == .leftParen else {
            fail(.unexpectedToken)
            return true
        }
        frame.mayTakeAlias = false
        open(.names, .expression)
        return true
    }

    /// It may have a condition, unlike in other dialects.
    mutating func crossJoin() {
        join()
        frame.pendingJoins &+= 1
    }

    mutating func straightJoin() {
        advance()
        frame.pendingJoins &+= 1
        frame.clause = .none
        frame.state = .fromItem
    }

    /// `FOR SYSTEM_TIME {ALL | AS OF e | BETWEEN e AND e | FROM e TO e}` of MariaDB, with constants and calls for e.
    private mutating func systemTime() {
        advance()
        advance()
        while !isAtEnd, !hasFailed {
            switch token.kind {
            case .string, .number, .hex, .bits, .variable, .parameter: advance()
            case .leftParen:
                if peek().word == .select { return fail(.unexpectedToken) }
                skipParenthesis()
            case .operator where !isOperator(0x7D): advance()
            case .word where isTimeWord: advance()
            default: return
            }
        }
    }

    private var isTimeWord: Bool {
        mutating get {
            switch token.word {
            case .all, .as, .of, .between, .and, .from, .to, .transaction: true
            default: token.role == .functionName || peek().kind == .string || peek().kind == .leftParen
            }
        }
    }

    /// `LOCK IN SHARE MODE`
    mutating func lockInShareMode() {
        advance()
        expect(.in)
        expect(.share)
        expect(.mode)
        lockCount &+= 1
        guard lockCount <= SummaryLimits.locks else { return fail(.tooManyNames) }
        lockAll()
        frame.state = .expression
        frame.clause = .rest
    }

    /// `NEXT VALUE FOR s` of MariaDB.
    mutating func nextValue() -> Bool {
        guard isMariaDB, peekSecond().word == .for else { return false }
        advance()
        advance()
        advance()
        guard let name = objectName() else { return true }
        note(relation: name, .write)
        return true
    }

    // MARK: INTO

    /// `INTO @a, b | OUTFILE 'f' options | DUMPFILE 'f'`, before FROM or at a query's end.
    mutating func intoClause() {
        frame.state = .expression
        if frame.clause != .select { frame.clause = .rest }
        advance()
        if token.word == .outfile || token.word == .dumpfile {
            advance()
            guard token.kind == .string else { return fail(.unexpectedToken) }
            advance()
            statement.outside.insert(.serverFile)
            if frames.isEmpty { statement.kind = .copyOut }
            return fileFormat()
        }
        // Variables, of the session or of a routine.
        guard token.kind == .variable || token.isName else { return fail(.unexpectedToken) }
        advance()
        while token.kind == .comma, peek().kind == .variable || peek().isName {
            advance()
            advance()
        }
    }

    /// `CHARACTER SET x FIELDS TERMINATED BY ',' … LINES …`: nothing but words and strings.
    mutating func fileFormat() {
        while !isAtEnd {
            switch token.word {
            case .from, .for, .where, .union, .limit, .order, .into, .set, .ignore, .partition, .lock: return
            default: break
            }
            guard token.isName || token.kind == .string || token.kind == .hex || token.kind == .bits else { return }
            advance()
        }
    }
}
