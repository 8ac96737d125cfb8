public import Bytes

/// p: the client's choice of a SASL mechanism and its first words.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | mechanism's name, zero |
/// | | 4 | length of the response, -1: none |
/// | | n | response |
public struct SASLInitialResponse: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.password.rawValue }

    public let mechanism: Range<Int>
    /// Nil when the client sent none, which is not the same as an empty one.
    public let response: Range<Int>?

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        mechanism = try reader.cString()
        response = try reader.field()
    }

    public static func encode(mechanism: String, response: [UInt8]?, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.password)
        out.append(cutAtZero: mechanism)
        if let response {
            out.append(bigEndian: UInt32(truncatingIfNeeded: response.count))
            out.append(response)
        } else {
            out.append(bigEndian: -1 as Int32)
        }
        out.endMessage(mark)
    }
}
