/// What holds a secret says nothing about it: not in logs, not in `dump`, not in a debugger's summary.
public protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacted {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A password as its owner types it.
public struct ClearPassword: Sendable, Redacted {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }
}

extension ClearPassword: Equatable {
    /// In constant time.
    public static func == (a: Self, b: Self) -> Bool { constantTimeEquals(a.bytes, b.bytes) }
}
