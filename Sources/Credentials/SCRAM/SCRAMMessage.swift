/// The mechanisms spoken, by their SASL names.
public enum SCRAMMechanism: String, Sendable, CaseIterable {
    case sha256 = "SCRAM-SHA-256"
    case sha256Plus = "SCRAM-SHA-256-PLUS"
}

/// The grammar of RFC 5802 §7, as far as both sides share it.
enum SCRAMMessage {
    static let endPointHeader = Array("p=tls-server-end-point,,".utf8)
    private static let comma = UInt8(ascii: ",")
    private static let equals = UInt8(ascii: "=")

    static func checkLength(_ message: [UInt8]) throws(SCRAMError) {
        guard message.count <= SCRAMLimits.message else { throw .messageTooLong }
    }

    /// `<field>=<value>` from the front of `rest`, and the comma behind it if there is one.
    static func take(_ field: Character, from rest: inout ArraySlice<UInt8>) throws(SCRAMError) -> ArraySlice<UInt8> {
        guard let letter = field.asciiValue, rest.first == letter, rest.dropFirst().first == equals else {
            throw .malformed(field: field)
        }
        let value = rest.dropFirst(2).prefix { $0 != comma }
        rest = rest[value.endIndex...].dropFirst()
        return value
    }

    /// Printable ASCII without a comma, which the split has taken off already.
    static func isNonce(_ value: ArraySlice<UInt8>) -> Bool {
        !value.isEmpty && value.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != comma }
    }

    /// The rest of a message: `<letter>=<value>` each, which we read and let be.
    static func skipExtensions(_ rest: ArraySlice<UInt8>) throws(SCRAMError) {
        var rest = rest
        while let letter = rest.first {
            let isLetter = (letter | 0x20) >= UInt8(ascii: "a") && (letter | 0x20) <= UInt8(ascii: "z")
            guard isLetter, rest.dropFirst().first == equals else { throw .malformed(field: "-") }
            rest = rest.dropFirst(2).drop { $0 != comma }.dropFirst()
        }
    }

    /// An unsigned number without sign or leading blank; nil above Int.max.
    static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var number = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (tens, over) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !over, !carry else { return nil }
            number = sum
        }
        return number
    }

    /// client-first-message-bare, server-first-message and client-final-message-without-proof, by commas.
    static func authMessage(_ first: [UInt8], _ challenge: [UInt8], _ final: [UInt8]) -> [UInt8] {
        first + [comma] + challenge + [comma] + final
    }
}
