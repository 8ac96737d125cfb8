public import Bytes

/// B: makes a portal of a prepared statement and parameter values.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | any | portal's name, zero; empty: the unnamed portal |
/// | | any | statement's name, zero |
/// | | 2 | number of parameter formats: 0 (all text), 1 (for all) or one per value |
/// | | 2 each | format: 0 text, 1 binary |
/// | | 2 | number of values |
/// | | 4 + n each | value's length, -1: NULL; value |
/// | | 2 | number of result formats: 0, 1 or one per column |
/// | | 2 each | format |
@frozen
public struct BindMessage: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { FrontendMessageType.bind.rawValue }

    public let portal: Range<Int>
    public let statement: Range<Int>
    /// Everything behind the names, not looked at; see `BindParameters`.
    public let body: Range<Int>

    @inlinable
    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        portal = try reader.cString()
        statement = try reader.cString()
        body = reader.rest()
    }

    /// The same message for another statement name; `body` is cut from the payload by `BindMessage.body`.
    @inlinable
    public static func encode(
        portal: UnsafeRawBufferPointer, statement: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer,
        onto out: inout ByteBuffer
    ) {
        let mark = out.beginMessage(.bind)
        unsafe encodeNames(portal: portal, statement: statement, onto: &out)
        unsafe out.append(body)
        out.endMessage(mark)
    }

    /// The head of a renamed Bind whose body of `bodyCount` bytes is streamed behind it.
    @inlinable
    public static func encodeHead(
        portal: UnsafeRawBufferPointer, statement: UnsafeRawBufferPointer, bodyCount: Int, onto out: inout ByteBuffer
    ) {
        let mark = out.beginMessage(.bind)
        unsafe encodeNames(portal: portal, statement: statement, onto: &out)
        out.patch(bigEndian: UInt32(truncatingIfNeeded: out.count &- mark.offset &+ bodyCount), at: mark.offset)
    }

    @inlinable
    static func encodeNames(
        portal: UnsafeRawBufferPointer, statement: UnsafeRawBufferPointer, onto out: inout ByteBuffer
    ) {
        unsafe out.append(cutAtZero: portal)
        unsafe out.append(cutAtZero: statement)
    }

    /// Values in text format, nil for NULL; results in text format.
    ///
    /// - Throws: `zeroByteInString`, before anything is written.
    public static func encode(
        portal: String = "", statement: String, values: [String?] = [], onto out: inout ByteBuffer
    ) throws(PostgresWireError) {
        try portal.checkZeroFree()
        try statement.checkZeroFree()
        precondition(values.count <= UInt16.max)
        let mark = out.beginMessage(.bind)
        out.append(cString: portal)
        out.append(cString: statement)
        out.append(bigEndian: 0 as UInt16)
        out.append(bigEndian: UInt16(values.count))
        for value in values { out.append(field: value) }
        out.append(bigEndian: 0 as UInt16)
        out.endMessage(mark)
    }
}
