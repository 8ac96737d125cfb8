/// What a statement is, by its first words.
public enum StatementKind: UInt8, Sendable, CaseIterable {
    /// Nothing but space and comments.
    case empty
    /// SELECT, VALUES, TABLE, and WITH before one of them.
    case select
    case insert, update, delete, merge
    case copyIn, copyOut
    /// CREATE, ALTER, DROP, GRANT, COMMENT, TRUNCATE and the like that may run in a transaction.
    case ddl
    /// Must not run in a transaction: VACUUM, CREATE DATABASE, CREATE INDEX CONCURRENTLY, ALTER SYSTEM, …
    case nonTransactional
    /// Any other command that reads or writes no rows of a client's: CHECKPOINT, LOAD, ANALYZE, CLUSTER, …
    case utility
    /// SET and RESET.
    case set
    case show
    /// BEGIN, COMMIT, SAVEPOINT, PREPARE TRANSACTION and their kin.
    case transaction
    case prepare, execute, deallocate
    case declare, fetch, close
    case listen, notify
    case call, `do`
    case explain
    case lock
    case discard
    /// Not understood, or cut off.
    case unknown
}
