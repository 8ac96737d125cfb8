/// Why bytes from a peer could not be read as what they should have been.
///
/// Holds offsets and counts only, never the bytes, so that it may be logged.
@frozen
public enum ByteReaderError: Error, Equatable, Sendable {
    /// `need` more bytes were asked for where only `have` were left.
    case truncated(need: Int, have: Int)
    /// A zero-terminated string began at `at` and had no terminator.
    case unterminated(at: Int)
    /// The value at offset `at` is none of those that are allowed there.
    case invalid(at: Int)
    /// `count` bytes were left over behind a message that should have ended.
    case trailing(count: Int)
}
