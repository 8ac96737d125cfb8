/// An IPv4 or IPv6 address as 128 bits; IPv4 stands in its mapped form `::ffff:a.b.c.d`, so one rule matches both.
public struct IPAddress: Hashable, Sendable {
    /// Network-order halves: `high` holds the first 8 bytes of the address.
    public let high: UInt64
    public let low: UInt64

    private static let mappedPrefix: UInt64 = 0xffff << 32

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter v4: the address in host byte order (127.0.0.1 is 0x7f000001).
    public init(v4: UInt32) {
        high = 0
        low = Self.mappedPrefix | UInt64(v4)
    }

    public var isV4: Bool { high == 0 && low >> 32 == 0xffff }

    /// Parses dotted quads and every form of RFC 4291 §2.2 (`::`, embedded IPv4); no zone, port or brackets.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 45 else { return nil }
        if !bytes.contains(UInt8(ascii: ":")) {
            guard let v4 = Self.parseV4(bytes[...]) else { return nil }
            self.init(v4: v4)
            return
        }
        guard let words = Self.parseV6(bytes) else { return nil }
        func half(_ part: ArraySlice<UInt16>) -> UInt64 { part.reduce(0) { $0 << 16 | UInt64($1) } }
        self.init(high: half(words[0..<4]), low: half(words[4..<8]))
    }

    private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }) else { return nil }
            guard part.count == 1 || part.first != 48 else { return nil }
            let number = part.reduce(0) { $0 * 10 + Int($1 - 48) }
            guard number <= 255 else { return nil }
            value = value << 8 | UInt32(number)
        }
        return value
    }

    private static func parseV6(_ bytes: [UInt8]) -> [UInt16]? {
        var head: [UInt16] = []
        var rest: [UInt16]?
        var index = 0
        if bytes.starts(with: [58, 58]) {
            rest = []
            index = 2
        } else if bytes[0] == 58 {
            return nil
        }
        while index < bytes.count {
            let end = bytes[index...].firstIndex(of: 58) ?? bytes.count
            let group = bytes[index..<end]
            if end == bytes.count, group.contains(UInt8(ascii: ".")) {
                guard let v4 = parseV4(group) else { return nil }
                let pair = [UInt16(v4 >> 16), UInt16(truncatingIfNeeded: v4)]
                if rest != nil { rest! += pair } else { head += pair }
                break
            }
            guard (1...4).contains(group.count), let value = parseHex(group) else { return nil }
            if rest != nil { rest!.append(value) } else { head.append(value) }
            if end == bytes.count { break }
            index = end + 1
            if index == bytes.count { return nil }
            if bytes[index] == 58 {
                guard rest == nil else { return nil }
                rest = []
                index += 1
            }
        }
        guard let rest else { return head.count == 8 ? head : nil }
        guard head.count + rest.count < 8 else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - rest.count) + rest
    }

    private static func parseHex(_ digits: ArraySlice<UInt8>) -> UInt16? {
        var value: UInt16 = 0
        for digit in digits {
            switch digit {
            case 48...57: value = value << 4 | UInt16(digit - 48)
            case 97...102: value = value << 4 | UInt16(digit - 87)
            case 65...70: value = value << 4 | UInt16(digit - 55)
            default: return nil
            }
        }
        return value
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted quad, or RFC 5952's canonical IPv6 text.
    public var description: String {
        if isV4 {
            let v4 = UInt32(truncatingIfNeeded: low)
            return "\(v4 >> 24).\(v4 >> 16 & 255).\(v4 >> 8 & 255).\(v4 & 255)"
        }
        let words = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 & 3))) }
        var best = 0..<0
        var index = 0
        while index < 8 {
            let end = words[index...].firstIndex { $0 != 0 } ?? 8
            if end - index > max(best.count, 1) { best = index..<end }
            index = max(end, index + 1)
        }
        func hex(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? hex(words[...]) : hex(words[..<best.lowerBound]) + "::" + hex(words[best.upperBound...])
    }
}

/// A block of addresses, `10.0.0.0/8` or `2001:db8::/32`; an address without a length is a block of one.
public struct CIDR: Hashable, Sendable {
    public let address: IPAddress
    /// Bits that count, of 128; an IPv4 `/n` is `96 + n`.
    public let prefix: Int

    /// Nil for a bad address or a length out of range. Host bits that are set are ignored, as PostgreSQL's hba does.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else { return nil }
        var prefix = 128
        if parts.count == 2 {
            guard let length = Int(parts[1]), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
                (0...(address.isV4 ? 32 : 128)).contains(length)
            else { return nil }
            prefix = address.isV4 ? 96 + length : length
        }
        self.address = address
        self.prefix = prefix
    }

    public func contains(_ other: IPAddress) -> Bool {
        let highBits = min(prefix, 64)
        let lowBits = prefix - highBits
        let highMask: UInt64 = highBits == 0 ? 0 : ~0 << UInt64(64 - highBits)
        let lowMask: UInt64 = lowBits == 0 ? 0 : ~0 << UInt64(64 - lowBits)
        return (address.high ^ other.high) & highMask == 0 && (address.low ^ other.low) & lowMask == 0
    }
}
