/// What was decided about a statement.
public enum AuditVerdict: Sendable, Equatable {
    case allowed
    /// Answered by the proxy with an error.
    case refused
    /// Allowed, and somebody should look at it.
    case alerted
    /// Allowed without having been understood.
    case notInspected

    var name: StaticString {
        switch self {
        case .allowed: "allowed"
        case .refused: "refused"
        case .alerted: "alerted"
        case .notInspected: "not_inspected"
        }
    }
}

/// A statement's kind (`select`, `copy`, …), from the inspector's closed vocabulary.
public struct AuditKind: Sendable {
    let name: StaticString

    /// - Parameter name: lower-case words; written without escaping.
    public init(_ name: StaticString) { self.name = name }
}

/// A server's error code, at most 15 letters, digits, `-` or `_`; anything else a peer sends is cut off.
public struct AuditErrorCode: Sendable, Equatable {
    // Inline, so that a statement's record allocates nothing: byte i is bits 8*i of the pair, the top byte the count.
    var low: UInt64 = 0
    var high: UInt64 = 0

    public init?(_ bytes: some Sequence<UInt8>) {
        var count: UInt64 = 0
        for byte in bytes {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 95: break
            default: return nil
            }
            guard count < 15 else { break }
            if count < 8 { low |= UInt64(byte) << (8 * count) } else { high |= UInt64(byte) << (8 * (count - 8)) }
            count += 1
        }
        guard count > 0 else { return nil }
        high |= count << 56
    }

    var count: Int { Int(high >> 56) }
}
