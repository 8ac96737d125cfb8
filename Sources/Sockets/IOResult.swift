/// What one non-blocking read or write came to.
public enum IOResult: Equatable, Sendable {
    /// So many bytes moved, at least one.
    case bytes(Int)
    /// Nothing now: wait until the descriptor is readable (after a read) or writable (after a write).
    case wouldBlock
    /// TLS only: this write goes on when input has come.
    case wantsRead
    /// TLS only: this read goes on when output has room.
    case wantsWrite
    /// Orderly end: EOF, or close_notify under TLS.
    case end
    /// `errno`; `EPROTO` for a TLS error.
    case failed(Int32)
}
