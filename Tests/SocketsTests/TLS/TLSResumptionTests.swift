import Testing

@testable import Sockets

/// Ticket keys belong to the process, so these run one after the other.
@Suite(.serialized) struct TLSResumptionTests {
    /// Whether a second connection of `client` resumes at `second` what it began at `first`.
    private func resumes(
        _ first: TLSContext, _ second: TLSContext, client: TLSContext, host: String = "db.example"
    ) throws -> Bool {
        let before = try TLSPair(first, client)
        try #require(before.connects())
        #expect(!before.client.wasResumed)
        before.client.shutdown()
        let after = try TLSPair(second, client, host: host)
        try #require(after.connects())
        #expect(after.client.wasResumed == after.server.wasResumed)
        #expect(after.client.channelBindingServerEndPoint == after.server.channelBindingServerEndPoint)
        return after.server.wasResumed
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func acrossContexts(version: TLSVersion) throws {
        #expect(try resumes(TestContext.server(), TestContext.server(), client: TestContext.client(version: version)))
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func notWithAnotherCertificateNameOrHost(version: TLSVersion) throws {
        let server = try TestContext.server()
        #expect(try !resumes(server, TestContext.server("other"), client: TestContext.client(version: version)))
        #expect(try !resumes(server, TestContext.server(name: "my"), client: TestContext.client(version: version)))
        #expect(try !resumes(server, server, client: TestContext.client(version: version), host: "127.0.0.1"))
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func keysLastOneRotation(version: TLSVersion) throws {
        let server = try TestContext.server()
        let client = try TestContext.client(version: version)
        try #require(try TLSPair(server, client).connects())
        try TLSContext.rotateTicketKeys()
        let second = try TLSPair(server, client)
        #expect(second.connects() && second.server.wasResumed)
        try TLSContext.rotateTicketKeys()
        try TLSContext.rotateTicketKeys()
        let third = try TLSPair(server, client)
        #expect(third.connects() && !third.server.wasResumed)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func clientCertificateComesAlong(version: TLSVersion) throws {
        let server = try TestContext.server { $0.clientCertificates = .require }
        let client = try TestContext.client("alice", version: version)
        try #require(try TLSPair(server, client).connects())
        let again = try TLSPair(server, client)
        #expect(again.connects() && again.server.wasResumed)
        #expect(again.server.peerNames?.commonName == "alice")
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func revocationReachesResumedSessions(version: TLSVersion) throws {
        let crl = TestContext.certificates.file("empty.crl")
        let before = try TestContext.server {
            $0.clientCertificates = .require
            $0.revocationFiles = [crl]
        }
        let after = try TestContext.server {
            $0.clientCertificates = .require
            $0.revocationFiles = [TestContext.certificates.file("revoked.crl")]
        }
        for (certificate, isRevoked) in [("alice", false), ("mallory", true)] {
            let client = try TestContext.client(certificate, version: version)
            try #require(try TLSPair(before, client).connects())
            let again = try TLSPair(before, client)
            #expect(again.connects() && again.server.wasResumed)
            let reloaded = try TLSPair(after, client)
            let errors = reloaded.handshake()
            #expect((errors.server?.kind == .certificate) == isRevoked)
            #expect((errors.client != nil) == isRevoked)
            #expect(reloaded.server.wasResumed == !isRevoked)
        }
    }

    /// A session made where nobody asked for a certificate is no way around one.
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func notIntoStricterContexts(version: TLSVersion) throws {
        let client = try TestContext.client(version: version)
        let lax = try TestContext.server { $0.clientCertificates = .request }
        try #require(try TLSPair(lax, client).connects())
        let strict = try TestContext.server { $0.clientCertificates = .require }
        #expect(try TLSPair(strict, client).handshake().server != nil)
    }

    /// An old TLS 1.2 session is used again and again, a TLS 1.3 ticket once, with a fresh one from each connection.
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func manyTimes(version: TLSVersion) throws {
        let (server, client) = (try TestContext.server(), try TestContext.client(version: version))
        for round in 0..<5 {
            let pair = try TLSPair(server, client)
            #expect(pair.connects())
            #expect(pair.client.wasResumed == (round > 0))
        }
    }
}
