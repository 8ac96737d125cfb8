/// How somebody proved to be a user; a metrics label.
public enum LoginMethod: String, Sendable, CaseIterable {
    case scram
    case md5
    case password
    case certificate
    /// By the backend's own exchange.
    case relay
}

/// Evidence that the client is `user`. Made by Identity alone, from a finished SCRAM exchange, a right md5 answer, a
/// checked password, a verified certificate or a backend's consent; `authorise` asks for it.
public struct LoginProof: Sendable {
    public let user: String
    public let method: LoginMethod
}
