public import Bytes

/// p: the client's next words in a SASL exchange (or GSSAPI's): the whole payload.
public struct SASLResponse: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.password.rawValue }

    public let response: Range<Int>

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        response = reader.rest()
    }

    public static func encode(_ response: [UInt8], onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.password)
        out.append(response)
        out.endMessage(mark)
    }
}
