internal import Inspection
internal import WirePostgres

/// A value that PostgreSQL takes back when a transaction does not commit.
protocol TransactionalValue: Sendable {
    /// The transaction was committed: what lasted only as long as it goes.
    mutating func transactionCommitted()
}

/// A value with the copies that ROLLBACK and ROLLBACK TO go back to. The copies share their storage until one changes.
///
/// Fed with what succeeded, in order, what failed, and each ReadyForQuery. Statements outside BEGIN form an implicit
/// transaction that ends with ReadyForQuery: those of one simple query, or of a pipeline up to Sync.
struct TransactionalState<Value: TransactionalValue>: Sendable {
    private(set) var value: Value
    /// What the value was before the open transaction; nil while nothing can be undone.
    private var start: Value?
    private var savepoints: [(name: SQLText, value: Value)] = []
    private var isExplicit = false
    private var hasFailed = false

    init(_ value: Value) { self.value = value }

    /// A change that a rollback undoes.
    mutating func change(_ body: (inout Value) -> Void) {
        if start == nil { start = value }
        body(&value)
    }

    /// A change that no rollback undoes.
    mutating func changeForGood(_ body: (inout Value) -> Void) {
        body(&value)
        if var saved = start {
            body(&saved)
            start = saved
        }
        for index in savepoints.indices { body(&savepoints[index].value) }
    }

    mutating func apply(_ effect: TransactionEffect) {
        switch effect {
        case .begin:
            // Inside an implicit transaction it takes over what that has done already.
            if isExplicit { return }
            isExplicit = true
            if start == nil { start = value }
        case .commit(let chain): end(commits: !hasFailed, chain: chain)
        case .rollback(let chain): end(commits: false, chain: chain)
        case .prepareTransaction: end(commits: !hasFailed, chain: false)
        case .savepoint where !TrackedFeature.savepoints.isOn, .release where !TrackedFeature.savepoints.isOn: break
        case .rollbackTo where !TrackedFeature.savepoints.isOn: break
        case .savepoint(let name): savepoints.append((name, value))
        case .release(let name):
            if let index = savepoints.lastIndex(where: { $0.name == name }) { savepoints.removeSubrange(index...) }
        case .rollbackTo(let name):
            guard let index = savepoints.lastIndex(where: { $0.name == name }) else { return }
            value = savepoints[index].value
            savepoints.removeSubrange((index + 1)...)
            hasFailed = false
        case .commitPrepared, .rollbackPrepared: break
        }
    }

    private mutating func end(commits: Bool, chain: Bool) {
        if commits {
            value.transactionCommitted()
        } else if let start {
            value = start
        }
        start = chain && isExplicit ? value : nil
        isExplicit = chain && isExplicit
        hasFailed = false
        savepoints.removeAll(keepingCapacity: true)
    }

    /// The server refused a statement.
    mutating func failed() {
        if isExplicit {
            hasFailed = true
        } else if let start {
            value = start
            self.start = nil
        }
    }

    /// True when the value may have changed.
    @inline(__always)
    mutating func becameReady(_ status: TransactionStatus) -> Bool {
        if status == .idle, start == nil, !isExplicit { return false }
        settle(status)
        return status == .idle
    }

    private mutating func settle(_ status: TransactionStatus) {
        switch status {
        case .idle: end(commits: !hasFailed, chain: false)
        case .inTransaction, .failed:
            // BEGIN may have been out of sight.
            if !isExplicit { apply(.begin(TransactionModes())) }
            hasFailed = status == .failed
        }
    }
}
