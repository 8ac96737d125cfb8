/// Why a command was not done, in words for an operator. Never holds a secret.
public struct ControlError: Error, Equatable, Sendable {
    public enum Kind: Sendable {
        /// No such command, or arguments it does not take.
        case syntax
        /// The command is understood and not offered here.
        case unsupported
        /// No such database, session, user.
        case notFound
        /// Not in the state the proxy is in.
        case state
        /// The one who asked gave up.
        case canceled
        /// Tried, and it did not work.
        case failed
    }

    public let kind: Kind
    public let message: String
    /// One line each: the problems of a file, for example.
    public let details: [String]

    public init(_ kind: Kind, _ message: String, details: [String] = []) {
        self.kind = kind
        self.message = message
        self.details = details
    }

    static func noDatabase(_ name: String) -> ControlError { ControlError(.notFound, "no such database: \(name)") }
}
