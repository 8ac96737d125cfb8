/// What names and strings stand for.
extension MySQLLexer {
    /// A name without its quotes, as it is written; that of a user variable without the `@` and its quotes.
    public func name(_ token: MySQLToken) -> SQLText {
        switch token.kind {
        case .quotedIdentifier: return SQLText(undoubled(token.start &+ 1, token.end &- 1, token.isPlain))
        case .userVariable:
            switch view[token.start &+ 1] {
            case 0x60: return SQLText(undoubled(token.start &+ 2, token.end &- 1, token.isPlain))
            case 0x22 where lexing.mode.contains(.ansiQuotes):
                return SQLText(undoubled(token.start &+ 2, token.end &- 1, token.isPlain))
            case 0x22, 0x27: return SQLText(unescaped(token.start &+ 1, token.end, token.isPlain))
            default: return view.text(token.start &+ 1..<max(token.start &+ 1, token.end))
            }
        default: return view.text(token.start..<max(token.start, token.end))
        }
    }

    /// The name of a database, table or table alias as the server compares it: in lower case unless
    /// `lower_case_table_names` is 0. Bytes that are no UTF-8 keep ASCII's rules.
    public func tableName(_ token: MySQLToken) -> SQLText {
        let name = name(token)
        guard lexing.tableNames != .asWritten else { return name }
        if lexing.charset == .utf8mb4 || lexing.charset == .utf8mb3, name.bytes.contains(where: { $0 >= 0x80 }),
            let text = String(validating: name.bytes, as: UTF8.self)
        {
            return SQLText(text.lowercased())
        }
        return name.lowercased
    }

    /// A string's value; nil for what is no string.
    public func stringValue(_ token: MySQLToken) -> SQLText? {
        switch token.kind {
        case .string: return SQLText(unescaped(token.start, token.end, token.isPlain))
        case .nationalString: return SQLText(unescaped(token.start &+ 1, token.end, token.isPlain))
        case .dollarString:
            var tag = token.start &+ 1
            while view[tag] != 0x24, tag < token.end { tag &+= 1 }
            let length = tag &+ 1 &- token.start
            return view.text(token.start &+ length..<max(token.start &+ length, token.end &- length))
        default: return nil
        }
    }

    /// A quoted name's content, doubled quotes made single.
    private func undoubled(_ start: Int, _ end: Int, _ isPlain: Bool) -> [UInt8] {
        guard start < end else { return [] }
        if isPlain { return view.bytes(start..<end) }
        let quote = view[start &- 1]
        var bytes: [UInt8] = []
        var offset = start
        while offset < end {
            let after = min(characters.following(offset, view), end)
            bytes += view.bytes(offset..<after)
            offset = view[offset] == quote ? after &+ 1 : after
        }
        return bytes
    }

    /// The content of a string with its quotes in `[start, end)`.
    private func unescaped(_ start: Int, _ end: Int, _ isPlain: Bool) -> [UInt8] {
        let last = end &- 1
        guard start &+ 1 < last else { return [] }
        if isPlain { return view.bytes(start &+ 1..<last) }
        let quote = view[start]
        let escapes = !lexing.mode.contains(.noBackslashEscapes)
        var bytes: [UInt8] = []
        var offset = start &+ 1
        while offset < last {
            if view[offset] == quote {
                bytes.append(quote)
                offset &+= 2
            } else if view[offset] == 0x5C, escapes, offset &+ 1 < last {
                Self.append(escape: view[offset &+ 1], to: &bytes)
                offset &+= 2
            } else {
                let after = min(characters.following(offset, view), last)
                bytes += view.bytes(offset..<after)
                offset = after
            }
        }
        return bytes
    }

    /// `\%` and `\_` stay as they are, for LIKE.
    private static func append(escape byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case 0x30: bytes.append(0)
        case 0x5A: bytes.append(0x1A)
        case 0x62: bytes.append(8)
        case 0x6E: bytes.append(10)
        case 0x72: bytes.append(13)
        case 0x74: bytes.append(9)
        case 0x25, 0x5F: bytes += [0x5C, byte]
        default: bytes.append(byte)
        }
    }
}
