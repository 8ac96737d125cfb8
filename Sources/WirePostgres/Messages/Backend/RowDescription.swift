public import Bytes

/// T: the columns of the rows to come.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 2 | number of columns, 0...1,664 from PostgreSQL |
/// | | any | column's name, zero |
/// | | 4 | table's OID, 0: none |
/// | | 2 | column's number in the table, 0: none |
/// | | 4 | type's OID |
/// | | 2 | type's size, negative: variable |
/// | | 4 | type modifier |
/// | | 2 | format: 0 text, 1 binary; 0 while unknown |
public struct RowDescription: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.rowDescription.rawValue }

    public struct Column: Equatable, Sendable {
        /// In the payload.
        public let name: Range<Int>
        public let table: UInt32
        public let attribute: Int16
        public let type: UInt32
        public let typeSize: Int16
        public let typeModifier: Int32
        public let format: Int16
    }

    public let columns: [Column]

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        let count = Int(try reader.u16())
        // The least column takes 19 bytes: a count alone must not make us reserve memory.
        try reader.require(count * 19)
        var columns: [Column] = []
        columns.reserveCapacity(count)
        for _ in 0..<count {
            columns.append(
                Column(
                    name: try reader.cString(), table: try reader.u32(), attribute: try reader.i16(),
                    type: try reader.u32(), typeSize: try reader.i16(), typeModifier: try reader.i32(),
                    format: try reader.i16()))
        }
        self.columns = columns
    }

    /// A column for `encode`: name and type, of no table, in text format.
    public struct Heading: Equatable, Sendable {
        public let name: String
        public let type: UInt32
        public let typeSize: Int16

        public init(_ name: String, type: UInt32, typeSize: Int16) {
            self.name = name
            self.type = type
            self.typeSize = typeSize
        }

        public static func text(_ name: String) -> Heading { Heading(name, type: 25, typeSize: -1) }
        public static func int4(_ name: String) -> Heading { Heading(name, type: 23, typeSize: 4) }
        public static func int8(_ name: String) -> Heading { Heading(name, type: 20, typeSize: 8) }
        public static func numeric(_ name: String) -> Heading { Heading(name, type: 1700, typeSize: -1) }
        public static func bool(_ name: String) -> Heading { Heading(name, type: 16, typeSize: 1) }
    }

    /// At most 65,535 headings; names are cut at a zero byte.
    public static func encode(_ headings: [Heading], onto out: inout ByteBuffer) {
        precondition(headings.count <= UInt16.max)
        let mark = out.beginMessage(.rowDescription)
        out.append(bigEndian: UInt16(headings.count))
        for heading in headings {
            out.append(cutAtZero: heading.name)
            out.append(bigEndian: 0 as UInt32)
            out.append(bigEndian: 0 as Int16)
            out.append(bigEndian: heading.type)
            out.append(bigEndian: heading.typeSize)
            out.append(bigEndian: -1 as Int32)
            out.append(bigEndian: 0 as Int16)
        }
        out.endMessage(mark)
    }

    /// Columns that are all text.
    public static func encode(text names: [String], onto out: inout ByteBuffer) {
        encode(names.map(Heading.text), onto: &out)
    }
}
