import Glibc

/// A line as it was read: what it says, and the hash it claims.
struct ChainedLine {
    /// The line up to its link.
    let body: ArraySlice<UInt8>
    let hash: ChainHash

    private static let key = Array(#","chain":""#.utf8)
    private static let end = Array("\"}".utf8)
    /// `{"time":"2026-11-23T17:17:20.123456Z","event":"`
    private static let eventOffset = 9 + Timestamp.length + 11

    /// - Parameter line: without its newline. Nil for what this log has not written.
    init?(_ line: ArraySlice<UInt8>) {
        guard line.count >= ChainLink.byteCount, line.suffix(2).elementsEqual(Self.end) else { return nil }
        let digits = line.dropLast(2).suffix(ChainHash.length)
        let body = line[..<(digits.startIndex - Self.key.count)]
        guard line[body.endIndex..<digits.startIndex].elementsEqual(Self.key), let hash = ChainHash(digits) else {
            return nil
        }
        self.body = body
        self.hash = hash
    }

    /// Whether it is an event of this name.
    func isEvent(_ name: StaticString) -> Bool {
        let start = body.startIndex + Self.eventOffset
        let end = start + name.utf8CodeUnitCount
        guard end < body.endIndex, body[end] == UInt8(ascii: "\"") else { return false }
        return body[start..<end].elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: end - start))
    }

    func number(_ key: String) -> UInt64? {
        guard let start = value(key) else { return nil }
        let digits = body[start...].prefix { (48...57).contains($0) }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    /// A text without escapes.
    func text(_ key: String) -> ArraySlice<UInt8>? {
        guard let start = value(key), start < body.endIndex, body[start] == UInt8(ascii: "\"") else { return nil }
        return body[(start + 1)...].prefix { $0 != UInt8(ascii: "\"") }
    }

    var time: String { String(decoding: body.dropFirst(9).prefix(Timestamp.length), as: UTF8.self) }

    /// Where a field's value begins. Inside a text the quotes of `,"key":` would be escaped, so that it is found only
    /// as a key.
    private func value(_ key: String) -> Int? { body.index(after: Array(",\"\(key)\":".utf8)) }

    /// What a checkpoint's signature is of; nil without one.
    var signed: ArraySlice<UInt8>? {
        let key = Array(#","signature":""#.utf8)
        return body.index(after: key).map { body[..<($0 - key.count)] }
    }
}

extension ArraySlice<UInt8> {
    /// The index behind the first occurrence of `part`.
    func index(after part: [UInt8]) -> Int? {
        guard let first = part.first else { return startIndex }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = 0
            while bytes.count - index >= part.count {
                guard let found = memchr(base + index, Int32(first), bytes.count - index - part.count + 1) else {
                    return nil
                }
                index = UnsafeRawPointer(found) - base
                if memcmp(found, part, part.count) == 0 { return startIndex + index + part.count }
                index += 1
            }
            return nil
        }
    }
}
