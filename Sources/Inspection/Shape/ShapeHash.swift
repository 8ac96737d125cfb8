/// A stable 64-bit hash of a text's shape: equal for texts that differ in literals, comments, white space, the case of
/// unquoted words, the length of lists of literals and of the rows of VALUES, and semicolons at the end.
///
/// Over the folded tokens (see `ShapeFolder`): each is mixed in by its class and its bytes, 8 at a time, little-endian,
/// ASCII letters of unquoted words in lower case: `h = fold((h ^ word) × 0x9FB21C651E98DF25)`, where fold is the
/// product's high half XOR its low half; the class and length of a token are the first word. It starts from
/// 0x27D4EB2F165667C5. Not keyed: for grouping, not for security.
public struct ShapeHash: Sendable {
    public private(set) var value: UInt64 = 0x27D4_EB2F_1656_67C5

    @inline(__always)
    mutating func mix(_ word: UInt64) {
        let (high, low) = (value ^ word).multipliedFullWidth(by: 0x9FB2_1C65_1E98_DF25)
        value = high ^ low
    }

    @inline(__always)
    mutating func absorb<Token: ShapeToken>(_ element: ShapeElement<Token>, _ view: ByteView) {
        switch element {
        case .literal: mix(1 << 32)
        case .listOfLiterals: mix(2 << 32)
        case .moreRows: mix(3 << 32)
        case .token(let token): absorb(token, view)
        }
    }

    /// Hashes what a folder gives out.
    struct Sink<Token: ShapeToken>: ShapeSink {
        let view: ByteView
        var hash = ShapeHash()

        @inline(__always)
        mutating func absorb(_ element: ShapeElement<Token>) { hash.absorb(element, view) }
    }

    @inline(__always)
    private mutating func absorb(_ token: some ShapeToken, _ view: ByteView) {
        let length = token.end &- token.start
        mix(UInt64(token.shapeClass) << 40 | UInt64(UInt32(truncatingIfNeeded: length)))
        let fold = token.isFolded
        var offset = token.start
        while offset < token.end {
            var word = view.word(at: offset)
            let left = token.end &- offset
            if left < 8 { word &= (1 &<< (UInt64(left) &* 8)) &- 1 }
            mix(fold ? Self.lowercased(word) : word)
            offset &+= 8
        }
    }

    /// ASCII letters of 8 bytes at once.
    @inline(__always)
    private static func lowercased(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let seven = word & (0x7F &* ones)
        let aboveZ = seven &+ (0x7F - 0x5A) &* ones
        let fromA = seven &+ (0x80 - 0x41) &* ones
        let isUpper = (fromA ^ aboveZ) & ~word & (0x80 &* ones)
        return word | isUpper >> 2
    }
}
