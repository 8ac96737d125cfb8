import Glibc

@testable import Sockets

/// Two sessions over a socket pair, driven in turn by one thread.
final class TLSPair {
    let server: TLSEnd
    let client: TLSEnd
    let serverSocket: Int32
    let clientSocket: Int32

    init(_ serverContext: TLSContext, _ clientContext: TLSContext, host: String = "db.example") throws(TLSError) {
        var sockets: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        precondition(socketpair(AF_UNIX, type, 0, &sockets) == 0)
        (serverSocket, clientSocket) = (sockets[0], sockets[1])
        server = TLSEnd(try TLSSession(server: serverContext, descriptor: sockets[0]))
        client = TLSEnd(try TLSSession(client: clientContext, descriptor: sockets[1], host: host))
    }

    deinit {
        close(serverSocket)
        close(clientSocket)
    }

    /// The errors of both sides; a client that is done before the server refuses it learns so by reading.
    func handshake() -> (server: TLSError?, client: TLSError?) {
        var (serverState, clientState) = (TLSHandshake.wantsRead, TLSHandshake.wantsRead)
        for _ in 0..<20 {
            if clientState.isOpen { clientState = client.handshake() }
            if serverState.isOpen { serverState = server.handshake() }
            // An end that failed would close its socket.
            if case .failed = clientState { Glibc.shutdown(clientSocket, Int32(SHUT_RDWR)) }
        }
        var clientError = clientState.error
        if clientState == .done {
            // Also takes the tickets in.
            let result = client.receive(1).result
            if case .failed(let code) = result { clientError = client.failure(code) }
        }
        return (serverState.error, clientError)
    }

    /// Both done without error.
    func connects() -> Bool {
        let errors = handshake()
        return errors.server == nil && errors.client == nil
    }
}

extension TLSHandshake {
    fileprivate var isOpen: Bool { self == .wantsRead || self == .wantsWrite }
    fileprivate var error: TLSError? {
        switch self {
        case .done: nil
        case .failed(let error): error
        case .wantsRead, .wantsWrite: .closed
        }
    }
}

/// A session that the testing macros can hold: they take copyable values only.
final class TLSEnd {
    private let session: TLSSession

    init(_ session: consuming TLSSession) { self.session = session }

    var version: String { session.version }
    var cipher: String { session.cipher }
    var cipherBits: Int { session.cipherBits }
    var wasResumed: Bool { session.wasResumed }
    var serverName: String? { session.serverName }
    var applicationProtocol: String? { session.applicationProtocol }
    var hasPeerCertificate: Bool { session.hasPeerCertificate }
    var peerNames: TLSPeerNames? { session.peerNames }
    var channelBindingServerEndPoint: [UInt8]? { session.channelBindingServerEndPoint }
    var hasPending: Bool { session.hasPending }
    var isDrained: Bool { session.isDrained }

    func handshake() -> TLSHandshake { session.handshake() }
    func shutdown() { session.shutdown() }
    func failure(_ code: Int32) -> TLSError { session.failure(code) }
    func send(_ bytes: [UInt8]) -> IOResult { bytes.withUnsafeBytes { session.write($0) } }

    func receive(_ count: Int = 65_536) -> (result: IOResult, bytes: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { session.read(into: $0) }
        guard case .bytes(let read) = result else { return (result, []) }
        return (result, Array(bytes.prefix(read)))
    }
}

/// Contexts by the names of the test certificates.
enum TestContext {
    static let certificates = TestCertificates.shared

    static func server(
        _ certificate: String = "server", name: String = "pg", _ change: (inout TLSServerSettings) -> Void = { _ in }
    ) throws(TLSError) -> TLSContext {
        var settings = TLSServerSettings(
            name: name, certificateFile: certificates.file(certificate + ".pem"),
            keyFile: certificates.file(certificate + ".key"))
        settings.clientAuthorityFile = certificates.file("ca.pem")
        change(&settings)
        return try .server(settings)
    }

    static func client(
        _ certificate: String? = nil, version: TLSVersion? = nil, _ change: (inout TLSClientSettings) -> Void = { _ in }
    ) throws(TLSError) -> TLSContext {
        var settings = TLSClientSettings()
        settings.authorityFile = certificates.file("ca.pem")
        settings.certificateFile = certificate.map { certificates.file($0 + ".pem") }
        settings.keyFile = certificate.map { certificates.file($0 + ".key") }
        settings.parameters.maximumVersion = version
        change(&settings)
        return try .client(settings)
    }
}
