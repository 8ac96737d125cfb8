extension SummaryBuilder {
    private static let temporarySchema: SQLText = "pg_temp"

    mutating func createHead() {
        kind = .ddl
        advance()
        if accept(.or) { skip(.replace) }
        var isTemporary = false
        var isMaterialized = false
        while !isAtEnd {
            switch token.keyword {
            case .temp, .temporary: isTemporary = true
            case .materialized: isMaterialized = true
            case .global, .local, .unlogged, .recursive, .foreign, .unique, .constraint: break
            default: return createObject(isTemporary: isTemporary, isMaterialized: isMaterialized)
            }
            advance()
        }
    }

    private mutating func createObject(isTemporary: Bool, isMaterialized: Bool) {
        let object = token.keyword
        scope.previous = token
        advance()
        switch object {
        case .table, .index, .schema: scope.runsCalls = true
        case .view: scope.runsCalls = isMaterialized
        case .database, .tablespace, .subscription: kind = .nonTransactional
        default: break
        }
        scope.isInert = !scope.runsCalls
        scope.isRoutine = object == .function || object == .procedure
        scope.isIndex = object == .index
        if object == .index, accept(.concurrently) { kind = .nonTransactional }
        if accept(.if) { skip(.not, .exists) }
        guard let (name, qualifier) = acceptQualifiedName() else { return }
        scope.previous = PostgresToken(.rightParen, lastEnd, lastEnd)
        guard isTemporary || qualifier == Self.temporarySchema else { return }
        scope.temporaryEffect = effects.count
        effects.append(.createTemporary(name: name, endsWithTransaction: false))
    }

    mutating func dropHead() {
        inert(.ddl)
        let object = token.keyword
        switch object {
        case .database, .tablespace, .subscription: kind = .nonTransactional
        case .index:
            advance()
            if token.keyword == .concurrently { kind = .nonTransactional }
        case .foreign, .materialized:
            advance()
            dropNames()
        case .table, .view, .sequence, .type, .function, .procedure, .domain: dropNames()
        default: break
        }
    }

    private mutating func dropNames() {
        advance()
        if accept(.if) { skip(.exists) }
        var names: [SQLText] = []
        while let (name, _) = acceptQualifiedName() {
            names.append(name)
            while token.kind == .leftParen || token.kind == .rightParen { advance() }
            guard accept(.comma) else { break }
        }
        if !names.isEmpty { effects.append(.drop(names: names)) }
    }

    mutating func alterHead() {
        begin(.ddl)
        switch token.keyword {
        case .system: kind = .nonTransactional
        case .table, .domain, .materialized:
            scope.runsCalls = true
            advance()
            skip(.view)
            if accept(.if) { skip(.exists) }
            skip(.only)
            _ = acceptQualifiedName()
            scope.previous = PostgresToken(.rightParen, lastEnd, lastEnd)
        default: break
        }
        scope.isInert = !scope.runsCalls
    }

    mutating func reindexHead() {
        let isCluster = token.keyword == .cluster
        inert(.utility)
        if isCluster {
            if isAtEnd { kind = .nonTransactional }
            return
        }
        while !isAtEnd {
            if [.database, .system, .concurrently, .schema].contains(token.keyword) { kind = .nonTransactional }
            advance()
        }
    }

    /// `SELECT … INTO [TEMP] [TABLE] name`; the token is behind INTO.
    mutating func selectInto() {
        var isTemporary = false
        while true {
            switch token.keyword {
            case .temp, .temporary: isTemporary = true
            case .local, .global, .unlogged, .table: break
            default:
                guard let (name, qualifier) = acceptQualifiedName() else { return }
                if isTemporary || qualifier == Self.temporarySchema, !scope.isPlannedOnly {
                    effects.append(.createTemporary(name: name, endsWithTransaction: false))
                }
                return
            }
            advance()
        }
    }

    /// `ON COMMIT DROP`; the token is behind ON.
    mutating func onCommit() {
        guard let index = scope.temporaryEffect, accept(.commit), token.keyword == .drop else { return }
        guard index < effects.count, case .createTemporary(let name, _) = effects[index] else { return }
        effects[index] = .createTemporary(name: name, endsWithTransaction: true)
    }
}
