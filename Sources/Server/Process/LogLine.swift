internal import Glibc
internal import Logging

/// One line of the log.
struct LogLine {
    /// UTC, microseconds.
    struct Time {
        var text: String

        static func now() -> Time { Time(ns: ProcessSetup.realtimeNs) }

        init(ns: UInt64) {
            var seconds = time_t(ns / 1_000_000_000)
            var parts = tm()
            gmtime_r(&seconds, &parts)
            func pad(_ value: some BinaryInteger, _ width: Int) -> String {
                let digits = String(value)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            let date = "\(pad(parts.tm_year + 1900, 4))-\(pad(parts.tm_mon + 1, 2))-\(pad(parts.tm_mday, 2))"
            let clock = "\(pad(parts.tm_hour, 2)):\(pad(parts.tm_min, 2)):\(pad(parts.tm_sec, 2))"
            text = "\(date)T\(clock).\(pad(ns % 1_000_000_000 / 1000, 6))Z"
        }
    }

    var time: Time
    var level: Logger.Level
    var label: String
    var message: String
    var fields: [(key: String, value: Logger.Metadata.Value)]

    /// `2026-01-31T12:00:00.000000Z info  message key=value`, for people.
    var text: [UInt8] {
        var line = "\(time.text) \(level.rawValue)"
        line += String(repeating: " ", count: max(1, 9 - level.rawValue.utf8.count))
        line += Self.printable(message)
        for field in fields { line += " \(field.key)=\(Self.quotedIfNeeded("\(field.value)"))" }
        return Array((line + "\n").utf8)
    }

    /// One JSON object: `time`, `level`, `logger`, `message`, and the metadata.
    var json: [UInt8] {
        var line = #"{"time":"\#(time.text)","level":"\#(level.rawValue)","logger":\#(Self.json(label))"#
        line += #","message":\#(Self.json(message))"#
        for field in fields {
            // What the event says of itself comes first.
            let isTaken = ["time", "level", "logger", "message"].contains(field.key)
            line += ",\(Self.json(isTaken ? "_" + field.key : field.key)):\(Self.json(field.value))"
        }
        return Array((line + "}\n").utf8)
    }

    private static func json(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): json(text)
        case .stringConvertible(let value): json("\(value)")
        case .array(let values): "[" + values.map { json($0) }.joined(separator: ",") + "]"
        case .dictionary(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",")
                + "}"
        }
    }

    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where isControl(scalar): result += "\\u" + hex(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A text from elsewhere can neither begin a line nor steer a terminal.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) { result += "\\u" + hex(scalar) } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    private static func quotedIfNeeded(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && !text.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || isControl($0) }
        return isPlain ? text : json(text)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
