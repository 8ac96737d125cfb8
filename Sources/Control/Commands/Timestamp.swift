internal import Glibc

/// Wall-clock times as the console writes them.
enum Timestamp {
    /// `2026-05-04 03:02:01 UTC`.
    static func text(_ ns: UInt64) -> String {
        var seconds = time_t(clamping: ns / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = [digits(parts.tm_year + 1900, 4), digits(parts.tm_mon + 1, 2), digits(parts.tm_mday, 2)]
        let time = [digits(parts.tm_hour, 2), digits(parts.tm_min, 2), digits(parts.tm_sec, 2)]
        return "\(date.joined(separator: "-")) \(time.joined(separator: ":")) UTC"
    }

    private static func digits(_ number: Int32, _ count: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
