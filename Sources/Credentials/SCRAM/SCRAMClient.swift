/// The client's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677). Fit for a loop, but for the derivation of keys
/// from a password (`SCRAMKeys.derive`), which the caller does elsewhere between `serverFirst` and `clientFinal`; with
/// keys at hand (cached, or recovered from a client's proof) nothing of it is needed.
///
/// `clientFirst`, `serverFirst`, `clientFinal`, `serverFinal`; any error ends the exchange.
public struct SCRAMClient: ~Copyable, Sendable {
    private enum State {
        /// → sent, ended
        case waiting
        /// → challenged, ended
        case sent
        /// → proven, ended
        case challenged(challenge: [UInt8], nonce: [UInt8])
        /// → ended
        case proven(serverSignature: [UInt8])
        case ended
    }

    /// What the server derives keys with.
    public struct Challenge: Hashable, Sendable {
        public let salt: [UInt8]
        /// 1 ... SCRAMLimits.iterations
        public let iterations: Int
    }

    /// To be sent as the choice.
    public let mechanism: SCRAMMechanism
    /// gs2-header and, for PLUS, the binding's data.
    private let bound: [UInt8]
    private let headerCount: Int
    private let bare: [UInt8]
    private let nonce: [UInt8]
    private var state = State.waiting

    /// Chooses from what the server offers. `channelBinding`: the tls-server-end-point data of the connection, nil
    /// without TLS or where undefined. PLUS is taken whenever both sides can; where the server alone can't, the client
    /// says so (flag `y`), so that a changed offer is found out. `user` is empty towards PostgreSQL, which ignores it.
    /// Throws `.unknownMechanism`.
    public init(offered: [String], channelBinding: [UInt8]?, user: [UInt8] = []) throws(SCRAMError) {
        try self.init(
            offered: offered, channelBinding: channelBinding, user: user,
            nonce: Base64.encode(SecureRandom.bytes(SCRAMLimits.nonce)))
    }

    init(offered: [String], channelBinding: [UInt8]?, user: [UInt8], nonce: [UInt8]) throws(SCRAMError) {
        let header: [UInt8]
        if let channelBinding, offered.contains(SCRAMMechanism.sha256Plus.rawValue) {
            mechanism = .sha256Plus
            header = SCRAMMessage.endPointHeader
            bound = header + channelBinding
        } else if offered.contains(SCRAMMechanism.sha256.rawValue) {
            mechanism = .sha256
            header = Array((channelBinding == nil ? "n,," : "y,,").utf8)
            bound = header
        } else {
            throw .unknownMechanism
        }
        headerCount = header.count
        self.nonce = nonce
        bare = Array("n=".utf8) + Self.escaped(user) + Array(",r=".utf8) + nonce
    }

    /// RFC 5802 §5.1 saslname.
    private static func escaped(_ name: [UInt8]) -> [UInt8] {
        name.flatMap { (byte: UInt8) -> [UInt8] in
            switch byte {
            case UInt8(ascii: ","): Array("=2C".utf8)
            case UInt8(ascii: "="): Array("=3D".utf8)
            default: [byte]
            }
        }
    }

    /// The first message.
    public mutating func clientFirst() throws(SCRAMError) -> [UInt8] {
        guard case .waiting = state else {
            state = .ended
            throw .unexpectedMessage
        }
        state = .sent
        return bound.prefix(headerCount) + bare
    }

    /// Takes the server's challenge: get the keys for it, then call `clientFinal`.
    public mutating func serverFirst(_ message: [UInt8]) throws(SCRAMError) -> Challenge {
        guard case .sent = state else {
            state = .ended
            throw .unexpectedMessage
        }
        state = .ended
        try SCRAMMessage.checkLength(message)
        var rest = message[...]
        if rest.first == UInt8(ascii: "m") { throw .extensionRequired }
        let nonce = try SCRAMMessage.take("r", from: &rest)
        guard SCRAMMessage.isNonce(nonce) else { throw .malformed(field: "r") }
        guard nonce.starts(with: self.nonce), nonce.count > self.nonce.count else { throw .nonceMismatch }
        guard let salt = Base64.decode(try SCRAMMessage.take("s", from: &rest)), !salt.isEmpty else {
            throw .malformed(field: "s")
        }
        guard let iterations = SCRAMMessage.decimal(try SCRAMMessage.take("i", from: &rest)) else {
            throw .malformed(field: "i")
        }
        guard iterations > 0, iterations <= SCRAMLimits.iterations else { throw .iterationCount(iterations) }
        try SCRAMMessage.skipExtensions(rest)
        state = .challenged(challenge: message, nonce: Array(nonce))
        return Challenge(salt: salt, iterations: iterations)
    }

    /// The proof, by keys that belong to the challenge.
    public mutating func clientFinal(_ keys: SCRAMKeys) throws(SCRAMError) -> [UInt8] {
        guard case .challenged(let challenge, let nonce) = state else {
            state = .ended
            throw .unexpectedMessage
        }
        let withoutProof = Array("c=".utf8) + Base64.encode(bound) + Array(",r=".utf8) + nonce
        let authMessage = SCRAMMessage.authMessage(bare, challenge, withoutProof)
        let clientSignature = HMAC.sha256(key: Digest.sha256(keys.clientKey), authMessage)
        state = .proven(serverSignature: HMAC.sha256(key: keys.serverKey, authMessage))
        return withoutProof + Array(",p=".utf8) + Base64.encode(exclusiveOr(keys.clientKey, clientSignature))
    }

    /// The proof, by PBKDF2's result (32 bytes) for the challenge.
    public mutating func clientFinal(saltedPassword: [UInt8]) throws(SCRAMError) -> [UInt8] {
        try clientFinal(SCRAMKeys(saltedPassword: saltedPassword))
    }

    /// Checks that the server knows the password's verifier too. Without this call nothing is proven about the server.
    public mutating func serverFinal(_ message: [UInt8]) throws(SCRAMError) {
        guard case .proven(let signature) = state else {
            state = .ended
            throw .unexpectedMessage
        }
        state = .ended
        try SCRAMMessage.checkLength(message)
        var rest = message[...]
        if rest.first == UInt8(ascii: "e") {
            let reason = try SCRAMMessage.take("e", from: &rest)
            throw .serverRefused(String(decoding: reason.filter { $0 >= 0x20 && $0 < 0x7f }, as: UTF8.self))
        }
        guard let given = Base64.decode(try SCRAMMessage.take("v", from: &rest)) else { throw .malformed(field: "v") }
        try SCRAMMessage.skipExtensions(rest)
        guard constantTimeEquals(given, signature) else { throw .serverSignature }
    }
}
