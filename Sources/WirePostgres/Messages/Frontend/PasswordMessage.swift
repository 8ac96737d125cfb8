public import Bytes

/// p: the answer to a request for a password: clear, or `md5` and 32 hexadecimal digits.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | password, zero |
public struct PasswordMessage: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.password.rawValue }

    public let password: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        password = try reader.cString()
    }

    /// - Throws: `zeroByteInString`, before anything is written.
    public static func encode(_ password: String, onto out: inout ByteBuffer) throws(PostgresWireError) {
        try password.checkZeroFree()
        let mark = out.beginMessage(.password)
        out.append(cString: password)
        out.endMessage(mark)
    }
}
