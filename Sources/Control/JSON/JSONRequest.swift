/// One line from `articdbm ctl`: `{"command": "kill", "args": ["7"]}`.
struct JSONRequest: Equatable {
    var command: String
    var arguments: [String]

    /// - Throws: `syntax` for anything but an object of `command` and, if given, `args`.
    init(line: [UInt8]) throws(ControlError) {
        var scanner = JSONScanner(bytes: line)
        var command: String?
        var arguments: [String] = []
        try scanner.take(UInt8(ascii: "{"))
        var isFirst = true
        while try scanner.next(until: UInt8(ascii: "}"), isFirst: &isFirst) {
            let key = try scanner.string()
            try scanner.take(UInt8(ascii: ":"))
            switch key {
            case "command": command = try scanner.string()
            case "args": arguments = try scanner.words()
            default: throw ControlError(.syntax, "unknown member \"\(key.prefix(64))\"; expected command and args")
            }
        }
        guard scanner.isAtEnd else { throw ControlError(.syntax, "the line goes on behind the request") }
        guard let command else { throw ControlError(.syntax, "the request has no command") }
        self.command = command
        self.arguments = arguments
    }
}

/// Reads the JSON that a request may hold (RFC 8259): strings, numbers as they are written, and arrays of them.
private struct JSONScanner {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.count
        }
    }

    mutating func take(_ byte: UInt8) throws(ControlError) {
        guard peek() == byte else { throw mistake("expected \(Character(Unicode.Scalar(byte)))") }
        position += 1
    }

    /// Whether a further element follows; takes the comma before it, or the end.
    mutating func next(until end: UInt8, isFirst: inout Bool) throws(ControlError) -> Bool {
        if peek() == end {
            position += 1
            return false
        }
        if !isFirst { try take(UInt8(ascii: ",")) }
        isFirst = false
        return true
    }

    mutating func words() throws(ControlError) -> [String] {
        var words: [String] = []
        try take(UInt8(ascii: "["))
        var isFirst = true
        while try next(until: UInt8(ascii: "]"), isFirst: &isFirst) {
            words.append(try peek() == UInt8(ascii: "\"") ? string() : number())
        }
        return words
    }

    private mutating func number() throws(ControlError) -> String {
        let start = position
        while position < bytes.count, bytes[position] == UInt8(ascii: "-") || (48...57).contains(bytes[position]) {
            position += 1
        }
        guard position > start else { throw mistake("expected a string or a whole number") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func string() throws(ControlError) -> String {
        try take(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw mistake("a string is not UTF-8")
                }
                return result
            case UInt8(ascii: "\\"):
                text += try escape()
            case 0..<0x20:
                throw mistake("a control character in a string")
            default:
                text.append(byte)
            }
        }
        throw mistake("a string does not end")
    }

    /// What follows a backslash, as UTF-8.
    private mutating func escape() throws(ControlError) -> [UInt8] {
        guard position < bytes.count else { throw mistake("a string does not end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"): return try unicode()
        default: throw mistake("an unknown escape")
        }
    }

    private mutating func unicode() throws(ControlError) -> [UInt8] {
        var code = try hexadecimal()
        if (0xD800...0xDBFF).contains(code) {
            let hasLow = bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
            guard hasLow else { throw mistake("half a surrogate pair") }
            position += 2
            let low = try hexadecimal()
            guard (0xDC00...0xDFFF).contains(low) else { throw mistake("half a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw mistake("half a surrogate pair") }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func hexadecimal() throws(ControlError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw mistake("a short \\u escape") }
        var code: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw mistake("a bad \\u escape") }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return code
    }

    private mutating func peek() -> UInt8? {
        skipSpace()
        return position < bytes.count ? bytes[position] : nil
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private func mistake(_ what: String) -> ControlError {
        ControlError(.syntax, "the request is not right at byte \(position): \(what)")
    }
}
