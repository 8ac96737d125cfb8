public import Bytes

/// SSLRequest and GSSENCRequest: packets without a body that ask to encrypt before anything else is said.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | length, 8 |
/// | 4 | 4 | 80877103 (SSL) or 80877104 (GSS) |
///
/// The answer is one byte, not a message: `EncryptionResponse`.
public enum EncryptionRequest: Sendable {
    case ssl
    case gss

    public func encode(onto out: inout ByteBuffer) {
        out.append(bigEndian: 8 as UInt32)
        switch self {
        case .ssl: out.append(bigEndian: ProtocolVersion.sslRequest.rawValue)
        case .gss: out.append(bigEndian: ProtocolVersion.gssEncryptionRequest.rawValue)
        }
    }
}

/// The one byte that answers an `EncryptionRequest`. A server too old or too full answers with an ErrorResponse (E).
public enum EncryptionResponse: UInt8, Sendable {
    case acceptSSL = 0x53  // S
    case acceptGSS = 0x47  // G
    case refuse = 0x4E  // N
    case error = 0x45  // E
}
