/// Counters of one database since the start of the process. Times are nanoseconds.
public struct DatabaseTotals: Sendable, Equatable {
    public var name: String
    public var transactions: UInt64 = 0
    public var queries: UInt64 = 0
    /// Server connections given to clients.
    public var assignments: UInt64 = 0
    /// Bytes from clients.
    public var received: UInt64 = 0
    /// Bytes to clients.
    public var sent: UInt64 = 0
    /// Time in transactions, idle or not.
    public var transactionTimeNs: UInt64 = 0
    /// Time in which servers worked.
    public var queryTimeNs: UInt64 = 0
    /// Time that clients waited for a server connection.
    public var waitTimeNs: UInt64 = 0
    /// Statements that clients prepared.
    public var clientParses: UInt64 = 0
    /// Statements that the proxy prepared at servers.
    public var serverParses: UInt64 = 0
    public var binds: UInt64 = 0
    public var logins: UInt64 = 0

    public init(name: String) { self.name = name }
}
