public import Bytes

/// v: the server speaks an older minor version, or does not know some protocol options.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | newest version supported for the major version asked for, as in the startup packet |
/// | 4 | 4 | number of options not recognised |
/// | | any each | option's name, zero |
public struct NegotiateProtocolVersion: PostgresMessage, Equatable, Sendable {
    @inlinable public static var typeByte: UInt8 { BackendMessageType.negotiateProtocolVersion.rawValue }

    public let version: ProtocolVersion
    public let unrecognisedOptions: [String]

    public init(version: ProtocolVersion, unrecognisedOptions: [String]) {
        self.version = version
        self.unrecognisedOptions = unrecognisedOptions
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        version = ProtocolVersion(rawValue: try reader.u32())
        let count = try reader.i32()
        guard count >= 0, Int(count) <= PostgresLimits.startupParameters else { throw .invalid(at: 4) }
        var options: [String] = []
        for _ in 0..<count { options.append(try reader.cStringText()) }
        unrecognisedOptions = options
    }

    public func encode(onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.negotiateProtocolVersion)
        out.append(bigEndian: version.rawValue)
        out.append(bigEndian: UInt32(truncatingIfNeeded: unrecognisedOptions.count))
        for option in unrecognisedOptions { out.append(cutAtZero: option) }
        out.endMessage(mark)
    }
}
