extension SummaryBuilder {
    /// SET and RESET; false and nothing read for all others.
    mutating func settingHead() -> Bool {
        switch token.keyword {
        case .set:
            begin(.set)
            setHead()
        case .reset:
            begin(.set)
            resetHead()
        default: return false
        }
        scope.isInert = true
        return true
    }

    private mutating func setHead() {
        var isLocal = false
        if token.keyword == .local || token.keyword == .session, isScopeWord() {
            isLocal = token.keyword == .local
            let isSession = !isLocal
            advance()
            if isSession, accept(.characteristics) { return characteristics() }
        }
        switch token.keyword {
        case .transaction where isFollowedByMode():
            advance()
            effects.append(.setting(.transactionModes(transactionModes())))
        case .session where isFollowed(by: .authorization): sessionAuthorization(isLocal)
        case .time where isFollowed(by: .zone):
            advance()
            advance()
            timeZone(isLocal)
        case .role where !isFollowedByAssignment():
            advance()
            set("role", acceptWord(), isLocal)
        case .names where !isFollowedByAssignment():
            advance()
            if isAtEnd || accept(.default) { return reset("client_encoding", isLocal) }
            set("client_encoding", acceptWord(), isLocal)
        case .schema where !isFollowedByAssignment():
            advance()
            if accept(.default) { return reset("search_path", isLocal) }
            set("search_path", acceptWord().map { Self.quoted($0) }, isLocal)
        case .xml where !isFollowedByAssignment():
            advance()
            skip(.option)
            set("xmloption", acceptWord(), isLocal)
        case .constraints where !isFollowedByAssignment(): break
        default: assignment(isLocal)
        }
    }

    /// `SET session.x = 1` sets a variable of that name, `SET SESSION x = 1` doesn't.
    private func isScopeWord() -> Bool {
        var ahead = lexer
        let next = ahead.next()
        if next.kind == .dot || next.kind == .operator || next.keyword == .to { return false }
        return next.keyword != .authorization
    }

    private func isFollowed(by keyword: PostgresKeyword) -> Bool {
        var ahead = lexer
        return ahead.next().keyword == keyword
    }

    private func isFollowedByAssignment() -> Bool {
        var ahead = lexer
        let next = ahead.next()
        return next.kind == .operator || next.kind == .dot || next.keyword == .to
    }

    private func isFollowedByMode() -> Bool {
        var ahead = lexer
        return [.isolation, .read, .not, .deferrable, .snapshot].contains(ahead.next().keyword)
    }

    private mutating func characteristics() {
        skip(.as, .transaction)
        let modes = transactionModes()
        if let isolation = modes.isolation { set("default_transaction_isolation", isolation, false) }
        if let readOnly = modes.readOnly { set("default_transaction_read_only", readOnly ? "on" : "off", false) }
        if let deferrable = modes.deferrable { set("default_transaction_deferrable", deferrable ? "on" : "off", false) }
    }

    private mutating func sessionAuthorization(_ isLocal: Bool) {
        advance()
        guard accept(.authorization) else { return unparsed() }
        if accept(.default) { return reset("session_authorization", isLocal) }
        set("session_authorization", acceptWord(), isLocal)
    }

    private mutating func timeZone(_ isLocal: Bool) {
        if accept(.local) || accept(.default) { return reset("timezone", isLocal) }
        guard token.keyword == .interval else { return set("timezone", value(of: "timezone"), isLocal) }
        // The server keeps it as `INTERVAL '…'` and reports what it makes of it.
        advance()
        if token.kind == .leftParen { while !isAtEnd, !accept(.rightParen) { advance() } }
        let text = acceptString()
        set("timezone", text.map { SQLText(Array("INTERVAL '".utf8) + $0.bytes + [0x27]) }, isLocal)
    }

    /// `name TO value, …`, `name = …`, `name FROM CURRENT` (which only functions may say).
    private mutating func assignment(_ isLocal: Bool) {
        guard let name = settingName() else { return unparsed() }
        guard token.kind == .operator && view[token.start] == 0x3D || token.keyword == .to else { return unparsed() }
        advance()
        if accept(.default) { return reset(name, isLocal) }
        set(name, value(of: name), isLocal)
    }

    private mutating func resetHead() {
        if accept(.all) { return effects.append(.setting(.resetAll)) }
        if token.keyword == .time, isFollowed(by: .zone) { return reset("timezone", false) }
        if token.keyword == .session, isFollowed(by: .authorization) { return reset("session_authorization", false) }
        if token.keyword == .transaction, isFollowed(by: .isolation) { return }
        guard let name = settingName() else { return unparsed() }
        reset(name, false)
    }

    private mutating func settingName() -> SQLText? {
        guard var name = acceptName() else { return nil }
        while accept(.dot) {
            guard let part = acceptName() else { return nil }
            name.bytes.append(0x2E)
            name.bytes += part.bytes
        }
        return name.lowercased
    }

    // MARK: Values

    private mutating func acceptWord() -> SQLText? { token.isString ? acceptString() : acceptName() }

    /// One text of a list of values, as the server joins them.
    private mutating func value(of name: SQLText) -> SQLText? {
        let quotes = SettingSQL.isQuotedList(name)
        var text: [UInt8] = []
        while true {
            let part: SQLText?
            switch token.kind {
            case .operator:
                let isMinus = view[token.start] == 0x2D
                advance()
                guard token.kind == .integer || token.kind == .numeric else { return nil }
                part = SQLText((isMinus ? [0x2D] : []) + view.bytes(token.start..<token.end))
                advance()
            case .integer, .numeric:
                part = view.text(token.start..<token.end)
                advance()
            default: part = acceptWord().map { quotes ? Self.quoted($0) : $0 }
            }
            guard let part else { return nil }
            text += part.bytes
            guard accept(.comma) else { return SQLText(text) }
            text += [0x2C, 0x20]
        }
    }

    /// As `quote_identifier` does: untouched if a plain word that is no reserved one.
    static func quoted(_ name: SQLText) -> SQLText {
        let isWord = name.bytes.first.map { ($0 &- 97 < 26) || $0 == 95 } ?? false
        if isWord, name.bytes.allSatisfy({ $0 &- 97 < 26 || $0.isDigit || $0 == 95 }) {
            let category = unsafe name.bytes.withUnsafeBytes {
                unsafe KeywordTable.shared.find(ByteView($0), 0, $0.count)?.category
            }
            if name.bytes.count > KeywordTable.longest || category == nil || category == .unreserved { return name }
        }
        return SettingSQL.quotedIdentifier(name)
    }

    private mutating func set(_ name: SQLText, _ value: SQLText?, _ isLocal: Bool) {
        guard let value else { return unparsed() }
        // The seed is used up at once, and the server forgets the rest with the transaction.
        if name == "seed" { return effects.append(.taint(.randomSeed)) }
        effects.append(.setting(.set(name: name, value: value, isLocal: isLocal || SettingSQL.isOfTransaction(name))))
    }

    private mutating func reset(_ name: SQLText, _ isLocal: Bool) {
        if SettingSQL.isOfTransaction(name) { return }
        effects.append(.setting(.reset(name: name, isLocal: isLocal)))
    }
}
