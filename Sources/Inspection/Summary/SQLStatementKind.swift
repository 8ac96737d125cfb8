/// What a statement is, the same words in every dialect.
public enum SQLStatementKind: String, Sendable, CaseIterable {
    case select, insert, update, delete, merge
    /// INSERT that removes what is in its way: MySQL's REPLACE.
    case replace
    /// Rows into a relation from outside: COPY … FROM, LOAD DATA, BULK INSERT.
    case copyIn = "copy_in"
    /// Rows from a relation to outside: COPY … TO, INTO OUTFILE.
    case copyOut = "copy_out"
    case create, alter, drop, rename, truncate, comment
    case grant, revoke
    /// VACUUM, ANALYZE, CLUSTER, REINDEX, REFRESH, OPTIMIZE, CHECK TABLE, DBCC, …
    case maintenance
    /// SET, RESET, USE.
    case set
    /// SHOW, DESCRIBE, HELP.
    case show
    case transaction
    case prepare, execute, deallocate
    /// Cursors and variables.
    case declare
    case fetch, close
    case listen, notify
    /// CALL, EXEC.
    case call
    /// A block of procedural code: DO, BEGIN … END, IF, WHILE.
    case block
    case explain, lock, discard
    /// Any other command, about the server or the session.
    case utility
    /// Not understood.
    case unknown
}
