public import Bytes

/// P: makes a prepared statement.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | statement's name, zero; empty: the unnamed statement |
/// | | any | text, zero |
/// | | 2 | number of parameter types given, 0...65,535 |
/// | | 4 each | type OID, 0: to be found out |
@frozen
public struct ParseMessage: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.parse.rawValue }

    public let statement: Range<Int>
    public let query: Range<Int>
    /// The type OIDs, 4 bytes each, big-endian.
    public let parameterTypes: Range<Int>

    @inlinable public var parameterTypeCount: Int { parameterTypes.count / 4 }

    /// Everything behind the statement's name: what makes two statements the same.
    @inlinable public var body: Range<Int> { statement.upperBound + 1..<parameterTypes.upperBound }

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        statement = try reader.cString()
        query = try reader.cString()
        parameterTypes = try reader.range(4 * Int(reader.u16()))
    }

    /// The same message under another statement name; `body` is cut from the payload by `ParseMessage.body`.
    @inlinable
    public static func encode(
        statement: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer, onto out: inout ByteBuffer
    ) {
        let mark = out.beginMessage(.parse)
        unsafe out.append(cutAtZero: statement)
        unsafe out.append(body)
        out.endMessage(mark)
    }

    /// - Throws: `zeroByteInString`, before anything is written.
    public static func encode(
        statement: String, query: String, parameterTypes: [UInt32] = [], onto out: inout ByteBuffer
    ) throws(PostgresWireError) {
        try statement.checkZeroFree()
        try query.checkZeroFree()
        precondition(parameterTypes.count <= UInt16.max)
        let mark = out.beginMessage(.parse)
        out.append(cString: statement)
        out.append(cString: query)
        out.append(bigEndian: UInt16(parameterTypes.count))
        for type in parameterTypes { out.append(bigEndian: type) }
        out.endMessage(mark)
    }
}
