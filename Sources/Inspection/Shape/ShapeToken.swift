/// What shapes ask of a token, whatever the dialect.
protocol ShapeToken {
    var start: Int { get }
    var end: Int { get }
    var shapeKind: ShapeKind { get }
    /// `shapeKind` is `.word`, which most tokens are.
    var isShapeWord: Bool { get }
    /// `+` or `-` alone, which may belong to a number.
    var isSign: Bool { get }
    /// A reserved word, behind which a sign is one.
    var isReserved: Bool { get }
    /// Words whose case means nothing.
    var isFolded: Bool { get }
    /// Stands close to what is before it in normalised text.
    var isTight: Bool { get }
    var isInvalid: Bool { get }
    /// The token's class, as it goes into the hash. Part of the hash's definition: never renumber.
    var shapeClass: UInt8 { get }
}

enum ShapeKind: UInt8 {
    /// A name or keyword, or what can't be lexed.
    case word
    /// A constant that is no number, or a mark for a value.
    case value
    case number
    case comma, semicolon, leftParen, rightParen
    /// Behind it, a sign is one.
    case opening
    case other
    case end
}

extension PostgresToken: ShapeToken {
    @inline(__always)
    var shapeKind: ShapeKind {
        switch kind {
        case .invalid, .identifier, .quotedIdentifier, .unicodeIdentifier: .word
        case .integer, .numeric: .number
        case .string, .escapeString, .unicodeString, .dollarString, .bitString, .hexString, .parameter: .value
        case .comma: .comma
        case .semicolon: .semicolon
        case .leftParen: .leftParen
        case .rightParen: .rightParen
        case .leftBracket, .operator, .assign, .arrow, .colon: .opening
        case .rightBracket, .dot, .dotDot, .typecast: .other
        case .end: .end
        }
    }

    @inline(__always)
    var isShapeWord: Bool { kind.rawValue < Kind.string.rawValue && kind != .end }

    /// `isPlain` is false for the operators `+` and `-` alone, see the lexer.
    @inline(__always) var isSign: Bool { kind == .operator && end &- start == 1 && !isPlain }
    @inline(__always) var isReserved: Bool { category == .reserved }
    @inline(__always) var isFolded: Bool { kind == .identifier }
    @inline(__always) var shapeClass: UInt8 { kind.rawValue }
    var isInvalid: Bool { kind == .invalid }

    var isTight: Bool {
        switch kind {
        case .rightParen, .comma, .semicolon, .dot, .rightBracket: true
        default: false
        }
    }
}

extension SQLToken: ShapeToken {
    var shapeKind: ShapeKind {
        switch kind {
        case .invalid, .word, .quotedName: .word
        case .number: .number
        case .string, .bits, .hex, .parameter: .value
        case .comma: .comma
        case .semicolon: .semicolon
        case .leftParen: .leftParen
        case .rightParen: .rightParen
        case .leftBracket, .operator, .assign, .arrow, .colon: .opening
        // A variable is no value of the statement's own: it stays.
        case .rightBracket, .dot, .cast, .variable: .other
        case .end: .end
        }
    }

    var isShapeWord: Bool { shapeKind == .word }
    var isReserved: Bool { role == .reserved }
    var isFolded: Bool { kind == .word }
    var shapeClass: UInt8 { kind.rawValue }
    var isInvalid: Bool { kind == .invalid }

    var isTight: Bool {
        switch kind {
        case .rightParen, .comma, .semicolon, .dot, .rightBracket: true
        default: false
        }
    }
}
