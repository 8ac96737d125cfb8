/// A statement's text for logs: constants and parameters as `?`, lists of them as `?, …`, rows as `(?), …`, comments
/// gone, white space one blank. Names stay as they are written.
///
/// What can't be lexed is left out from there, marked by `?…`: half a string must not be shown.
public enum RedactedText {
    /// At most `limit` bytes, cut at a character's end and then marked by `…` (3 bytes more).
    public static func make(
        _ text: UnsafeRawBufferPointer,
        _ lexing: PostgresLexing = PostgresLexing(),
        limit: Int = 4096
    ) -> [UInt8] {
        var lexer = unsafe PostgresLexer(text, lexing)
        var folder = ShapeFolder(placeholder: PostgresToken(.end, 0, 0))
        var sink = ShapeText<PostgresToken>(view: lexer.view)
        let secret = SecretSetting()
        var filter = secret
        while sink.output.count <= limit {
            var token = lexer.next()
            filter.hide(&token, lexer)
            folder.push(token, &sink)
            if token.kind == .end || sink.isInvalid { break }
        }
        return sink.text(limit: limit)
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
