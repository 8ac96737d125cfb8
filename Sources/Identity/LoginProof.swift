/// How somebody proved to be a user; a metrics label.
public enum LoginMethod: String, Sendable, CaseIterable {
    case scram
    case md5
    case password
    case certificate
}

/// Evidence that the client is `user`. Made by Identity alone, from a finished SCRAM exchange, a right md5 answer, a
/// checked password or a verified certificate; `authorise` asks for it.
public struct LoginProof: Sendable {
    public let user: String
    public let method: LoginMethod
}
