internal import Bytes
internal import WirePostgres

/// How a client wants a column.
enum ResultFormat: UInt16, Sendable {
    case text = 0
    case binary = 1
}

/// Rows of the console in PostgreSQL's text and binary formats.
enum ResultEncoder {
    /// RowDescription; no formats is all text.
    static func encode(_ columns: [Column], _ formats: [ResultFormat], onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.rowDescription as BackendMessageType)
        out.append(bigEndian: UInt16(clamping: columns.count))
        for (index, column) in columns.enumerated() {
            let (type, size) = identity(column.type)
            out.append(cString: column.name)
            out.append(bigEndian: 0 as UInt32)
            out.append(bigEndian: 0 as UInt16)
            out.append(bigEndian: type)
            out.append(bigEndian: size)
            out.append(bigEndian: -1 as Int32)
            out.append(bigEndian: (index < formats.count ? formats[index] : .text).rawValue)
        }
        out.endMessage(mark)
    }

    /// DataRow.
    static func encode(_ row: [Value], _ columns: [Column], _ formats: [ResultFormat], onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.dataRow as BackendMessageType)
        out.append(bigEndian: UInt16(clamping: row.count))
        for (index, value) in row.enumerated() {
            let isBinary = index < formats.count && formats[index] == .binary
            let type = index < columns.count ? columns[index].type : .text
            guard value != .null else {
                out.append(bigEndian: -1 as Int32)
                continue
            }
            let start = out.count
            out.append(bigEndian: 0 as UInt32)
            if isBinary { encodeBinary(value, type, onto: &out) } else { encodeText(value, type, onto: &out) }
            out.patch(bigEndian: UInt32(clamping: out.count - start - 4), at: start)
        }
        out.endMessage(mark)
    }

    /// OID and size (pg_type).
    private static func identity(_ type: Column.ValueType) -> (UInt32, Int16) {
        switch type {
        case .text: (25, -1)
        case .int4: (23, 4)
        case .int8: (20, 8)
        case .numeric: (1700, -1)
        case .bool: (16, 1)
        }
    }

    private static func encodeText(_ value: Value, _ type: Column.ValueType, onto out: inout ByteBuffer) {
        switch value {
        case .null: break
        case .int(let number): out.append(decimal: type == .int4 ? Int64(Int32(clamping: number)) : number)
        case .bool(let flag): out.append(flag ? "t" : "f")
        case .text(let text): out.append(utf8: text)
        }
    }

    private static func encodeBinary(_ value: Value, _ type: Column.ValueType, onto out: inout ByteBuffer) {
        guard case .int(let number) = value else {
            if case .bool(let flag) = value { return out.append(flag ? 1 : 0 as UInt8) }
            return encodeText(value, type, onto: &out)
        }
        switch type {
        case .text, .bool: out.append(decimal: number)
        case .int4: out.append(bigEndian: Int32(clamping: number))
        case .int8: out.append(bigEndian: number)
        case .numeric: encodeNumeric(number, onto: &out)
        }
    }

    /// As `numeric_send`: number of digits to the base of 10,000, weight of the first, sign, scale, digits; 2 bytes each.
    private static func encodeNumeric(_ number: Int64, onto out: inout ByteBuffer) {
        var digits: [UInt16] = []
        var rest = number.magnitude
        while rest > 0 {
            digits.append(UInt16(rest % 10_000))
            rest /= 10_000
        }
        let weight = max(digits.count - 1, 0)
        // Zeros at the end are not written.
        let significant = digits.drop { $0 == 0 }
        out.append(bigEndian: UInt16(significant.count))
        out.append(bigEndian: UInt16(weight))
        out.append(bigEndian: number < 0 ? 0x4000 : 0 as UInt16)
        out.append(bigEndian: 0 as UInt16)
        for digit in significant.reversed() { out.append(bigEndian: digit) }
    }
}
