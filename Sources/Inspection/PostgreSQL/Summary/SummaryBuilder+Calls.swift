extension SummaryBuilder {
    /// Whether a word before `(` is a part of SQL, a type, a relation or an alias, and so no function's name.
    func isSyntax(_ word: PostgresToken) -> Bool {
        let previous = scope.previous
        switch previous.kind {
        case .rightParen, .rightBracket, .parameter: return true
        case .quotedIdentifier, .unicodeIdentifier: return true
        case .identifier where previous.category == .none: return true
        case _ where previous.isLiteral: return true
        default: break
        }
        if scope.isCopy == false, kind == .copyIn || kind == .copyOut, word.keyword == .stdin || word.keyword == .stdout
        {
            return true
        }
        if isType(word) { return true }
        if scope.depth < 64, scope.commonTables >> UInt64(scope.depth) & 1 == 1 {
            if previous.keyword == .with || previous.keyword == .recursive || previous.kind == .comma { return true }
            if word.keyword == .materialized, previous.keyword == .not { return true }
        }
        return isSyntax(keyword: word.keyword, after: previous)
    }

    /// `character varying (`, `interval second (`, and the strategies of PARTITION BY.
    private func isType(_ word: PostgresToken) -> Bool {
        switch scope.previous.keyword {
        case .character, .char, .nchar, .bit: lexer.name(word) == "varying"
        case .interval: true
        case .by: scope.runsCalls && scope.depth == 0
        default: false
        }
    }

    /// Whether what stands before a name, qualified or not, makes it a type, a relation or an alias.
    var isNoCall: Bool {
        if scope.previous.kind == .typecast { return true }
        switch scope.previous.keyword {
        case .as, .into, .references: return true
        case .on, .only, .using: return scope.isIndex && scope.depth == 0
        default: return false
        }
    }

    private func isSyntax(keyword: PostgresKeyword, after previous: PostgresToken) -> Bool {
        switch keyword {
        case .none: return false
        case .operator: return true
        case .by: return previous.keyword == .group || previous.keyword == .order || previous.keyword == .partition
        case .rollup, .cube, .sets: return scope.hasGroup
        case .conflict: return previous.keyword == .on && (kind == .insert || scope.hasInsert)
        case .set: return previous.keyword == .update
        case .insert: return previous.keyword == .then
        case .key: return previous.keyword == .primary || previous.keyword == .foreign
        case .join:
            // After a relation or a kind of join; what is an operand's place has been sorted out before.
            return previous.category == .typeOrFunction || previous.category == .unreserved
        default: return scope.runsCalls && previous.category != .none
        }
    }

    /// A call of the function `name`; the token is its `(`.
    mutating func call(_ name: PostgresToken, _ qualifier: PostgresToken?) {
        if let qualifier, !isCatalogue(qualifier) { return opaqueCall(name) }
        if name.kind == .unicodeIdentifier || !name.isPlain { return opaqueCall(name) }
        let quote = name.kind == .quotedIdentifier ? 1 : 0
        let tag = functions.find(view, name.start &+ quote, name.end &- quote, fold: quote == 0)
        guard tag != .stateless else { return }
        guard let tag else { return opaqueCall(name) }
        special(tag)
    }

    private func isCatalogue(_ qualifier: PostgresToken) -> Bool {
        // Longer qualifiers (`database.pg_catalog.f`) end in the schema too.
        lexer.name(qualifier) == "pg_catalog"
    }

    private mutating func opaqueCall(_ name: PostgresToken) {
        if scope.previous.keyword == .tablesample {
            let method = lexer.name(name)
            if method == "bernoulli" || method == "system" { return }
        }
        effects.append(.opaque(.function(lexer.name(name))))
    }

    private mutating func special(_ tag: FunctionTag) {
        switch tag {
        case .stateless: break
        case .readsSettings: flags.insert(.readsSettings)
        case .readsSession: flags.insert(.mayReturnSessionState)
        case .setConfig: setConfig()
        case .nextval: effects.append(.sequence(.nextval))
        case .setval: effects.append(.sequence(.setval))
        case .currval:
            flags.insert(.usesCurrvalOrLastval)
            effects.append(.sequence(.currval))
        case .lastval:
            flags.insert(.usesCurrvalOrLastval)
            effects.append(.sequence(.lastval))
        case .lock: effects.append(.advisoryLock(.acquire))
        case .unlock: effects.append(.advisoryLock(.release))
        case .unlockAll: effects.append(.advisoryLock(scope.depth == 0 && kind == .select ? .releaseAll : .release))
        case .randomSeed: effects.append(.taint(.randomSeed))
        case .replicationOrigin: effects.append(.taint(.replicationOrigin))
        case .replicationSlot: effects.append(.taint(.temporaryReplicationSlot))
        case .backup: effects.append(.taint(.backup))
        }
    }

    // MARK: set_config

    /// `set_config('name', 'value', false)`: as good as SET where it stands alone in the list of a SELECT that makes
    /// exactly one row; harmless with `true`, since that ends with the transaction; else opaque.
    private mutating func setConfig() {
        var ahead = lexer
        guard let call = configArguments(&ahead) else { return effects.append(.opaque(.setConfig)) }
        let follower = ahead.next()
        let endsItem: Bool
        switch follower.kind {
        case .comma, .semicolon, .end, .typecast: endsItem = true
        default: endsItem = follower.isName && (follower.category == .none || follower.keyword == .as)
        }
        let isAlone =
            kind == .select && scope.depth == 0 && !scope.hasClause && endsItem
            && (scope.previous.keyword == .select || scope.previous.kind == .comma)
        guard isAlone, let name = call.name, call.value != nil || call.isNull else {
            if !call.isLocal { effects.append(.opaque(.setConfig)) }
            return
        }
        if name == "seed" { return effects.append(.taint(.randomSeed)) }
        let isLocal = call.isLocal || SettingSQL.isOfTransaction(name)
        scope.configEffects.append(effects.count)
        if let value = call.value {
            effects.append(.setting(.set(name: name, value: value, isLocal: isLocal)))
        } else {
            effects.append(.setting(.reset(name: name, isLocal: isLocal)))
        }
    }

    private struct ConfigCall {
        var name: SQLText?
        var value: SQLText?
        var isNull = false
        var isLocal = false
    }

    /// The arguments, as far as they are constants; nil if the last is none, or none can be told.
    private func configArguments(_ ahead: inout PostgresLexer) -> ConfigCall? {
        var call = ConfigCall()
        let name = argument(&ahead)
        guard let name, name.separator == .comma else { return nil }
        let value = argument(&ahead)
        guard let value, value.separator == .comma else { return nil }
        let local = argument(&ahead)
        guard let local, local.separator == .rightParen, let isLocal = local.boolean(ahead) else { return nil }
        call.isLocal = isLocal
        call.name = name.string(ahead)?.lowercased
        call.value = value.string(ahead)
        call.isNull = value.token?.keyword == .null
        return call
    }

    private struct Argument {
        /// The only token, nil if there are several.
        var token: PostgresToken?
        var separator: PostgresToken.Kind

        func string(_ lexer: PostgresLexer) -> SQLText? { token.flatMap { lexer.stringValue($0) } }

        func boolean(_ lexer: PostgresLexer) -> Bool? {
            guard let token else { return nil }
            if token.keyword == .true { return true }
            if token.keyword == .false { return false }
            switch lexer.stringValue(token)?.lowercased.description {
            case "t", "true", "on", "yes", "y", "1": return true
            case "f", "false", "off", "no", "n", "0": return false
            default: return nil
            }
        }
    }

    /// Looks at most 64 tokens ahead, so that calls within calls stay linear.
    private func argument(_ ahead: inout PostgresLexer) -> Argument? {
        var only: PostgresToken?
        var depth = 0
        for count in 0..<64 {
            let token = ahead.next()
            switch token.kind {
            case .end, .invalid, .semicolon: return nil
            case .leftParen, .leftBracket: depth += 1
            case .rightParen where depth == 0, .comma where depth == 0:
                return Argument(token: only, separator: token.kind)
            case .rightParen, .rightBracket: depth -= 1
            default: break
            }
            only = count == 0 ? token : nil
        }
        return nil
    }

    /// A clause makes the number of rows uncertain: then what was thought set may not be.
    mutating func finishCalls() {
        guard !scope.configEffects.isEmpty, scope.hasClause || scope.isExplained else { return }
        for index in scope.configEffects where index < effects.count {
            if case .setting(.set(_, _, isLocal: true)) = effects[index] { continue }
            effects[index] = .opaque(.setConfig)
        }
    }
}
