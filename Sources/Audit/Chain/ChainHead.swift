internal import Credentials

/// The hash of a line and all before it: SHA-256, kept as it is written, in 64 lower-case hexadecimal digits.
struct ChainHash: Equatable, Hashable, Sendable {
    static let length = 64

    private var digits: SIMD64<UInt8>

    /// What the first line of a chain follows.
    static let zero = ChainHash(digits: SIMD64(repeating: UInt8(ascii: "0")))

    private init(digits: SIMD64<UInt8>) { self.digits = digits }

    /// Nil unless it is written exactly so.
    init?(_ text: some Collection<UInt8>) {
        guard text.count == Self.length else { return nil }
        var digits = SIMD64<UInt8>()
        for (index, digit) in text.enumerated() {
            guard (48...57).contains(digit) || (97...102).contains(digit) else { return nil }
            digits[index] = digit
        }
        self.digits = digits
    }

    /// - Parameter digest: 32 bytes.
    init(digest: UnsafePointer<UInt8>) {
        digits = SIMD64()
        withUnsafeMutableBytes(of: &digits) { digits in
            for index in 0..<32 {
                digits[2 * index] = Self.digit(digest[index] >> 4)
                digits[2 * index + 1] = Self.digit(digest[index] & 15)
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T { withUnsafeBytes(of: digits, body) }

    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

/// Where a chain stands.
struct ChainHead: Equatable, Sendable {
    /// Lines up to here, over all files.
    var lines: UInt64
    /// Of the last of them.
    var hash: ChainHash

    static let start = ChainHead(lines: 0, hash: .zero)
}

/// The end of every line, `,"chain":"<hash>"}` and a newline. The hash is that of the hash before, as text, followed by
/// the line up to here. Loops leave its place open; the writer fills it when it knows what stands before.
enum ChainLink {
    static let key: StaticString = #","chain":""#
    static let end: StaticString = "\"}\n"
    static let byteCount = key.utf8CodeUnitCount + ChainHash.length + end.utf8CodeUnitCount
}

extension LineCursor {
    /// Ends a line with a link that is still to be filled.
    mutating func putLink() {
        put(ChainLink.key)
        position.update(repeating: UInt8(ascii: "0"), count: ChainHash.length)
        position += ChainHash.length
        put(ChainLink.end)
    }
}
