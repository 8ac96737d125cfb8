/// RFC 3339 in UTC with microseconds, `2026-11-23T17:17:20.123456Z`: the date and time of the latest second are kept.
struct Timestamp {
    static let length = 27

    private var second: UInt64 = .max
    private var prefix: (UInt64, UInt64, UInt64) = (0, 0, 0)

    /// - Parameter wall: nanoseconds since the epoch.
    mutating func write(_ wall: UInt64, to cursor: inout LineCursor) {
        let seconds = wall / 1_000_000_000
        if seconds != second { remember(seconds) }
        withUnsafeBytes(of: prefix) { bytes in
            cursor.put(bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self), 20)
        }
        cursor.put(wall % 1_000_000_000 / 1000, digits: 6)
        cursor.put(UInt8(ascii: "Z"))
    }

    private mutating func remember(_ seconds: UInt64) {
        second = seconds
        let (year, month, day) = Self.date(days: seconds / 86400)
        let time = seconds % 86400
        withUnsafeMutableBytes(of: &prefix) { bytes in
            var cursor = LineCursor(
                position: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self))
            cursor.put(year, digits: 4)
            cursor.put(UInt8(ascii: "-"))
            cursor.put(month, digits: 2)
            cursor.put(UInt8(ascii: "-"))
            cursor.put(day, digits: 2)
            cursor.put(UInt8(ascii: "T"))
            cursor.put(time / 3600, digits: 2)
            cursor.put(UInt8(ascii: ":"))
            cursor.put(time % 3600 / 60, digits: 2)
            cursor.put(UInt8(ascii: ":"))
            cursor.put(time % 60, digits: 2)
            cursor.put(UInt8(ascii: "."))
        }
    }

    /// The Gregorian date of a day since the epoch. Counts in years that begin in March, so that leap days come last.
    static func date(days: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// Nanoseconds since the epoch of a timestamp as written here (seconds precision); nil for anything else.
    static func parse(_ text: some Collection<UInt8>) -> UInt64? {
        let bytes = Array(text.prefix(19))
        guard bytes.count == 19 else { return nil }
        func number(_ range: Range<Int>) -> UInt64? {
            var value: UInt64 = 0
            for byte in bytes[range] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + UInt64(byte - 48)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            year >= 1970, (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return (days * 86400 + hour * 3600 + minute * 60 + second) * 1_000_000_000
    }
}
