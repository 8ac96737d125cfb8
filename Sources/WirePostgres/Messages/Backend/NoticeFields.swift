public import Bytes

/// E and N: an error or a notice.
///
/// | offset | width | value |
/// |---|---|---|
/// | 0 | 1 | field's code, see `NoticeField`; 0 ends the message |
/// | | any | field's text, zero; then the next field |
///
/// Keeps where the fields lie; unknown fields are kept too.
public struct NoticeFields: PostgresMessage, Equatable, Sendable {
    /// ErrorResponse and NoticeResponse are laid out alike; errors in either are reported under this type.
    @inlinable public static var typeByte: UInt8 { BackendMessageType.errorResponse.rawValue }

    public struct Field: Equatable, Sendable {
        public let code: NoticeField
        public let text: Range<Int>
    }

    /// In the order sent.
    public let fields: [Field]

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        var fields: [Field] = []
        while true {
            let code = try reader.u8()
            guard code != 0 else { break }
            guard fields.count < PostgresLimits.noticeFields else { throw .invalid(at: reader.offset) }
            fields.append(Field(code: NoticeField(rawValue: code), text: try reader.cString()))
        }
        self.fields = fields
    }

    /// Where the first field with `code` lies.
    public subscript(_ code: NoticeField) -> Range<Int>? {
        fields.first { $0.code == code }?.text
    }

    /// The SQLSTATE of a message without decoding the rest or allocating; nil where there is none.
    public static func state(payload: UnsafeRawBufferPointer) -> SQLState? {
        guard let text = unsafe find(.state, payload: payload) else { return nil }
        return unsafe SQLState(bytes: payload.slice(text))
    }

    /// Whether the sender is about to close the connection: severity FATAL or PANIC, untranslated.
    public static func isFatal(payload: UnsafeRawBufferPointer) -> Bool {
        guard let range = unsafe find(.severity, payload: payload) ?? find(.localizedSeverity, payload: payload) else {
            return false
        }
        let text = unsafe payload.slice(range)
        return unsafe text.equals("FATAL") || text.equals("PANIC")
    }

    /// Where the first field with `code` lies, read without allocating. `payload` may be only the message's front.
    public static func find(_ code: NoticeField, payload: UnsafeRawBufferPointer) -> Range<Int>? {
        var reader = unsafe ByteReader(payload)
        while let next = try? reader.u8(), next != 0 {
            guard let text = try? reader.cString() else { return nil }
            if next == code.rawValue { return text }
        }
        return nil
    }
}

/// The code of a field in an ErrorResponse or NoticeResponse.
public struct NoticeField: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// S: perhaps translated.
    public static let localizedSeverity = NoticeField(rawValue: UInt8(ascii: "S"))
    /// V: never translated; since PostgreSQL 9.6.
    public static let severity = NoticeField(rawValue: UInt8(ascii: "V"))
    /// C: SQLSTATE.
    public static let state = NoticeField(rawValue: UInt8(ascii: "C"))
    public static let message = NoticeField(rawValue: UInt8(ascii: "M"))
    public static let detail = NoticeField(rawValue: UInt8(ascii: "D"))
    public static let hint = NoticeField(rawValue: UInt8(ascii: "H"))
    /// P: in characters of the query, from 1.
    public static let position = NoticeField(rawValue: UInt8(ascii: "P"))
    public static let internalPosition = NoticeField(rawValue: UInt8(ascii: "p"))
    public static let internalQuery = NoticeField(rawValue: UInt8(ascii: "q"))
    /// W: the call stack.
    public static let context = NoticeField(rawValue: UInt8(ascii: "W"))
    public static let schema = NoticeField(rawValue: UInt8(ascii: "s"))
    public static let table = NoticeField(rawValue: UInt8(ascii: "t"))
    public static let column = NoticeField(rawValue: UInt8(ascii: "c"))
    public static let dataType = NoticeField(rawValue: UInt8(ascii: "d"))
    public static let constraint = NoticeField(rawValue: UInt8(ascii: "n"))
    public static let file = NoticeField(rawValue: UInt8(ascii: "F"))
    public static let line = NoticeField(rawValue: UInt8(ascii: "L"))
    public static let routine = NoticeField(rawValue: UInt8(ascii: "R"))
}
