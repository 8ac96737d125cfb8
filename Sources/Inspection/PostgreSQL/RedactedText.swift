/// A statement's text for logs: constants and parameters as `?`, lists of them as `?, …`, rows as `(?), …`, comments
/// gone, white space one blank. Names stay as they are written.
///
/// What can't be lexed is left out from there, marked by `?…`: half a string must not be shown.
public enum RedactedText {
    private struct Sink: ShapeSink {
        let view: ByteView
        var output: [UInt8] = []
        var lastEnd = 0
        var isInvalid = false

        mutating func absorb(_ element: ShapeElement) {
            switch element {
            case .token(let token) where token.kind == .invalid:
                isInvalid = true
                separate(token)
                output += Array("?…".utf8)
            case .token(let token):
                separate(token)
                output += view.bytes(token.start..<token.end)
            case .literal(let token):
                separate(token)
                output.append(UInt8(ascii: "?"))
            case .listOfLiterals, .moreRows: output += Array(", …".utf8)
            }
        }

        private mutating func separate(_ token: PostgresToken) {
            let needsBlank: Bool
            switch token.kind {
            case .rightParen, .comma, .semicolon, .dot, .rightBracket: needsBlank = false
            default: needsBlank = token.start > lastEnd
            }
            if needsBlank, let last = output.last, last != 0x28, last != 0x5B, last != 0x2E { output.append(0x20) }
            lastEnd = token.end
        }
    }

    /// At most `limit` bytes, cut at a character's end and then marked by `…` (3 bytes more).
    public static func make(
        _ text: UnsafeRawBufferPointer,
        _ lexing: PostgresLexing = PostgresLexing(),
        limit: Int = 4096
    ) -> [UInt8] {
        var lexer = unsafe PostgresLexer(text, lexing)
        var folder = ShapeFolder()
        var sink = Sink(view: lexer.view)
        let secret = SecretSetting()
        var filter = secret
        while sink.output.count <= limit {
            var token = lexer.next()
            filter.hide(&token, lexer)
            folder.push(token, &sink)
            if token.kind == .end || sink.isInvalid { break }
        }
        guard sink.output.count > limit else { return sink.output }
        var end = max(0, limit)
        while end > 0, sink.output[end] & 0xC0 == 0x80 { end -= 1 }
        return sink.output[..<end] + Array("…".utf8)
    }

    public static func make(_ text: String, _ lexing: PostgresLexing = PostgresLexing(), limit: Int = 4096) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: unsafe bytes.withUnsafeBytes { unsafe make($0, lexing, limit: limit) }, as: UTF8.self)
    }
}

/// Values of SET can be written without quotes; those of settings with a point in the name belong to applications, who
/// keep tokens and tenants in them. After `SET a.b =` words are constants too.
private struct SecretSetting {
    private enum State { case start, name, value, other }
    private var state = State.start
    private var hasPoint = false

    mutating func hide(_ token: inout PostgresToken, _ lexer: borrowing PostgresLexer) {
        if token.kind == .semicolon {
            (state, hasPoint) = (.start, false)
            return
        }
        switch state {
        case .start: state = token.keyword == .set ? .name : .other
        case .name:
            if token.kind == .dot { hasPoint = true }
            if token.kind == .operator || token.keyword == .to { state = hasPoint ? .value : .other }
        case .value:
            if token.isName, token.keyword != .default { token.kind = .string }
        case .other: break
        }
    }
}
