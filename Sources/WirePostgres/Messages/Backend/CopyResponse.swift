public import Bytes

/// G, H and W: a copy into the server, out of it, or both ways (replication) begins.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 1 | 0: textual, 1: binary |
/// | 1 | 2 | number of columns |
/// | | 2 each | column's format |
public struct CopyResponse: Equatable, Sendable {
    public enum Direction: Sendable {
        case copyIn
        case out
        case both

        public var type: BackendMessageType {
            switch self {
            case .copyIn: .copyInResponse
            case .out: .copyOutResponse
            case .both: .copyBothResponse
            }
        }
    }

    public let isBinary: Bool
    /// 2 bytes each.
    public let formats: Range<Int>

    public init(_ direction: Direction, payload: UnsafeRawBufferPointer) throws(PostgresWireError) {
        do throws(ByteReaderError) {
            var reader = unsafe ByteReader(payload)
            let format = try reader.u8()
            guard format <= 1 else { throw ByteReaderError.invalid(at: 0) }
            isBinary = format == 1
            formats = try reader.range(2 * Int(reader.u16()))
            try reader.finish()
        } catch {
            throw .malformed(type: direction.type.rawValue, error)
        }
    }

    /// `columnCount` columns, all of the same format.
    public static func encode(
        _ direction: Direction, isBinary: Bool = false, columnCount: UInt16, onto out: inout ByteBuffer
    ) {
        let mark = out.beginMessage(direction.type)
        out.append(isBinary ? 1 : 0 as UInt8)
        out.append(bigEndian: columnCount)
        for _ in 0..<columnCount { out.append(bigEndian: isBinary ? 1 : 0 as UInt16) }
        out.endMessage(mark)
    }
}
