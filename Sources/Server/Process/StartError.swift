/// Why the server could not start, in one line for its operator.
public struct StartError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
