enum DurationText {
    static let pattern = "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d)?)$"

    /// Milliseconds of each unit; longer suffixes first where one ends in another.
    private static let units: [(suffix: String, milliseconds: Double)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Nil for text that isn't a duration, for negative ones and for more than 10,000 days.
    static func parse(_ text: String) -> Duration? {
        var (digits, scale) = (text[...], 1000.0)
        if let unit = units.first(where: { text.hasSuffix($0.suffix) }) {
            (digits, scale) = (text.dropLast(unit.suffix.count), unit.milliseconds)
        }
        guard let first = digits.utf8.first, (48...57).contains(first), let number = plainNumber(digits) else {
            return nil
        }
        let milliseconds = (number * scale).rounded()
        guard milliseconds <= 10_000 * 86_400_000 else { return nil }
        return .milliseconds(Int64(milliseconds))
    }

    static func render(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0" }
        for unit in units.reversed() where milliseconds % Int64(unit.milliseconds) == 0 {
            let count = milliseconds / Int64(unit.milliseconds)
            if count > 1 || unit.suffix != "d" { return "\(count)\(unit.suffix)" }
        }
        return "\(milliseconds)ms"
    }
}

enum ByteCount {
    static let pattern = "^[0-9]+ ?([KMGkmg]i?)?B?$"

    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard let number = Int(digits) else { return nil }
        let shift: Int
        switch text[digits.endIndex...].drop(while: { $0 == " " }).lowercased() {
        case "", "b": shift = 0
        case "k", "kb", "kib": shift = 10
        case "m", "mb", "mib": shift = 20
        case "g", "gb", "gib": shift = 30
        default: return nil
        }
        let (value, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : value
    }

    static func text(_ bytes: Int) -> String {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }
}

/// Digits with at most one point: no sign, exponent, hexadecimal form or `inf`.
private func plainNumber(_ text: Substring) -> Double? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
    return Double(text)
}

/// Times of RFC 3339, without fractions of a second.
enum Timestamp {
    /// `2027-01-31`, or `2027-01-31T12:00:00` followed by `Z` or `+02:00`; a space may stand for the `T`.
    static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard let date = day(bytes) else { return nil }
        if bytes.count == 10 { return date * 86_400 }
        guard bytes.count >= 20, [84, 116, 32].contains(bytes[10]), bytes[13] == 58, bytes[16] == 58,
            let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2), let second = number(bytes, 17, 2),
            hour < 24, minute < 60, second < 60, let offset = offset(bytes[19...])
        else { return nil }
        return date * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    static func render(_ seconds: Int64) -> String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = civil(days)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(year)-\(two(month))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= bytes.count else { return nil }
        let digits = bytes[start..<start + count]
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    private static func day(_ bytes: [UInt8]) -> Int64? {
        guard bytes.count >= 10, bytes[4] == 45, bytes[7] == 45, let year = number(bytes, 0, 4),
            let month = number(bytes, 5, 2), let day = number(bytes, 8, 2), year >= 1970, day >= 1
        else { return nil }
        let days = daysFromCivil(year, month, day)
        return civil(days) == (year, month, day) ? days : nil
    }

    private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(text)
        if bytes == [90] || bytes == [122] { return 0 }
        guard bytes.count == 6, bytes[0] == 43 || bytes[0] == 45, bytes[3] == 58, let hours = number(bytes, 1, 2),
            let minutes = number(bytes, 4, 2), hours < 24, minutes < 60
        else { return nil }
        return (bytes[0] == 45 ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    /// Days since 1970 of a Gregorian date; the year is counted from March so that the leap day comes last.
    private static func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        var year = 1970 + days / 366
        while daysFromCivil(year + 1, 1, 1) <= days { year += 1 }
        var month: Int64 = 1
        while month < 12, daysFromCivil(year, month + 1, 1) <= days { month += 1 }
        return (year, month, days - daysFromCivil(year, month, 1) + 1)
    }
}
