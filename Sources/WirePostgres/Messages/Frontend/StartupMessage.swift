public import Bytes

/// The packet that asks for a session.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | length |
/// | 4 | 4 | protocol version, 3.x |
/// | 8 | any | name, zero, value, zero; again for every parameter |
/// | end - 1 | 1 | zero |
///
/// Names that begin with `_pq_.` are protocol options, for NegotiateProtocolVersion where we do not know them.
public struct StartupMessage: Equatable, Sendable {
    public struct Parameter: Equatable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public let version: ProtocolVersion
    /// Every parameter in the order it came in, names unchanged, doubles included.
    public let parameters: [Parameter]

    public init(version: ProtocolVersion = .v30, parameters: [Parameter]) {
        self.version = version
        self.parameters = parameters
    }

    /// The last value given for `name`: PostgreSQL too lets a later one win.
    public subscript(_ name: String) -> String? {
        parameters.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    public var user: String { self["user"] ?? "" }

    /// The database asked for: the user's name where none is.
    public var database: String {
        guard let name = self["database"], !name.isEmpty else { return user }
        return name
    }

    /// Protocol options (`_pq_.*`) in order.
    public var protocolOptions: [Parameter] {
        parameters.filter { $0.name.utf8.starts(with: "_pq_.".utf8) }
    }

    /// Session settings: all but user, database, replication, options and protocol options.
    public var settings: [Parameter] {
        parameters.filter { parameter in
            !["user", "database", "replication", "options"].contains(parameter.name)
                && !parameter.name.utf8.starts(with: "_pq_.".utf8)
        }
    }

    /// Decodes what follows the version.
    ///
    /// User and database must be UTF-8, since two names repaired alike must not become one; other values are repaired.
    /// - Throws: `malformed` with type 0, `missingUser`.
    public init(version: ProtocolVersion, payload: UnsafeRawBufferPointer) throws(PostgresWireError) {
        self.version = version
        do throws(ByteReaderError) {
            var reader = unsafe ByteReader(payload)
            parameters = try Self.readParameters(&reader)
            try reader.finish()
        } catch {
            throw .malformed(type: 0, error)
        }
        guard !user.isEmpty else { throw .missingUser }
    }

    private static func readParameters(_ reader: inout ByteReader) throws(ByteReaderError) -> [Parameter] {
        var parameters: [Parameter] = []
        while let next = reader.peek(), next != 0 {
            guard parameters.count < PostgresLimits.startupParameters else { throw .invalid(at: reader.offset) }
            let name = reader.text(try reader.cString())
            let range = try reader.cString()
            let value = reader.text(range)
            // Repairing changes the length or puts U+FFFD in; a name that holds U+FFFD itself is refused as well.
            if name == "user" || name == "database", value.unicodeScalars.contains("\u{FFFD}") {
                throw .invalid(at: range.lowerBound)
            }
            parameters.append(Parameter(name, value))
        }
        _ = try reader.u8()
        return parameters
    }

    /// - Throws: `zeroByteInString`, before anything is written.
    public func encode(onto out: inout ByteBuffer) throws(PostgresWireError) {
        for parameter in parameters {
            try parameter.name.checkZeroFree()
            try parameter.value.checkZeroFree()
        }
        let mark = out.count
        out.append(bigEndian: 0 as UInt32)
        out.append(bigEndian: version.rawValue)
        for parameter in parameters {
            out.append(cString: parameter.name)
            out.append(cString: parameter.value)
        }
        out.append(0 as UInt8)
        out.patch(bigEndian: UInt32(truncatingIfNeeded: out.count - mark), at: mark)
    }
}
