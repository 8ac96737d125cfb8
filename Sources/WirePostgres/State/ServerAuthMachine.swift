/// Our login at a server: encryption, startup, authentication, settings, until the server is ready.
///
/// Knows the order of messages, not the secrets: the caller computes the proofs. Every method is one event; an error
/// means that this server connection is to be closed.
public struct ServerAuthMachine: ~Copyable {
    enum State: Equatable {
        /// → encryptionRequested, startupSent
        case start
        /// Waits for one byte. → start
        case encryptionRequested
        /// → passwordRequested, saslRequested, settings, ended
        case startupSent
        /// The server wants a password. → passwordSent
        case passwordRequested
        /// → settings, ended
        case passwordSent
        /// The server wants a choice. → saslSent
        case saslRequested
        /// Waits for the server's words. → saslContinued, saslFinished, ended
        case saslSent
        /// The server waits for ours. → saslSent
        case saslContinued
        /// The server proved itself; AuthenticationOk must follow. → settings
        case saslFinished
        /// → ready, ended
        case settings
        case ready
        case ended
    }

    public enum EncryptionAction: Equatable, Sendable {
        /// Start the TLS handshake, then send the startup packet.
        case startTLS
        /// The server has no TLS: send the startup packet in clear, or give up, as the TLS mode asks.
        case plaintext
        /// The answer is an ErrorResponse, from a server that does not know the request: read it untrusted, connect anew
        /// without asking.
        case serverError
    }

    /// What to do after a message; ranges lie in the payload given.
    public enum Action: Equatable, Sendable {
        /// Send the password in clear, then call `passwordSent`.
        case sendCleartextPassword
        /// Send the password hashed with this salt (4 bytes, big-endian), then call `passwordSent`.
        case sendMD5Password(salt: UInt32)
        /// Choose one of these, send a SASLInitialResponse, then call `saslSent`.
        case startSASL(mechanisms: [String])
        /// The server's challenge: send a SASLResponse, then call `saslSent`.
        case continueSASL(Range<Int>)
        /// The server's last words, to be verified: on failure close the connection.
        case finishSASL(Range<Int>)
        /// AuthenticationOk.
        case authenticated
        case parameter(ParameterStatus)
        case key(BackendKeyData)
        case negotiated(NegotiateProtocolVersion)
        case notice(NoticeFields)
        /// The server refuses: an ErrorResponse. The connection is over.
        case failed(NoticeFields)
        /// ReadyForQuery.
        case ready(TransactionStatus)
    }

    var state = State.start
    private var version = ProtocolVersion.v30
    private var isNegotiated = false

    public init() {}

    public var isReady: Bool { state == .ready }

    // MARK: Encryption

    /// An SSLRequest was sent.
    public mutating func encryptionRequested() {
        precondition(state == .start)
        state = .encryptionRequested
    }

    /// - Parameter unprocessed: bytes that came behind the answer.
    /// - Throws: `earlyPlaintext` when there are any, except behind E; `invalidEncryptionResponse`.
    public mutating func encryptionAnswered(
        _ byte: UInt8, unprocessed: Int
    ) throws(PostgresWireError) -> EncryptionAction {
        guard state == .encryptionRequested else { throw .unexpectedMessage(type: byte) }
        state = .start
        switch EncryptionResponse(rawValue: byte) {
        case .acceptSSL:
            guard unprocessed == 0 else { throw .earlyPlaintext }
            return .startTLS
        case .refuse:
            guard unprocessed == 0 else { throw .earlyPlaintext }
            return .plaintext
        case .error:
            state = .ended
            return .serverError
        case .acceptGSS, nil:
            throw .invalidEncryptionResponse(byte)
        }
    }

    // MARK: Authentication

    /// The startup packet was sent, asking for `version`.
    public mutating func startupSent(version: ProtocolVersion = .v30) {
        precondition(state == .start)
        self.version = version
        state = .startupSent
    }

    public mutating func passwordSent() {
        precondition(state == .passwordRequested)
        state = .passwordSent
    }

    public mutating func saslSent() {
        precondition(state == .saslRequested || state == .saslContinued)
        state = .saslSent
    }

    /// A message came; `payload` is without its header.
    public mutating func messageReceived(
        _ type: BackendMessageType, payload: UnsafeRawBufferPointer
    ) throws(PostgresWireError) -> Action {
        guard state != .start, state != .encryptionRequested, state != .ready, state != .ended else {
            throw .unexpectedMessage(type: type.rawValue)
        }
        switch type {
        case .authentication:
            return try authenticationReceived(unsafe try AuthenticationRequest(payload: payload))
        case .errorResponse:
            state = .ended
            return .failed(unsafe try NoticeFields(payload: payload))
        case .noticeResponse:
            return .notice(unsafe try NoticeFields(payload: payload))
        case .negotiateProtocolVersion:
            return try negotiationReceived(unsafe try NegotiateProtocolVersion(payload: payload))
        case .parameterStatus where state == .settings:
            return .parameter(unsafe try ParameterStatus(payload: payload))
        case .backendKeyData where state == .settings:
            return .key(unsafe try BackendKeyData(payload: payload))
        case .readyForQuery where state == .settings:
            let status = unsafe try ReadyForQuery(payload: payload).status
            state = .ready
            return .ready(status)
        default:
            throw .unexpectedMessage(type: type.rawValue)
        }
    }

    private mutating func authenticationReceived(
        _ request: AuthenticationRequest
    ) throws(PostgresWireError) -> Action {
        switch (state, request) {
        case (.startupSent, .ok), (.passwordSent, .ok), (.saslFinished, .ok):
            state = .settings
            return .authenticated
        case (.saslSent, .ok), (.saslContinued, .ok), (.saslRequested, .ok), (.passwordRequested, .ok):
            // A server that skips its own proof may be an impostor.
            throw .incompleteAuthentication
        case (.startupSent, .cleartextPassword):
            state = .passwordRequested
            return .sendCleartextPassword
        case (.startupSent, .md5Password(let salt)):
            state = .passwordRequested
            return .sendMD5Password(salt: salt)
        case (.startupSent, .sasl(let mechanisms)):
            state = .saslRequested
            return .startSASL(mechanisms: mechanisms)
        case (.saslSent, .saslContinue(let data)):
            state = .saslContinued
            return .continueSASL(data)
        case (.saslSent, .saslFinal(let data)):
            state = .saslFinished
            return .finishSASL(data)
        case (.startupSent, .gss): throw .unsupportedAuthentication(code: 7)
        case (.startupSent, .sspi): throw .unsupportedAuthentication(code: 9)
        case (.startupSent, .unsupported(let code)): throw .unsupportedAuthentication(code: code)
        default: throw .unexpectedMessage(type: AuthenticationRequest.typeByte)
        }
    }

    /// Comes at most once, before authentication, and only lowers what was asked for.
    private mutating func negotiationReceived(
        _ message: NegotiateProtocolVersion
    ) throws(PostgresWireError) -> Action {
        guard state == .startupSent, !isNegotiated else {
            throw .unexpectedMessage(type: NegotiateProtocolVersion.typeByte)
        }
        guard message.version.major == 3, message.version <= version else { throw .invalidNegotiation }
        isNegotiated = true
        version = message.version
        return .negotiated(message)
    }
}
