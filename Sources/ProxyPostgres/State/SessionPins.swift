internal import Inspection
internal import WirePostgres

/// What of a session can't follow it to another server connection, and so keeps it on the one it has.
///
/// Undone with its transaction where PostgreSQL undoes it. Confined to its session's loop.
struct SessionPins {
    /// Reasons as they stand in metrics.
    enum Reason {
        static let advisoryLock = "advisory_lock"
        static let cursor = "cursor"
        static let listen = "listen"
        static let load = "load"
        static let temporaryObject = "temporary_object"
        static let opaque = "opaque"

        static func isTracked(_ reason: String) -> Bool {
            switch reason {
            case advisoryLock: TrackedFeature.advisory.isOn
            case cursor: TrackedFeature.cursors.isOn
            case listen: TrackedFeature.listen.isOn
            case temporaryObject: TrackedFeature.temporary.isOn
            default: true
            }
        }
    }

    struct Pin: Equatable {
        var reason: String
        /// Of the object, empty where there is none.
        var name: SQLText = ""
        /// Shape hash of the statement that did it; 0 where that is not known.
        var statement: UInt64 = 0
        /// Loop clock, ns.
        var sinceNs: UInt64 = 0
        var endsWithTransaction = false
        /// Nothing undoes it: the connection ends with the session.
        var isTaint = false
    }

    private struct State: TransactionalValue {
        var pins: [Pin] = []

        mutating func transactionCommitted() {
            if !pins.isEmpty { pins.removeAll { $0.endsWithTransaction } }
        }

        mutating func remove(_ reason: String, _ name: SQLText? = nil) {
            pins.removeAll { $0.reason == reason && (name == nil || $0.name == name) }
        }
    }

    private var state = TransactionalState(State())
    /// Something was given up of which only the server knows whether any is left.
    private(set) var wantsProbe = false

    var pins: [Pin] { state.value.pins }
    var isPinned: Bool { !state.value.pins.isEmpty }
    var isEmpty: Bool { state.value.pins.isEmpty }
    /// The server connection must be closed when the session ends: what it holds can't be cleaned.
    var isTainted: Bool { state.value.pins.contains { $0.isTaint } }

    /// For people: reason, object, shape hash of the statement.
    var descriptions: [String] {
        pins.map { pin in
            var text = pin.reason
            if !pin.name.isEmpty { text += " \(pin.name)" }
            if pin.statement != 0 { text += " by \(String(pin.statement, radix: 16))" }
            return text
        }
    }

    // MARK: Events

    /// An effect of a statement that has succeeded. The reason if the session is pinned by it.
    mutating func apply(_ effect: SessionEffect, statement: StatementInfo?, nowNs: UInt64 = 0) -> String? {
        switch effect {
        case .transaction(let transaction): state.apply(transaction)
        case .createTemporary(let name, let ends):
            return hold(Reason.temporaryObject, name, statement, nowNs, endsWithTransaction: ends)
        case .drop(let names): state.change { state in names.forEach { state.remove(Reason.temporaryObject, $0) } }
        case .listen(let channel): return hold(Reason.listen, channel, statement, nowNs)
        case .unlisten(let channel): state.change { $0.remove(Reason.listen, channel) }
        case .declareCursor(let name, hold: true): return hold(Reason.cursor, name, statement, nowNs)
        case .closeCursor(let name): state.changeForGood { $0.remove(Reason.cursor, name) }
        case .advisoryLock(let lock): return advisoryLock(lock, statement, nowNs)
        case .taint(let taint): return tainted(taint, statement, nowNs)
        case .discard(.all):
            state.changeForGood { $0.pins.removeAll { !$0.isTaint } }
        case .discard(.temporary): state.change { $0.remove(Reason.temporaryObject) }
        default: break
        }
        return nil
    }

    /// A reason that no statement's effects tell; it lasts.
    mutating func add(_ reason: String, statement: StatementInfo?, nowNs: UInt64 = 0) {
        let pin = Pin(reason: reason, statement: statement?.summary.shapeHash ?? 0, sinceNs: nowNs)
        state.changeForGood { state in
            if !state.pins.contains(where: { $0.reason == reason }) { state.pins.append(pin) }
        }
    }

    mutating func failed() { state.failed() }

    @inline(__always)
    mutating func becameReady(_ status: TransactionStatus) { _ = state.becameReady(status) }

    private mutating func hold(
        _ reason: String, _ name: SQLText, _ statement: StatementInfo?, _ nowNs: UInt64,
        endsWithTransaction: Bool = false
    ) -> String? {
        let isKnown = pins.contains { $0.reason == reason && $0.name == name }
        if isKnown || !Reason.isTracked(reason) { return nil }
        let pin = Pin(
            reason: reason, name: name, statement: statement?.summary.shapeHash ?? 0, sinceNs: nowNs,
            endsWithTransaction: endsWithTransaction)
        state.change { $0.pins.append(pin) }
        return reason
    }

    /// Locks of the session outlive its transactions, rolled back or not.
    private mutating func advisoryLock(
        _ effect: AdvisoryLockEffect, _ statement: StatementInfo?, _ nowNs: UInt64
    ) -> String? {
        switch effect {
        case .acquire:
            guard Reason.isTracked(Reason.advisoryLock) else { return nil }
            let isKnown = pins.contains { $0.reason == Reason.advisoryLock }
            // `pg_try_advisory_lock` may not have got it, a query may have locked none.
            wantsProbe = true
            add(Reason.advisoryLock, statement: statement, nowNs: nowNs)
            return isKnown ? nil : Reason.advisoryLock
        case .release: wantsProbe = true
        case .releaseAll: state.changeForGood { $0.remove(Reason.advisoryLock) }
        }
        return nil
    }

    private mutating func tainted(_ taint: Taint, _ statement: StatementInfo?, _ nowNs: UInt64) -> String? {
        let reason = taint == .loadedLibrary ? Reason.load : Reason.opaque
        let name: SQLText =
            switch taint {
            case .loadedLibrary: ""
            case .randomSeed: "random_seed"
            case .replicationOrigin: "replication_origin"
            case .temporaryReplicationSlot: "replication_slot"
            case .backup: "backup"
            }
        let pin = Pin(
            reason: reason, name: name, statement: statement?.summary.shapeHash ?? 0, sinceNs: nowNs, isTaint: true)
        if pins.contains(where: { $0.isTaint && $0.name == name }) { return nil }
        state.changeForGood { $0.pins.append(pin) }
        return reason
    }

    // MARK: Probing and cleaning

    /// What the server's catalogues say stands over what was read from statements. Between transactions only.
    mutating func probed(_ found: CatalogueProbe) {
        wantsProbe = false
        var held = found.temporaryObjects.map { (Reason.temporaryObject, $0) }
        held += found.channels.map { (Reason.listen, $0) }
        held += found.holdCursors.map { (Reason.cursor, $0) }
        if found.advisoryLocks > 0 { held.append((Reason.advisoryLock, "")) }
        held.removeAll { !Reason.isTracked($0.0) }
        let known = pins
        let seen = [Reason.temporaryObject, Reason.listen, Reason.cursor, Reason.advisoryLock]
        var now = known.filter { pin in !seen.contains(pin.reason) }
        now += held.map { reason, name in
            known.first { $0.reason == reason && $0.name == name } ?? Pin(reason: reason, name: name)
        }
        state.changeForGood { $0.pins = now }
    }

    /// The SQL, one simple query, that rids the connection of what pinned it; nil if nothing did.
    var cleanUp: [UInt8]? {
        guard isPinned else { return nil }
        let reasons = Set(pins.map(\.reason))
        let all = !reasons.isSubset(of: [Reason.cursor, Reason.listen, Reason.advisoryLock, Reason.temporaryObject])
        var commands: [String] = []
        // First of all: cursors hold relations, and those can't be dropped then.
        if all || reasons.contains(Reason.cursor) { commands.append("CLOSE ALL") }
        if all || reasons.contains(Reason.listen) { commands.append("UNLISTEN *") }
        if all || reasons.contains(Reason.advisoryLock) {
            commands.append("SELECT pg_catalog.pg_advisory_unlock_all()")
        }
        if all || reasons.contains(Reason.temporaryObject) { commands.append("DISCARD TEMP") }
        return Array(commands.joined(separator: ";").utf8)
    }
}
