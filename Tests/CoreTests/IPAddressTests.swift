import Core
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
        ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("::ffff:a01:203", "10.1.2.3"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"),
    ])
    func parsesAndPrintsCanonically(_ text: String, _ canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ".", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.", "1.2.3.-4", "1.2.3.4 ",
        " 1.2.3.4",
        "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1%eth0", "[::1]",
        "1:",
        ":1", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4::5:6:7:8", "+1.2.3.4", "::\u{0}",
    ])
    func refuses(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func mappedAddressIsTheV4Address() {
        #expect(IPAddress("::ffff:127.0.0.1") == IPAddress(v4: 0x7f00_0001))
        #expect(IPAddress(v4: 0x7f00_0001).isV4)
        #expect(IPAddress("::127.0.0.1")?.isV4 == false)
        #expect(IPAddress("::1")?.isV4 == false)
    }

    /// Printing and parsing give back every address of a spread of bit patterns.
    @Test func roundTrips() {
        var generator = SplitMix(state: 42)
        for _ in 0..<2000 {
            let masks: [UInt64] = [.max, 0xffff_0000_0000_ffff, 0x0000_ffff_0000_0000, 0]
            let high = generator.next() & masks.randomElement(using: &generator)!
            let low = generator.next() & masks.randomElement(using: &generator)!
            let address = IPAddress(high: high, low: low)
            #expect(IPAddress(address.description) == address, "\(address)")
        }
    }
}

@Suite struct CIDRTests {
    @Test(arguments: [
        ("127.0.0.0/8", "127.255.0.1", true), ("127.0.0.0/8", "128.0.0.1", false), ("10.1.2.3", "10.1.2.3", true),
        ("10.1.2.3", "10.1.2.4", false), ("0.0.0.0/0", "200.1.1.1", true), ("0.0.0.0/0", "::1", false),
        ("::/0", "::1", true), ("::/0", "10.0.0.1", true), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("2001:db8::/64", "2001:db8::ffff", true),
        ("2001:db8::/64", "2001:db8:0:1::", false), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
        ("10.0.0.255/24", "10.0.0.1", true), ("10.0.0.0/8", "::ffff:10.2.3.4", true), ("10.0.0.1/32", "10.0.0.1", true),
        ("10.0.0.0/31", "10.0.0.2", false),
    ])
    func contains(_ block: String, _ address: String, _ expected: Bool) throws {
        #expect(try #require(CIDR(block)).contains(#require(IPAddress(address))) == expected)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "x/8",
    ])
    func refuses(_ text: String) {
        #expect(CIDR(text) == nil)
    }
}

/// Reproducible random numbers (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
