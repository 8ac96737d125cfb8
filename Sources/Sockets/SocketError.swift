internal import Glibc

/// A system call that failed.
public struct SocketError: Error, Equatable, Sendable, CustomStringConvertible {
    public let operation: String
    /// `errno`, or what the call returned in its place.
    public let code: Int32

    public init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    public var description: String { "\(operation): \(String(cString: strerror(code)))" }

    /// True for the errors of `accept` that pass by themselves (accept(2), «Error handling»).
    var isTransient: Bool {
        switch code {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: true
        default: false
        }
    }
}
