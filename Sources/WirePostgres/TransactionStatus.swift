/// The byte of ReadyForQuery.
@frozen
public enum TransactionStatus: UInt8, Sendable {
    /// Not in a transaction block.
    case idle = 0x49  // I
    /// In a transaction block.
    case inTransaction = 0x54  // T
    /// In a failed transaction block: everything up to ROLLBACK is refused.
    case failed = 0x45  // E
}
