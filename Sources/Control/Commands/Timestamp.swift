internal import Glibc

/// Wall-clock times as the console writes them.
enum Timestamp {
    /// `2026-05-04 03:02:01 UTC`.
    static func text(_ ns: UInt64) -> String {
        var seconds = time_t(clamping: ns / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let year = digits(Int(parts.tm_year) + 1900, 4)
        let date = "\(year)-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
        return
            "\(date) \(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2)) UTC"
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
