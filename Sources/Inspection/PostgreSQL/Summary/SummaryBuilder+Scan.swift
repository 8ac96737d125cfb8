/// What is known while the rest of a statement is read.
struct ScanScope {
    /// The token before the current one; a name with its qualifiers is one token.
    var previous = PostgresToken(.end, 0, 0)
    var depth = 0
    /// Bit n: at depth n a list of common table expressions is open.
    var commonTables: UInt64 = 0
    /// Bit n: the parenthesis that was opened at depth n belongs to DISTINCT ON or OPERATOR: no operand.
    var noOperands: UInt64 = 0
    /// Calls in it are not run: definitions, and commands without expressions.
    var isInert = false
    /// A definition that does run calls.
    var runsCalls = false
    var isIndex = false
    var isCopy = false
    var isRoutine = false
    /// In BEGIN ATOMIC: how many CASE and BEGIN are open.
    var atomicDepth = 0
    var isExplained = false
    var isPlannedOnly = false
    /// A clause has begun that decides how often the select list is computed.
    var hasClause = false
    var hasGroup = false
    var hasInsert = false
    /// Indexes of effects of `set_config` that hold only without such a clause.
    var configEffects: [Int] = []
    var temporaryEffect: Int?
    var preparedName: SQLText?
    var preparedStart = 0
}

extension SummaryBuilder {
    /// Reads to the end of the statement: finds calls, temporary tables, and the main verb behind WITH.
    mutating func scan() {
        while true {
            switch token.kind {
            case .end, .invalid: return
            case .semicolon:
                if scope.depth <= 0, scope.atomicDepth == 0 { return }
            case .leftParen: open()
            case .rightParen:
                close()
                continue
            case .identifier, .quotedIdentifier, .unicodeIdentifier:
                name()
                continue
            default: break
            }
            scope.previous = token
            advance()
        }
    }

    private mutating func open() {
        scope.depth &+= 1
        guard scope.depth < 64 else { return }
        let bit: UInt64 = 1 &<< UInt64(scope.depth)
        scope.commonTables &= ~bit
        let isDistinctOn = scope.previous.keyword == .on && scope.previous.category == .columnName
        if isDistinctOn || scope.previous.keyword == .operator {
            scope.noOperands |= bit
        } else {
            scope.noOperands &= ~bit
        }
    }

    private mutating func close() {
        scope.previous = token
        if scope.depth > 0, scope.depth < 64, scope.noOperands >> UInt64(scope.depth) & 1 == 1 {
            // What follows is an operand.
            scope.previous.kind = .operator
        }
        scope.depth = max(0, scope.depth &- 1)
        advance()
    }

    // MARK: Names

    private mutating func name() {
        let first = token
        if first.category == .reserved || first.category == .columnName {
            reserved(first)
            return
        }
        if scope.isInert { return inertName(first) }
        var last = first
        var qualifier: PostgresToken?
        advance()
        while token.kind == .dot {
            advance()
            guard token.isName else { break }
            (qualifier, last) = (last, token)
            advance()
        }
        if token.kind == .leftParen {
            if !isNoCall, qualifier != nil || !isSyntax(first) { call(last, qualifier) }
        } else if last.keyword == .none {
            if view.word(at: last.start) & 0xFF_DFDF == 0x5F_4750 { catalogue(last) }
        } else if qualifier == nil {
            unreserved(last)
        }
        scope.previous = last
        if qualifier != nil {
            scope.previous.keyword = .none
            scope.previous.category = .none
        }
    }

    private mutating func inertName(_ first: PostgresToken) {
        advance()
        if scope.isRoutine, scope.previous.kind != .dot, scope.previous.keyword != .as { atomic(first) }
        if scope.temporaryEffect != nil, first.keyword == .on { onCommit() }
        scope.previous = first
    }

    /// Counts what END closes in a routine's body of statements.
    private mutating func atomic(_ word: PostgresToken) {
        if word.keyword == .begin, token.keyword == .atomic { scope.atomicDepth += 1 }
        if scope.atomicDepth > 0, word.keyword == .case { scope.atomicDepth += 1 }
        if scope.atomicDepth > 0, word.keyword == .end { scope.atomicDepth -= 1 }
    }

    private mutating func reserved(_ word: PostgresToken) {
        if scope.isRoutine, scope.previous.kind != .dot, scope.previous.keyword != .as {
            advance()
            atomic(word)
            scope.previous = word
            return
        }
        var seen = word
        let isDistinct = scope.previous.keyword == .distinct
        advance()
        switch word.keyword {
        case .with:
            if scope.depth < 64 { scope.commonTables |= 1 &<< UInt64(scope.depth) }
            if scope.depth == 0, lastEnd > 0, token.keyword == .recursive { advance() }
        case .select, .table, .values: endCommonTables()
        case .from, .where, .union, .intersect, .except, .group, .having, .limit, .offset, .fetch, .window:
            if scope.depth == 0 { clause(word) }
        case .to:
            if scope.isCopy, scope.depth == 0 { scope.isCopy = false }
        case .into:
            if scope.depth == 0, kind == .select || kind == .explain, !scope.hasInsert { selectInto() }
        case .on:
            if scope.temporaryEffect != nil { onCommit() }
            // Marks DISTINCT ON for the parenthesis that follows.
            if isDistinct { seen.category = .columnName }
        default: break
        }
        scope.previous = seen
    }

    private mutating func clause(_ word: PostgresToken) {
        scope.hasClause = true
        if word.keyword == .group { scope.hasGroup = true }
        if word.keyword == .from, scope.isCopy {
            kind = .copyIn
            scope.isCopy = false
        }
    }

    private mutating func endCommonTables() {
        if scope.depth < 64 { scope.commonTables &= ~(1 &<< UInt64(scope.depth)) }
    }

    /// A word of a statement that could have been a name.
    private mutating func unreserved(_ word: PostgresToken) {
        switch word.keyword {
        case .insert, .update, .delete, .merge:
            if word.keyword == .insert { scope.hasInsert = true }
            if scope.previous.keyword != .for { flags.insert(.hasInnerWrite) }
            guard scope.depth == 0, kind == .select, scope.commonTables & 1 == 1 else { return endCommonTables() }
            endCommonTables()
            kind = word.keyword == .insert ? .insert : word.keyword == .update ? .update : .delete
            if word.keyword == .merge { kind = .merge }
            scope.hasClause = true
        case .execute:
            // CREATE TABLE … AS EXECUTE prepared.
            if scope.previous.keyword == .as, kind == .ddl || scope.isExplained, let name = acceptName() {
                effects.append(scope.isPlannedOnly ? .plan(name: name) : .execute(name: name))
            }
        default: break
        }
    }

    /// Relations that show the session, by the beginning of their names.
    private mutating func catalogue(_ token: PostgresToken) {
        switch lexer.name(token).description {
        case "pg_settings":
            flags.insert(.readsSettings)
            // A rule of this view sets what is updated.
            if kind == .update || flags.contains(.hasInnerWrite) { effects.append(.opaque(.setConfig)) }
        case "pg_prepared_statements", "pg_cursors", "pg_locks", "pg_stat_activity", "pg_stat_ssl", "pg_stat_gssapi":
            flags.insert(.mayReturnSessionState)
        default: break
        }
    }
}
