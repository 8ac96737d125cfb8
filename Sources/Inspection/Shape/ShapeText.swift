/// Writes what a folder gives out as text: constants and parameters as `?`, lists of them as `?, …`, rows as `(?), …`,
/// comments gone, white space one blank. Names stay as they are written.
///
/// What can't be lexed is left out from there, marked by `?…`: half a string must not be shown.
struct ShapeText<Token: ShapeToken>: ShapeSink {
    let view: ByteView
    private(set) var output: [UInt8] = []
    private var lastEnd = 0
    private(set) var isInvalid = false

    init(view: ByteView) { self.view = view }

    mutating func absorb(_ element: ShapeElement<Token>) {
        switch element {
        case .token(let token) where token.isInvalid:
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

    private mutating func separate(_ token: Token) {
        let needsBlank = !token.isTight && token.start > lastEnd
        if needsBlank, let last = output.last, last != 0x28, last != 0x5B, last != 0x2E { output.append(0x20) }
        lastEnd = token.end
    }

    /// At most `limit` bytes, cut at a character's end and then marked by `…` (3 bytes more).
    func text(limit: Int) -> [UInt8] {
        guard output.count > limit else { return output }
        var end = max(0, limit)
        while end > 0, output[end] & 0xC0 == 0x80 { end -= 1 }
        return output[..<end] + Array("…".utf8)
    }
}

extension SQLTokenSource {
    /// The shape's hash of the text that this source cuts, and its normalised text up to `limit` bytes.
    func shape(limit: Int) -> (hash: UInt64, text: [UInt8]) {
        var source = self
        let placeholder = SQLToken(.end, 0, 0)
        var hashFolder = ShapeFolder(placeholder: placeholder)
        var textFolder = ShapeFolder(placeholder: placeholder)
        var hash = ShapeHash.Sink<SQLToken>(view: view)
        var text = ShapeText<SQLToken>(view: view)
        while true {
            let token = source.next()
            hashFolder.push(token, &hash)
            if text.output.count <= limit, !text.isInvalid { textFolder.push(token, &text) }
            if token.kind == .end { break }
        }
        return (hash.hash.value, text.text(limit: limit))
    }
}
