import Glibc
import Testing

@testable import Sockets

@Suite struct TLSHandshakeTests {
    @Test(arguments: [(TLSVersion.tls12, "TLSv1.2"), (.tls13, "TLSv1.3")])
    func versions(version: TLSVersion, name: String) throws {
        let pair = try TLSPair(TestContext.server(), TestContext.client(version: version))
        try #require(pair.connects())
        #expect(pair.server.version == name)
        #expect(pair.client.version == name)
        #expect(pair.server.cipher == pair.client.cipher)
        #expect(pair.server.cipher.contains("GCM") || pair.server.cipher.contains("CHACHA20"))
        #expect(pair.server.cipherBits >= 128)
        #expect(pair.server.serverName == "db.example")
        #expect(!pair.server.wasResumed)
        #expect(!pair.server.hasPeerCertificate)
        #expect(pair.server.peerNames == nil)
        #expect(pair.client.peerNames?.commonName == "db.example")
        #expect(pair.client.send([1, 2, 3]) == .bytes(3))
        #expect(pair.server.receive().bytes == [1, 2, 3])
        #expect(pair.server.send([4]) == .bytes(1))
        #expect(pair.client.receive().bytes == [4])
    }

    @Test func oldVersionsAreRefused() throws {
        let server = try TestContext.server { $0.parameters.minimumVersion = .tls13 }
        let errors = try TLSPair(server, TestContext.client(version: .tls12)).handshake()
        #expect(errors.server?.kind == .handshake)
        #expect(errors.client?.reason.contains("protocol version") == true)
    }

    @Test func verifiesHostNames() throws {
        let server = try TestContext.server()
        let client = try TestContext.client()
        #expect(try TLSPair(server, client, host: "db.example").connects())
        #expect(try TLSPair(server, client, host: "127.0.0.1").connects())
        for host in ["db2.example", "b.example", "127.0.0.2", "::1"] {
            let error = try TLSPair(server, client, host: host).handshake().client
            #expect(error?.kind == .certificate)
            #expect(error?.reason.contains("mismatch") == true)
        }
        let byAuthority = try TestContext.client { $0.verification = .authority }
        #expect(try TLSPair(server, byAuthority, host: "db2.example").connects())
    }

    @Test func unusableHostNames() throws {
        let (server, client) = (try TestContext.server(), try TestContext.client())
        for host in ["", "db.example\0.evil", String(repeating: "a", count: 256)] {
            var kind: TLSError.Kind?
            do throws(TLSError) { _ = try TLSPair(server, client, host: host) } catch { kind = error.kind }
            #expect(kind == .configuration)
        }
    }

    @Test func addressesAreNoServerNames() throws {
        let pair = try TLSPair(TestContext.server(), TestContext.client(), host: "127.0.0.1")
        #expect(pair.connects())
        #expect(pair.server.serverName == nil)
    }

    @Test func unknownAuthority() throws {
        let server = try TestContext.server("stranger")
        let elsewhere = TestContext.certificates.file("elsewhere.pem")
        for verification in [TLSClientSettings.Verification.authority, .host] {
            let client = try TestContext.client { $0.verification = verification }
            #expect(try TLSPair(server, client, host: "alice.example").handshake().client?.kind == .certificate)
        }
        let trusting = try TestContext.client { $0.authorityFile = elsewhere }
        #expect(try TLSPair(server, trusting, host: "alice.example").connects())
        let careless = try TestContext.client { $0.verification = .none }
        #expect(try TLSPair(server, careless, host: "anything").connects())
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func clientCertificates(version: TLSVersion) throws {
        let requiring = try TestContext.server { $0.clientCertificates = .require }
        let requesting = try TestContext.server { $0.clientCertificates = .request }
        let without = try TestContext.client(version: version)
        let errors = try TLSPair(requiring, without).handshake()
        #expect(errors.server?.kind == .handshake)
        #expect(errors.client != nil)
        #expect(try TLSPair(requesting, without).connects())
        for server in [requiring, requesting] {
            let pair = try TLSPair(server, TestContext.client("alice", version: version))
            try #require(pair.connects())
            let names = try #require(pair.server.peerNames)
            #expect(names.commonName == "alice")
            #expect(names.distinguishedName == "CN=alice,O=Example")
            #expect(names.dnsNames == ["alice.example"])
            #expect(names.emailAddresses == ["alice@example.org"])
            let refused = try TLSPair(server, TestContext.client("stranger", version: version)).handshake()
            #expect(refused.server?.kind == .certificate)
            #expect(refused.client?.kind == .handshake)
        }
        let indifferent = try TLSPair(TestContext.server(), TestContext.client("alice", version: version))
        #expect(indifferent.connects() && !indifferent.server.hasPeerCertificate)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func revokedClients(version: TLSVersion) throws {
        let server = try TestContext.server {
            $0.clientCertificates = .require
            $0.revocationFiles = [TestContext.certificates.file("revoked.crl")]
        }
        #expect(try TLSPair(server, TestContext.client("alice", version: version)).connects())
        let error = try TLSPair(server, TestContext.client("mallory", version: version)).handshake().server
        #expect(error == TLSError(.certificate, "certificate refused: certificate revoked"))
    }

    @Test func revokedServers() throws {
        let server = try TestContext.server("mallory")
        let unaware = try TestContext.client { $0.revocationFiles = [TestContext.certificates.file("empty.crl")] }
        #expect(try TLSPair(server, unaware, host: "mallory.example").connects())
        let aware = try TestContext.client { $0.revocationFiles = [TestContext.certificates.file("revoked.crl")] }
        #expect(try TLSPair(server, aware, host: "mallory.example").handshake().client?.kind == .certificate)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func applicationProtocols(version: TLSVersion) throws {
        let server = try TestContext.server { $0.applicationProtocols = ["postgresql", "other"] }
        let both = try TestContext.client(version: version) { $0.applicationProtocols = ["other", "postgresql"] }
        let pair = try TLSPair(server, both)
        #expect(pair.connects())
        #expect(pair.server.applicationProtocol == "postgresql")
        #expect(pair.client.applicationProtocol == "postgresql")
        let without = try TLSPair(server, TestContext.client(version: version))
        #expect(without.connects() && without.server.applicationProtocol == nil)
        let http = try TestContext.client(version: version) { $0.applicationProtocols = ["http/1.1"] }
        let errors = try TLSPair(server, http).handshake()
        #expect(errors.server?.kind == .handshake)
        #expect(errors.client?.reason.contains("no application protocol") == true)
    }

    @Test func channelBinding() throws {
        var seen: Set<[UInt8]> = []
        for (certificate, length) in [("server", 32), ("other", 32), ("sha384", 48)] {
            let pair = try TLSPair(TestContext.server(certificate), TestContext.client())
            try #require(pair.connects())
            let binding = try #require(pair.server.channelBindingServerEndPoint)
            #expect(binding.count == length)
            #expect(pair.client.channelBindingServerEndPoint == binding)
            seen.insert(binding)
        }
        #expect(seen.count == 3)
        let edwards = try TLSPair(TestContext.server("edwards"), TestContext.client { $0.verification = .none })
        #expect(edwards.connects())
        #expect(edwards.server.channelBindingServerEndPoint == nil)
        #expect(edwards.client.channelBindingServerEndPoint == nil)
    }

    @Test func noEarlyData() throws {
        typealias Getter = @convention(c) (OpaquePointer) -> UInt32
        let symbol = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "SSL_CTX_get_max_early_data"))
        let maximum = unsafeBitCast(symbol, to: Getter.self)
        #expect(try maximum(TestContext.server().pointer) == 0)
    }

    @Test func brokenSettings() {
        let files = TestContext.certificates
        func reason(_ change: (inout TLSServerSettings) -> Void) -> String {
            do throws(TLSError) {
                _ = try TestContext.server { change(&$0) }
                return "none"
            } catch {
                return error.kind == .configuration ? error.reason : "other kind"
            }
        }
        #expect(reason { $0.certificateFile = "/none.pem" } == "certificate /none.pem: No such file or directory")
        #expect(reason { $0.keyFile = files.file("alice.key") }.contains("does not belong to certificate"))
        #expect(reason { $0.keyFile = files.file("server.pem") }.hasPrefix("key "))
        // Must not ask the terminal for a passphrase.
        #expect(reason { $0.keyFile = files.file("encrypted.key") }.hasPrefix("key "))
        #expect(reason { $0.parameters.ciphers = "NONSENSE" }.hasPrefix("TLS 1.2 ciphers"))
        #expect(reason { $0.parameters.suites = "NONSENSE" }.hasPrefix("TLS 1.3 suites"))
        #expect(reason { $0.parameters.groups = "NONSENSE" }.hasPrefix("key exchange groups"))
        #expect(reason { $0.applicationProtocols = [""] }.hasPrefix("application protocol"))
        #expect(
            reason {
                $0.clientCertificates = .require
                $0.clientAuthorityFile = nil
            }.contains("client authority file"))
        #expect(
            reason {
                $0.clientCertificates = .require
                $0.revocationFiles = [files.file("ca.pem")]
            }.hasPrefix("certificate revocation list"))
        #expect(
            reason {
                $0.clientCertificates = .require
                $0.clientAuthorityFile = files.file("server.key")
            }.hasPrefix("certificate authority"))
    }
}
