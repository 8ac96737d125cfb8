import Audit
import Configuration
import Identity
import Limits
import Pooling
import Proxy
import ProxyPostgres
import Sockets
import Testing

@testable import Server

struct SettingsMappingTests {
    @Test(arguments: [
        (Duration.seconds(5), 5_000_000_000 as UInt64), (.milliseconds(250), 250_000_000), (.zero, 0),
        (.seconds(-1), 0), (.seconds(Int64.max), .max),
    ])
    func durationsBecomeNanoseconds(_ duration: Duration, _ expected: UInt64) {
        #expect(duration.nanoseconds == expected)
    }

    @Test func poolSettingsKeepTheirMeaning() {
        var pool = Configuration.Pool()
        (pool.size, pool.min, pool.warmup, pool.keepIdle) = (40, 2, 0.29, 0.5)
        pool.lifetime = .zero
        let settings = pool.settings(queue: .seconds(7))
        #expect(settings.size == 40)
        #expect(settings.minSize == 2)
        #expect(settings.warmUpPercent == 29)
        #expect(settings.keepIdlePercent == 50)
        #expect(settings.lifetime == 0)
        #expect(settings.queueTimeout == 7_000_000_000)
    }

    @Test func nothingIsAuditedWithoutAFile() {
        var audit = Configuration.Audit()
        #expect(audit.log == nil)
        #expect(!audit.options.isActive)
        audit.file = "/tmp/a.jsonl"
        audit.durability = .beforeForward
        audit.policy = .drop
        #expect(audit.log?.durability == .beforeForward)
        #expect(audit.log?.overflow == .drop)
        #expect(audit.options.isActive)
        #expect(audit.log?.syslog == nil && audit.log?.anchor == nil)
        audit.syslog.address = .tcp(host: "logs.example", port: 6514)
        audit.syslog.events = .checkpoints
        #expect(audit.log?.syslog?.receiver.transport == .tls)
        audit.anchor = .url(isSecure: true, host: "anchor.example", port: 443, path: "/a?b")
        audit.anchorCA = "/ca.pem"
        var receiver = AuditSettings.Receiver(host: "anchor.example", port: 443, transport: .tls)
        receiver.authorityFile = "/ca.pem"
        #expect(audit.log?.anchor == .service(receiver, path: "/a?b"))
        #expect(audit.log?.syslog?.sendsEvents == false)
        #expect(audit.log?.checkpointDelay == 10_000_000_000)
        audit.enabled = false
        #expect(audit.log == nil)
    }

    @Test func fractionalRatesAreRoundedUpAndNoneIsNoLimit() {
        var user = Configuration.User()
        #expect(user.rate == nil)
        user.rateLimit = 0.2
        #expect(user.rate == RateLimit(rate: 1))
        user.rateLimit = 1e300
        #expect(user.rate?.rate == RateLimit.maximum)
    }

    @Test func usersKeepTheirIdentityAndRules() throws {
        var user = Configuration.User()
        user.name = "alice"
        user.credentials = [.password(Secret("pw"))]
        user.backend.identity = .setRole
        #expect(try UserRecord(user).backend == .setRole("alice"))
        user.backend.identity = .own
        user.backend.user = "al"
        #expect(try UserRecord(user).backend == .own(user: "al", password: nil))
        user.credentials = [.scramVerifier(Secret("SCRAM-SHA-256$damaged"))]
        #expect(throws: StartError.self) { try UserRecord(user) }
    }

    @Test func backendsVerifyAsLibpqDoes() {
        var backend = Configuration.Backend()
        #expect(backend.tlsSettings?.verification == TLSClientSettings.Verification.none)
        backend.tls.mode = .require
        #expect(backend.tlsSettings?.verification == TLSClientSettings.Verification.none)
        backend.tls.ca = "/ca.pem"
        #expect(backend.tlsSettings?.verification == .authority)
        backend.tls.mode = .verifyFull
        #expect(backend.tlsSettings?.verification == .host)
        backend.address = .unix(path: "/run/s")
        #expect(backend.tlsSettings == nil)
    }

    @Test func settingsThatARunningProcessCannotFollowAreNamed() {
        let old = Configuration.sample()
        func late(_ change: (inout Configuration) -> Void) -> [String] {
            let new = Configuration.sample(change)
            return old.changes(to: new).filter { RestartSettings.needsRestart($0, from: old, to: new) }.map(\.path)
        }
        #expect(late { $0.runtime.threads = 3 } == ["runtime.threads"])
        #expect(late { $0.audit.file = "/a" } == ["audit.file"])
        #expect(
            late {
                $0.audit.file = "/a"
                $0.audit.syslog.facility = 1
                $0.audit.anchor = .file("/b")
                $0.audit.checkpoint = .seconds(1)
            } == ["audit.file", "audit.anchor", "audit.syslog.facility"])
        #expect(late { $0.timeouts.query = .seconds(1) } == [])
        #expect(late { $0.control.socket = "/x" } == ["control.socket"])
    }
}
