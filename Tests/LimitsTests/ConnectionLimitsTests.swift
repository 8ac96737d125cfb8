import Core
import Testing

@testable import Limits

@Suite struct ConnectionLimitsTests {
    private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    private static func limits(_ change: (inout ConnectionLimitSettings) -> Void) -> ConnectionLimits {
        var settings = ConnectionLimitSettings()
        change(&settings)
        return ConnectionLimits(settings)
    }

    private static func refusal(_ limits: ConnectionLimits, _ address: IPAddress?) -> ConnectionRefusal? {
        do throws(ConnectionRefusal) {
            _ = try limits.admit(address)
            return nil
        } catch {
            return error
        }
    }

    @Test func placesComeBack() throws {
        let limits = Self.limits { $0.total = 1 }
        do {
            let permit = try limits.admit(Self.address("10.0.0.1"))
            #expect(Self.refusal(limits, nil) == .total)
            #expect(limits.counts == (1, 1))
            _ = consume permit
        }
        #expect(limits.counts == (0, 0))
        #expect(Self.refusal(limits, nil) == nil)
    }

    @Test func perAddressWithV6Networks() throws {
        let limits = Self.limits { $0.perAddress = 1 }
        let first = try limits.admit(Self.address("2001:db8::1"))
        #expect(Self.refusal(limits, try Self.address("2001:db8::ffff:2")) == .address)
        #expect(Self.refusal(limits, try Self.address("2001:db8:0:1::1")) == nil)
        let second = try limits.admit(Self.address("10.0.0.1"))
        #expect(Self.refusal(limits, try Self.address("::ffff:10.0.0.1")) == .address)
        #expect(Self.refusal(limits, try Self.address("10.0.0.2")) == nil)
        let third = try limits.admit(nil)
        #expect(Self.refusal(limits, nil) == nil)
        _ = consume first
        _ = consume second
        _ = consume third
    }

    @Test func aBalancerIsCountedByWhomItNames() throws {
        let limits = Self.limits { $0.perAddress = 1 }
        let client = try Self.address("198.51.100.7")
        do {
            var permit = try limits.admit(nil)
            try permit.attribute(to: client)
            #expect(Self.refusal(limits, client) == .address)
            _ = consume permit
        }
        #expect(Self.refusal(limits, client) == nil)
        #expect(limits.counts == (0, 0))
    }

    @Test func aListenerHasItsOwnLimit() throws {
        let limits = Self.limits { $0.total = 3 }
        let first = try limits.admit(nil, listener: "public", maximum: 1)
        #expect(throws: ConnectionRefusal.listener) { _ = try limits.admit(nil, listener: "public", maximum: 1) }
        let second = try limits.admit(nil, listener: "inside")
        #expect(limits.counts.open == 2)
        _ = consume first
        let third = try limits.admit(nil, listener: "public", maximum: 1)
        _ = consume second
        _ = consume third
        #expect(limits.counts.open == 0)
    }

    @Test func loginMovesTheConnectionToItsUser() throws {
        let limits = Self.limits {
            $0.unauthenticated = 2
            $0.unauthenticatedPerAddress = 1
        }
        let address = try Self.address("10.0.0.1")
        var first = try limits.admit(address)
        #expect(Self.refusal(limits, address) == .unauthenticatedAddress)
        try first.authenticate(user: "alice", maximum: 1)
        #expect(limits.counts == (1, 0))
        var second = try limits.admit(address)
        do throws(ConnectionRefusal) {
            try second.authenticate(user: "alice", maximum: 1)
            Issue.record("not refused")
        } catch {
            #expect(error == .user)
        }
        #expect(limits.counts == (2, 1))
        _ = consume first
        try second.authenticate(user: "alice", maximum: 1)
        _ = consume second
        #expect(limits.counts == (0, 0))
    }

    @Test func countsStayExactUnderConcurrency() async {
        let limits = Self.limits { $0.total = 50 }
        await withTaskGroup(of: Int.self) { group in
            for index in 0..<8 {
                group.addTask {
                    var admitted = 0
                    for _ in 0..<2000 {
                        guard var permit = try? limits.admit(IPAddress(v4: UInt32(index))) else { continue }
                        #expect(limits.counts.open <= 50)
                        if index % 2 == 0 { try? permit.authenticate(user: "u", maximum: 2) }
                        admitted += 1
                    }
                    return admitted
                }
            }
            for await admitted in group { #expect(admitted > 0) }
        }
        #expect(limits.counts == (0, 0))
    }

    @Test(arguments: [
        (1, "8000::"), (32, "ffff:ffff::"), (64, "ffff:ffff:ffff:ffff::"), (65, "ffff:ffff:ffff:ffff:8000::"),
        (128, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
    func masks(prefix: Int, expected: String) throws {
        let ones = IPAddress(high: .max, low: .max)
        #expect(ones.masked(v6Prefix: prefix) == (try Self.address(expected)))
    }
}
