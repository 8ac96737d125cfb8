internal import Bytes

/// Answers to `articdbm ctl`, one line each.
enum JSONReply {
    /// `{"columns":[…],"rows":[[…]]}`, or `{"message":"…"}` with a line of text for each notice.
    static func encode(_ result: CommandResult, of command: Command, onto out: inout ByteBuffer) {
        switch result {
        case .rows(let rows): encode(rows, columns: command.columns, onto: &out)
        case .done(let text, let notices): encode("message", lines: [text] + notices, onto: &out)
        case .shutdown(let immediate):
            encode("message", lines: [immediate ? "ending now" : "draining, then ending"], onto: &out)
        }
    }

    /// `{"error":"…"}`, a line of text for each detail.
    static func encode(_ error: ControlError, onto out: inout ByteBuffer) {
        encode("error", lines: [error.message] + error.details, onto: &out)
    }

    private static func encode(_ key: StaticString, lines: [String], onto out: inout ByteBuffer) {
        out.append("{\"")
        out.append(key)
        out.append("\":")
        encode(lines.joined(separator: "\n"), onto: &out)
        out.append("}\n")
    }

    private static func encode(_ rows: [[Value]], columns: [Column], onto out: inout ByteBuffer) {
        out.append("{\"columns\":[")
        for (index, column) in columns.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            encode(column.name, onto: &out)
        }
        out.append("],\"rows\":[")
        for (index, row) in rows.enumerated() {
            out.append(index > 0 ? ",[" : "[")
            for (column, value) in row.enumerated() {
                if column > 0 { out.append(UInt8(ascii: ",")) }
                encode(value, onto: &out)
            }
            out.append(UInt8(ascii: "]"))
        }
        out.append("]}\n")
    }

    static func encode(_ value: Value, onto out: inout ByteBuffer) {
        switch value {
        case .null: out.append("null")
        case .int(let number): out.append(decimal: number)
        case .bool(let flag): out.append(flag ? "true" : "false")
        case .text(let text): encode(text, onto: &out)
        }
    }

    /// A string; what could end a line, or is a control character to a terminal, is escaped.
    static func encode(_ text: String, onto out: inout ByteBuffer) {
        let digits: StaticString = "0123456789abcdef"
        out.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out.append("\\\"")
            case "\\": out.append("\\\\")
            case "\n": out.append("\\n")
            case "\r": out.append("\\r")
            case "\t": out.append("\\t")
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
                out.append("\\u00")
                out.append(digits.utf8Start[Int(scalar.value >> 4)])
                out.append(digits.utf8Start[Int(scalar.value & 15)])
            default:
                out.append(utf8: String(scalar))
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
