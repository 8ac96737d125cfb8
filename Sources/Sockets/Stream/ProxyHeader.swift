internal import Core

/// The header by which a load balancer tells whom it speaks for: PROXY protocol versions 1 and 2
/// (HAProxy's proxy-protocol.txt). Pure: bytes in, addresses out.
public struct ProxyHeader: Equatable, Sendable {
    /// The client's address and port; nil for `UNKNOWN` and `LOCAL`, where the connection's own peer counts.
    public let source: SocketAddress?
    /// Bytes of the header, which the caller takes off the stream.
    public let length: Int

    public enum ParseError: Error, Equatable, Sendable {
        /// Not a PROXY header, or one that breaks its grammar.
        case malformed
    }

    /// Longest version 1 line with its CRLF (§2.1), in bytes.
    public static let longestV1 = 107
    /// Longest version 2 header accepted, TLVs included, in bytes. The format allows 65,551.
    public static let longestV2 = 16 + 4096
    private static let signatureV2: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]

    /// Nil while more bytes are needed.
    public static func parse(_ bytes: [UInt8]) throws(ParseError) -> ProxyHeader? {
        let v2 = signatureV2
        if bytes.prefix(12).elementsEqual(v2.prefix(bytes.count)) {
            return bytes.count < 16 ? nil : try parseV2(bytes)
        }
        guard bytes.prefix(6).elementsEqual("PROXY ".utf8.prefix(bytes.count)) else { throw .malformed }
        guard let end = bytes.prefix(longestV1).firstIndex(of: 10) else {
            if bytes.count >= longestV1 { throw .malformed }
            return nil
        }
        guard end > 0, bytes[end - 1] == 13 else { throw .malformed }
        return try parseV1(bytes[6..<(end - 1)], length: end + 1)
    }

    private static func parseV1(_ line: ArraySlice<UInt8>, length: Int) throws(ParseError) -> ProxyHeader {
        let fields = line.split(separator: 32, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        if fields[0] == "UNKNOWN" { return ProxyHeader(source: nil, length: length) }
        guard fields.count == 5, fields[0] == "TCP4" || fields[0] == "TCP6",
            let source = IPAddress(fields[1]), let target = IPAddress(fields[2]),
            source.isV4 == (fields[0] == "TCP4"), target.isV4 == source.isV4,
            let port = UInt16(fields[3]), UInt16(fields[4]) != nil
        else { throw .malformed }
        return ProxyHeader(source: .ip(source, port: port), length: length)
    }

    private static func parseV2(_ bytes: [UInt8]) throws(ParseError) -> ProxyHeader? {
        guard bytes[12] >> 4 == 2, bytes[12] & 15 <= 1 else { throw .malformed }
        let size = Int(bytes[14]) << 8 | Int(bytes[15])
        let length = 16 + size
        guard length <= longestV2 else { throw .malformed }
        guard bytes.count >= length else { return nil }
        // LOCAL: the balancer speaks for itself (a health check).
        if bytes[12] & 15 == 0 { return ProxyHeader(source: nil, length: length) }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes[13] >> 4 {
        case 1:
            guard size >= 12 else { throw .malformed }
            let address = IPAddress(v4: UInt32(number(16..<20)))
            return ProxyHeader(source: .ip(address, port: UInt16(number(24..<26))), length: length)
        case 2:
            guard size >= 36 else { throw .malformed }
            let address = IPAddress(high: number(16..<24), low: number(24..<32))
            return ProxyHeader(source: .ip(address, port: UInt16(number(48..<50))), length: length)
        default:
            return ProxyHeader(source: nil, length: length)
        }
    }
}
