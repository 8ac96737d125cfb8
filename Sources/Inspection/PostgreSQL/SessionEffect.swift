/// Something that a statement leaves behind in its session when it succeeds.
///
/// Names are as the server has them: folded, or exact if they were quoted; names of settings are in lower case.
public enum SessionEffect: Hashable, Sendable {
    case transaction(TransactionEffect)
    case setting(SettingEffect)
    /// `body` is where the prepared statement's own text lies in the text that was summarised; what it does counts when
    /// it is executed.
    case prepare(name: SQLText, body: Range<Int>)
    case execute(name: SQLText)
    /// EXPLAIN EXECUTE: named, but not run.
    case plan(name: SQLText)
    /// nil: all.
    case deallocate(name: SQLText?)
    /// A cursor without hold ends with its transaction.
    case declareCursor(name: SQLText, hold: Bool)
    /// nil: all.
    case closeCursor(name: SQLText?)
    /// A table, view, sequence, function or type in the session's own schema.
    case createTemporary(name: SQLText, endsWithTransaction: Bool)
    /// DROP of tables, views or sequences, by their last names; they need not be temporary.
    case drop(names: [SQLText])
    case listen(channel: SQLText)
    /// nil: all.
    case unlisten(channel: SQLText?)
    case notify
    case advisoryLock(AdvisoryLockEffect)
    case sequence(SequenceUse)
    case discard(DiscardTarget)
    /// Leaves what nothing can undo and nobody can see: the connection ends with its session.
    case taint(Taint)
    /// May leave anything; the server's catalogues tell afterwards.
    case opaque(OpaqueReason)
}

public enum TransactionEffect: Hashable, Sendable {
    /// BEGIN or START TRANSACTION.
    case begin(TransactionModes)
    case commit(chain: Bool)
    case rollback(chain: Bool)
    case savepoint(SQLText)
    case release(SQLText)
    case rollbackTo(SQLText)
    /// PREPARE TRANSACTION: the session's transaction is over.
    case prepareTransaction(SQLText)
    case commitPrepared(SQLText)
    case rollbackPrepared(SQLText)
}

/// What BEGIN, SET TRANSACTION or SET SESSION CHARACTERISTICS said; nil is unsaid.
public struct TransactionModes: Hashable, Sendable {
    /// As the setting has it: `serializable`, `repeatable read`, `read committed`, `read uncommitted`.
    public var isolation: SQLText?
    public var readOnly: Bool?
    public var deferrable: Bool?

    public init(isolation: SQLText? = nil, readOnly: Bool? = nil, deferrable: Bool? = nil) {
        self.isolation = isolation
        self.readOnly = readOnly
        self.deferrable = deferrable
    }
}

public enum SettingEffect: Hashable, Sendable {
    /// The value is the one text the server makes of what was written; see `SettingSQL` for writing it again. SET ROLE
    /// and SET SESSION AUTHORIZATION are the settings `role` and `session_authorization`.
    case set(name: SQLText, value: SQLText, isLocal: Bool)
    /// RESET, or SET … TO DEFAULT.
    case reset(name: SQLText, isLocal: Bool)
    case resetAll
    /// SET TRANSACTION: for the current transaction only.
    case transactionModes(TransactionModes)
}

public enum AdvisoryLockEffect: Hashable, Sendable {
    /// One or more, perhaps none (`pg_try_…`), session-level.
    case acquire
    case release
    case releaseAll
}

public enum SequenceUse: Hashable, Sendable {
    case nextval, setval, currval, lastval
}

public enum DiscardTarget: Hashable, Sendable {
    case all, plans, sequences, temporary
}

public enum Taint: UInt8, Hashable, Sendable {
    case loadedLibrary, randomSeed, replicationOrigin, temporaryReplicationSlot, backup
}

public enum OpaqueReason: Hashable, Sendable {
    case doBlock
    case call
    /// A function that is no stateless one of the server's own.
    case function(SQLText)
    /// `set_config` with arguments that can't be read here, or that may not be run.
    case setConfig
    /// `search_path` begins in the temporary schema, so that plain names create temporary objects.
    case temporarySchema
    /// Can't be lexed, or isn't SQL this module knows.
    case unparsed
    /// Only the beginning of the text was held.
    case truncated
}
