import Glibc

/// Writes one line into memory that was measured beforehand.
struct LineCursor {
    var position: UnsafeMutablePointer<UInt8>

    mutating func put(_ byte: UInt8) {
        position.pointee = byte
        position += 1
    }

    mutating func put(_ text: StaticString) { put(text.utf8Start, text.utf8CodeUnitCount) }

    mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { put(base, $0.count) } }
    }

    mutating func put(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        memcpy(position, bytes, count)
        position += count
    }

    private static let pairs: StaticString = """
        00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354\
        55565758596061626364656667686970717273747576777879808182838485868788899091929394959697989900
        """

    mutating func put(decimal value: UInt64) {
        let digits = Self.digits(value)
        put(value, digits: digits)
    }

    /// The number with leading zeros.
    /// - Parameter digits: 1 to 20, no fewer than the number has.
    mutating func put(_ value: UInt64, digits: Int) {
        var value = value
        var index = digits
        let table = Self.pairs.utf8Start
        while index >= 2 {
            let pair = Int(value % 100)
            value /= 100
            index -= 2
            position[index] = table[2 * pair]
            position[index + 1] = table[2 * pair + 1]
        }
        if index == 1 { position[0] = UInt8(truncatingIfNeeded: 48 + value) }
        position += digits
    }

    static func digits(_ value: UInt64) -> Int {
        var limit: UInt64 = 10
        var count = 1
        while value >= limit {
            count += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        return count
    }

    mutating func put(_ code: AuditErrorCode) {
        for index in 0..<code.count {
            let half = index < 8 ? code.low : code.high
            put(UInt8(truncatingIfNeeded: half >> UInt64(8 * (index & 7))))
        }
    }
}
