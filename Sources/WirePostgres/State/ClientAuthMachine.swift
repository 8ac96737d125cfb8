internal import Bytes

/// A client's login as the server sees it: startup packets, then one exchange of authentication.
///
/// Knows the order of messages, not the secrets: the caller verifies what `messageReceived` hands out and tells the
/// verdict. Every method is one event; an error ends that client's connection.
public struct ClientAuthMachine: ~Copyable {
    enum State: Equatable {
        /// Waits for a startup packet. → encryption, chosen, ended
        case startup
        /// An encryption request waits for the caller's answer. → startup
        case encryption
        /// The caller chooses how to authenticate. → password, saslInitial, accepted, ended
        case choosing
        /// → verifying
        case password
        /// → verifying
        case saslInitial
        /// → verifying
        case saslResponse
        /// The caller verifies what was received. → saslResponse, accepted, ended
        case verifying
        /// AuthenticationOk went out.
        case accepted
        /// Cancelled or refused.
        case ended
    }

    /// What to do with a startup packet.
    public enum StartupAction: Equatable, Sendable {
        /// Answer S and start TLS, or answer N; then call `encryptionAnswered`.
        case answerSSL
        /// Answer N, as we have no GSSAPI encryption; then call `encryptionAnswered`.
        case answerGSS
        /// Pass on the cancel and close.
        case cancel(CancelRequest)
        /// Choose how to authenticate: `passwordRequested`, `saslRequested` or `accepted`.
        case authenticate(StartupMessage)
    }

    /// What the client sent as proof; ranges lie in the payload given.
    public enum Proof: Equatable, Sendable {
        /// Clear, or md5's 35 characters.
        case password(Range<Int>)
        /// The choice of mechanism is one of those offered.
        case saslInitial(mechanism: String, response: Range<Int>?)
        case saslResponse(Range<Int>)
    }

    var state = State.startup
    private var mechanisms: [String] = []
    private var isEncrypted: Bool
    private var hasAskedSSL = false
    private var hasAskedGSS = false

    /// `isEncrypted`: TLS came first, without an SSLRequest.
    public init(isEncrypted: Bool = false) {
        self.isEncrypted = isEncrypted
    }

    /// AuthenticationOk was sent.
    public var isAccepted: Bool { state == .accepted }

    /// Whether the next packet has no type byte.
    public var expectsStartupPacket: Bool { state == .startup }

    // MARK: Startup

    /// - Parameter unprocessed: bytes that came behind the packet.
    /// - Throws: `earlyPlaintext` when there are any behind an encryption request; what StartupPacket throws.
    public mutating func packetReceived(
        _ packet: UnsafeRawBufferPointer, unprocessed: Int = 0
    ) throws(PostgresWireError) -> StartupAction {
        guard state == .startup else { throw .unexpectedMessage(type: 0) }
        switch unsafe try StartupPacket(packet: packet) {
        case .sslRequest:
            guard !isEncrypted, !hasAskedSSL else { throw .repeatedEncryptionRequest }
            guard unprocessed == 0 else { throw .earlyPlaintext }
            hasAskedSSL = true
            state = .encryption
            return .answerSSL
        case .gssEncryptionRequest:
            guard !isEncrypted, !hasAskedGSS else { throw .repeatedEncryptionRequest }
            guard unprocessed == 0 else { throw .earlyPlaintext }
            hasAskedGSS = true
            state = .encryption
            return .answerGSS
        case .cancel(let request):
            state = .ended
            return .cancel(request)
        case .startup(let message):
            state = .choosing
            return .authenticate(message)
        }
    }

    /// The answer to an encryption request was sent, and with `isEncrypted` the handshake is done.
    public mutating func encryptionAnswered(isEncrypted: Bool) {
        precondition(state == .encryption)
        self.isEncrypted = isEncrypted
        state = .startup
    }

    // MARK: The exchange

    /// A clear or md5 password was asked for.
    public mutating func passwordRequested() {
        precondition(state == .choosing)
        state = .password
    }

    /// AuthenticationSASL went out with these mechanisms.
    public mutating func saslRequested(mechanisms: [String]) {
        precondition(state == .choosing)
        self.mechanisms = mechanisms
        state = .saslInitial
    }

    /// AuthenticationSASLContinue went out.
    public mutating func saslContinued() {
        precondition(state == .verifying)
        state = .saslResponse
    }

    /// AuthenticationOk went out.
    public mutating func accepted() {
        precondition(state == .verifying || state == .choosing)
        state = .accepted
    }

    /// An error went out.
    public mutating func refused() { state = .ended }

    /// A message came; `payload` is without its header.
    public mutating func messageReceived(
        _ type: FrontendMessageType, payload: UnsafeRawBufferPointer
    ) throws(PostgresWireError) -> Proof {
        guard type == .password else { throw .unexpectedMessage(type: type.rawValue) }
        let proof: Proof
        switch state {
        case .password:
            proof = .password(unsafe try PasswordMessage(payload: payload).password)
        case .saslInitial:
            let message = unsafe try SASLInitialResponse(payload: payload)
            let mechanism = unsafe payload.slice(message.mechanism)
            guard let name = mechanisms.first(where: { unsafe mechanism.elementsEqual($0.utf8) }) else {
                throw .malformed(type: type.rawValue, .invalid(at: 0))
            }
            proof = .saslInitial(mechanism: name, response: message.response)
        case .saslResponse:
            proof = .saslResponse(unsafe try SASLResponse(payload: payload).response)
        case .startup, .encryption, .choosing, .verifying, .accepted, .ended:
            throw .unexpectedMessage(type: type.rawValue)
        }
        state = .verifying
        return proof
    }
}
