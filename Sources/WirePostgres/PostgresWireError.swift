public import Bytes

/// What a peer did that protocol 3.0/3.2 does not allow. Ends that peer's connection and nothing else.
///
/// Holds numbers only, never a peer's text, so that it may be logged.
public enum PostgresWireError: Error, Equatable, Sendable {
    /// The declared length, which counts its own 4 bytes, is below its least value.
    case lengthTooSmall(type: UInt8, length: Int)
    /// The declared length is above the named limit in `PostgresLimits`.
    case lengthTooLarge(type: UInt8, length: Int, limit: Int)
    /// A message's payload isn't laid out as its type asks for; offsets count from the payload's first byte.
    case malformed(type: UInt8, ByteReaderError)
    /// A message type that does not exist.
    case unknownMessage(type: UInt8)
    /// A message that exists but not here.
    case unexpectedMessage(type: UInt8)
    /// The startup packet asks for a protocol that is neither 3.x nor a special request.
    case unsupportedProtocol(code: UInt32)
    /// The startup packet names no user (or an empty one).
    case missingUser
    /// A second SSLRequest or GSSENCRequest, or one inside an encrypted connection.
    case repeatedEncryptionRequest
    /// Bytes came behind an encryption request before its answer: a man in the middle's plaintext injection.
    case earlyPlaintext
    /// The server's one-byte answer to an encryption request isn't one of S, N, G.
    case invalidEncryptionResponse(UInt8)
    /// The server asks for an authentication method that we do not have.
    case unsupportedAuthentication(code: Int32)
    /// The server said it is done before the exchange was.
    case incompleteAuthentication
    /// The server chose a protocol version or an option that was not offered.
    case invalidNegotiation
    /// A string to be sent holds a zero byte, which the protocol cannot carry.
    case zeroByteInString
}
