public import Bytes

/// R: the server's next step of authentication.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 4 | code |
/// | 4 | any | depends on the code |
///
/// | code | meaning | rest |
/// |---|---|---|
/// | 0 | ok | |
/// | 2 | Kerberos V5 (no server asks for it any more) | |
/// | 3 | clear password | |
/// | 5 | MD5 password | 4 bytes of salt |
/// | 6 | SCM credentials (no longer) | |
/// | 7 | GSSAPI | |
/// | 8 | GSSAPI or SSPI goes on | data |
/// | 9 | SSPI | |
/// | 10 | SASL | mechanisms, each with a zero; zero |
/// | 11 | SASL goes on | data |
/// | 12 | SASL is done | data |
public enum AuthenticationRequest: PostgresMessage, Equatable, Sendable {
    case ok
    case cleartextPassword
    /// The salt's 4 bytes in their order, as a big-endian number.
    case md5Password(salt: UInt32)
    case gss
    case gssContinue(data: Range<Int>)
    case sspi
    /// In the server's order of preference.
    case sasl(mechanisms: [String])
    case saslContinue(data: Range<Int>)
    case saslFinal(data: Range<Int>)
    /// Kerberos, SCM or a code that does not exist.
    case unsupported(code: Int32)

    @inlinable public static var typeByte: UInt8 { BackendMessageType.authentication.rawValue }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        switch try reader.i32() {
        case 0: self = .ok
        case 3: self = .cleartextPassword
        case 5: self = .md5Password(salt: try reader.u32())
        case 7: self = .gss
        case 8: self = .gssContinue(data: reader.rest())
        case 9: self = .sspi
        case 10: self = .sasl(mechanisms: try Self.readMechanisms(&reader))
        case 11: self = .saslContinue(data: reader.rest())
        case 12: self = .saslFinal(data: reader.rest())
        case let code:
            _ = reader.rest()
            self = .unsupported(code: code)
        }
    }

    private static func readMechanisms(_ reader: inout ByteReader) throws(ByteReaderError) -> [String] {
        var mechanisms: [String] = []
        while let next = reader.peek(), next != 0 {
            guard mechanisms.count < PostgresLimits.saslMechanisms else { throw .invalid(at: reader.offset) }
            mechanisms.append(try reader.cStringText())
        }
        _ = try reader.u8()
        return mechanisms
    }
}

extension AuthenticationRequest {
    public static func encodeOK(onto out: inout ByteBuffer) {
        encode(code: 0, onto: &out)
    }

    public static func encodeCleartextPassword(onto out: inout ByteBuffer) {
        encode(code: 3, onto: &out)
    }

    public static func encodeMD5Password(salt: UInt32, onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.authentication)
        out.append(bigEndian: 5 as Int32)
        out.append(bigEndian: salt)
        out.endMessage(mark)
    }

    public static func encodeSASL(mechanisms: [String], onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.authentication)
        out.append(bigEndian: 10 as Int32)
        for mechanism in mechanisms { out.append(cutAtZero: mechanism) }
        out.append(0 as UInt8)
        out.endMessage(mark)
    }

    public static func encodeSASLContinue(_ data: [UInt8], onto out: inout ByteBuffer) {
        encode(code: 11, data: data, onto: &out)
    }

    public static func encodeSASLFinal(_ data: [UInt8], onto out: inout ByteBuffer) {
        encode(code: 12, data: data, onto: &out)
    }

    /// Any code, for tests and for a relay.
    public static func encode(code: Int32, data: [UInt8] = [], onto out: inout ByteBuffer) {
        let mark = out.beginMessage(.authentication)
        out.append(bigEndian: code)
        out.append(data)
        out.endMessage(mark)
    }
}
