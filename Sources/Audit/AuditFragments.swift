/// The part of a line that is the same for a whole session, encoded once. Build it again when a field changes.
public struct AuditSession: Sendable {
    /// Bytes of a field that are kept; users and application names come from the peer.
    public static let maxFieldBytes = 256

    let json: [UInt8]

    /// - Parameters:
    ///   - id: unique within the process.
    ///   - client: address and port.
    ///   - tls: protocol version, nil without TLS.
    ///   - backend: nil before the session has one.
    public init(
        id: UInt64, protocolName: String, listener: String, client: String, tls: String?, user: String,
        application: String, backend: String?, database: String
    ) {
        var json = Array(#","session":"#.utf8)
        json += Array(String(id).utf8)
        for (key, value) in [
            ("protocol", protocolName), ("listener", listener), ("client", client), ("tls", tls), ("user", user),
            ("application", application), ("backend", backend), ("database", database),
        ] {
            guard let value, !value.isEmpty else { continue }
            json += Array(",\"\(key)\":\"".utf8)
            JSONText.append(value, limit: Self.maxFieldBytes, to: &json)
            json.append(UInt8(ascii: "\""))
        }
        self.json = json
    }

    /// Memory it takes, for caches.
    public var byteCount: Int { json.count }
}

/// The part of a line that is the same for every run of a statement, encoded once and kept with its summary.
public struct AuditStatementText: Sendable {
    let json: [UInt8]

    /// - Parameters:
    ///   - text: the statement in any encoding; normally with its literals already replaced.
    ///   - isRedacted: false when literals are still in it; the line then says so.
    ///   - hash: the statement's shape, the same for all values of its literals.
    ///   - limit: bytes of the text that are kept.
    ///   - isCut: something was left out of `text` already.
    public init(
        _ text: UnsafeRawBufferPointer, isRedacted: Bool, hash: UInt64, limit: Int, isCut: Bool = false
    ) {
        var json = Array(#","statement":""#.utf8)
        json.reserveCapacity(min(text.count, limit) + 80)
        let isCutHere = JSONText.append(text, limit: limit, to: &json)
        json.append(UInt8(ascii: "\""))
        if isCut || isCutHere { json += Array(#","truncated":true"#.utf8) }
        if !isRedacted { json += Array(#","redacted":false"#.utf8) }
        let digits = String(hash, radix: 16)
        json += Array(#","hash":""#.utf8) + Array(repeating: 48, count: 16 - digits.utf8.count) + Array(digits.utf8)
        json.append(UInt8(ascii: "\""))
        self.json = json
    }

    /// For messages that carry no text, such as a function call by number.
    public init() { json = [] }

    /// Memory it takes, for caches.
    public var byteCount: Int { json.count }
}

/// A further field of an event that is recorded rarely.
public struct AuditField: Sendable {
    enum Value: Sendable {
        case text(String)
        case number(UInt64)
    }

    let key: StaticString
    let value: Value

    public static func text(_ key: StaticString, _ value: String) -> AuditField { Self(key: key, value: .text(value)) }
    public static func number(_ key: StaticString, _ value: UInt64) -> AuditField {
        Self(key: key, value: .number(value))
    }

    func encode(to json: inout [UInt8]) {
        json += Array(",\"\(key)\":".utf8)
        switch value {
        case .number(let number): json += Array(String(number).utf8)
        case .text(let text):
            json.append(UInt8(ascii: "\""))
            JSONText.append(text, limit: 4096, to: &json)
            json.append(UInt8(ascii: "\""))
        }
    }
}
