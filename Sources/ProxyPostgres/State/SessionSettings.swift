internal import Inspection
internal import WirePostgres

/// The settings of a client's session, which follow it from one server connection to the next.
///
/// Tracked from the statements that succeeded, undone as PostgreSQL undoes them; what the server reports by
/// ParameterStatus, or a probe of its catalogues finds, stands over that. Holds only what differs from the server's own
/// defaults. The settings of the startup packet are what RESET goes back to. Confined to its session's loop.
struct SessionSettings: Sendable {
    fileprivate struct State: TransactionalValue {
        var session = SettingsMap()
        /// Set for the transaction; nil in it is the default.
        var local: [SQLText: SQLText?] = [:]

        mutating func transactionCommitted() {
            if !local.isEmpty { local.removeAll() }
        }
    }

    fileprivate static let role: SQLText = "role"
    fileprivate static let authorization: SQLText = "session_authorization"
    /// Custom settings whose names are kept at most.
    private static let customNameLimit = 256

    private let startup: SettingsMap
    private var state: TransactionalState<State>
    /// What the server reports for this client while it has set nothing.
    private var reportedDefaults: [SQLText: SQLText] = [:]
    private var customNames: Set<SQLText> = []
    /// How the session's SQL is cut into tokens now.
    private(set) var lexing = PostgresLexing()
    /// What gives the session's SQL its meaning now.
    private(set) var parsing = ParseSettings()
    /// CREATE without a schema makes temporary objects.
    private(set) var plainNamesAreTemporary = false
    /// The role that a session of this account begins with.
    var defaultRole: SQLText = "none"

    /// - Parameter startup: parameters of the startup packet and its `options`, in order; later ones win.
    init(startup values: [(String, String)] = []) {
        var map = SettingsMap()
        for (name, value) in values { map[SQLText(name).lowercased] = SQLText(value) }
        startup = map
        customNames = Set(map.entries.map(\.name).filter { $0.bytes.contains(0x2E) }.prefix(Self.customNameLimit))
        state = TransactionalState(State(session: map))
        updateLexing()
    }

    /// For the session: without what SET LOCAL holds.
    var map: SettingsMap { state.value.session }

    /// Equal where connections need no change to serve each other's sessions.
    var fingerprint: UInt64 { state.value.session.fingerprint }

    /// The startup packet set something.
    var hasStartup: Bool { !startup.entries.isEmpty }

    /// The statements that must follow one with these effects: a server knows nothing of a client's startup settings, so
    /// that there RESET goes to the account's defaults.
    func amends(for effects: [SessionEffect]) -> [SQLText] {
        guard hasStartup else { return [] }
        var statements: [SQLText] = []
        for effect in effects {
            switch effect {
            case .setting(.reset(let name, let isLocal)):
                if let value = startup[name] { statements.append(SettingSQL.set(name, to: value, isLocal: isLocal)) }
            case .setting(.resetAll):
                for entry in startup.entries where entry.name != Self.role && entry.name != Self.authorization {
                    statements.append(SettingSQL.set(entry.name, to: entry.value))
                }
            case .discard(.all): statements += startup.entries.map { SettingSQL.set($0.name, to: $0.value) }
            default: break
            }
        }
        return statements
    }

    /// The value in force, nil for the server's default.
    func value(_ name: SQLText) -> SQLText? {
        if let local = state.value.local[name] { return local }
        return state.value.session[name] ?? reportedDefaults[name]
    }

    // MARK: Events

    /// An effect of a statement that has succeeded.
    mutating func apply(_ effect: SessionEffect) {
        switch effect {
        case .transaction(let transaction): state.apply(transaction)
        case .setting(let setting) where TrackedFeature.settings.isOn:
            let defaults = Defaults(startup: startup, role: defaultRole)
            state.change { defaults.apply(setting, &$0) }
        case .discard(.all):
            state.change { state in
                state.session = startup
                state.local.removeAll()
            }
        default: return
        }
        noteCustomName(effect)
        updateLexing()
    }

    /// The server refused a statement of the session.
    mutating func failed() {
        state.failed()
        updateLexing()
    }

    @inline(__always)
    mutating func becameReady(_ status: TransactionStatus) {
        if state.becameReady(status) { updateLexing() }
    }

    // MARK: What the server says

    /// What the server reports for a session that has set nothing beyond its startup settings.
    /// - Parameter defaults: by names in lower case; shared by all sessions that begin alike.
    mutating func learnDefaults(_ defaults: [SQLText: SQLText]) {
        reportedDefaults = defaults
        updateLexing()
    }

    /// A ParameterStatus: the value in force from now on, whatever set it.
    mutating func reported(_ name: String, _ value: String) {
        let name = SQLText(name).lowercased
        let value = SQLText(value)
        if Self.isSettable(name), self.value(name) != value {
            state.change { state in
                if state.local[name] != nil {
                    state.local.updateValue(value, forKey: name)
                } else {
                    state.session[name] = reportedDefaults[name] == value ? startup[name] : value
                }
            }
        }
        updateLexing(reported: (name, value))
    }

    private static func isSettable(_ name: SQLText) -> Bool {
        switch name.description {
        case "server_version", "server_encoding", "integer_datetimes", "is_superuser", "session_authorization",
            "in_hot_standby":
            false
        default: true
        }
    }

    private mutating func updateLexing(reported: (name: SQLText, value: SQLText)? = nil) {
        func current(_ name: SQLText) -> SQLText? { reported?.name == name ? reported?.value : value(name) }
        let plain = current("standard_conforming_strings")?.lowercased.description ?? "on"
        let encoding = current("client_encoding") ?? ""
        let isOff = ["off", "false", "0", "no", "of", "f", "fa", "fal", "fals", "n"].contains(plain)
        lexing = PostgresLexing(standardConformingStrings: !isOff, encoding: .init(clientEncoding: encoding))
        parsing = ParseSettings(lexing: lexing, current)
        plainNamesAreTemporary = value("search_path")?.description.contains("pg_temp") ?? false
    }

    // MARK: Probing

    /// Names of custom settings (`a.b`) that may be set out of sight: the catalogues don't list these.
    mutating func learnCustomNames(_ names: some Sequence<SQLText>) {
        for name in names where customNames.count < Self.customNameLimit { customNames.insert(name.lowercased) }
    }

    private mutating func noteCustomName(_ effect: SessionEffect) {
        guard case .setting(let setting) = effect else { return }
        switch setting {
        case .set(let name, _, _), .reset(let name, _):
            if name.bytes.contains(0x2E) { learnCustomNames([name]) }
        case .resetAll, .transactionModes: break
        }
    }

    /// Nothing of the session but the probe runs until `probed`.
    mutating func beginProbe() { becameReady(.idle) }

    /// The query whose row `CatalogueProbe` reads.
    var probeQuery: [UInt8] { CatalogueProbe.query(customNames: customNames.sorted()) }

    /// What the server's catalogues say stands over what was read from statements.
    /// - Returns: what the connection has: less than the session where startup settings were reset out of sight.
    mutating func probed(_ found: CatalogueProbe) -> ServerSettings {
        var map = SettingsMap()
        for (name, value) in found.settings { map[name] = value }
        for name in customNames where map[name] == nil {
            // An empty one is what RESET and ROLLBACK leave of a custom setting.
            if let value = found.customSettings[name], !value.isEmpty || state.value.session[name] != nil {
                map[name] = value
            }
        }
        if found.role != defaultRole || startup[Self.role] != nil { map[Self.role] = found.role }
        if let user = found.sessionUser { map[Self.authorization] = user }
        // Spelt otherwise, yet the same: what was said stays, so that equal sessions look equal.
        for entry in state.value.session.entries where found.canonical[entry.name] != nil {
            if found.canonical[entry.name] == entry.value { map[entry.name] = entry.value }
        }
        let server = ServerSettings(map: map)
        for entry in startup.entries where entry.name != Self.role && entry.name != Self.authorization {
            if map[entry.name]?.isEmpty ?? true { map[entry.name] = entry.value }
        }
        state.changeForGood { $0 = State(session: map) }
        updateLexing()
        return server
    }
}

/// What RESET goes back to.
private struct Defaults {
    let startup: SettingsMap
    let role: SQLText

    func apply(_ effect: SettingEffect, _ state: inout SessionSettings.State) {
        switch effect {
        case .set(let name, let value, let isLocal):
            if isLocal {
                state.local.updateValue(value, forKey: name)
            } else {
                state.local[name] = nil
                state.session[name] = isDefault(name, value) ? nil : value
            }
            if name == SessionSettings.authorization { forgetRole(&state, isLocal) }
        case .reset(let name, let isLocal):
            if isLocal {
                state.local.updateValue(startup[name], forKey: name)
            } else {
                state.local[name] = nil
                state.session[name] = startup[name]
            }
            if name == SessionSettings.authorization { forgetRole(&state, isLocal) }
        case .resetAll:
            let kept = [SessionSettings.role, SessionSettings.authorization].map { ($0, state.session[$0]) }
            state.session = startup
            state.local = state.local.filter {
                $0.key == SessionSettings.role || $0.key == SessionSettings.authorization
            }
            for (name, value) in kept { state.session[name] = value }
        case .transactionModes: break
        }
    }

    private func isDefault(_ name: SQLText, _ value: SQLText) -> Bool {
        name == SessionSettings.role && value == role && startup[SessionSettings.role] == nil
    }

    /// A new session user begins without a role.
    private func forgetRole(_ state: inout SessionSettings.State, _ isLocal: Bool) {
        if isLocal {
            state.local.updateValue(nil, forKey: SessionSettings.role)
        } else {
            state.session[SessionSettings.role] = startup[SessionSettings.role]
        }
    }
}

// MARK: - Bringing a server connection to a session's settings

extension SessionSettings {
    /// The SQL, one simple query, that makes a connection with the settings `server` this session's; empty if it is.
    ///
    /// As the account itself, before another identity is taken on: what a role may not set, the account may.
    func commands(from server: ServerSettings) -> [UInt8] {
        var statements: [SQLText] = []
        let (from, to) = (server.map, map)
        let identities = [Self.authorization, Self.role]
        let changesIdentity = identities.contains { from[$0] != to[$0] }
        let hasOther = identities.contains { from[$0] != nil || to[$0] != nil }
        let plain = Self.changes(from, to).filter { !identities.contains($0.name) }
        if changesIdentity || hasOther && !plain.isEmpty {
            for name in identities.reversed() where from[name] != nil { statements.append(SettingSQL.reset(name)) }
        }
        statements += plain.map {
            $0.value.map { [name = $0.name] in SettingSQL.set(name, to: $0) } ?? SettingSQL.reset($0.name)
        }
        if changesIdentity || hasOther && !plain.isEmpty {
            for name in identities { if let value = to[name] { statements.append(SettingSQL.set(name, to: value)) } }
        }
        return Array(statements.map(\.bytes).joined(separator: [0x3B]))
    }

    /// Names whose value must change, nil for those to be reset.
    private static func changes(_ from: SettingsMap, _ to: SettingsMap) -> [(name: SQLText, value: SQLText?)] {
        var result: [(name: SQLText, value: SQLText?)] = []
        for entry in from.entries where to[entry.name] == nil { result.append((entry.name, nil)) }
        for entry in to.entries where from[entry.name] != entry.value { result.append((entry.name, entry.value)) }
        return result
    }
}
