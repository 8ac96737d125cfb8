/// A text without the values of its constants, made in one pass over the bytes without cutting it into tokens.
///
/// A skeleton is itself SQL of the same tokens: whole numbers are `0` and plain strings `''`, everything else is as it was.
/// So two texts of one skeleton differ in such values alone, and what depends on no value (kinds, effects of a plain
/// statement, the shape hash, the redacted text) is the same for both. Texts with anything that would need a lexer to be
/// sure (comments, dollar quotes, backslashes, prefixed strings) have none.
///
/// Only for encodings in which every byte below 0x80 is that ASCII character. Not synchronised.
@safe
public struct LiteralSkeleton: ~Copyable {
    /// Bytes; longer texts have no skeleton.
    public static let limit = 4096

    private enum Class: UInt8 {
        /// White space, punctuation, operators.
        case plain
        /// What a name or number goes on with: letters, `_`, bytes from 0x80, the point.
        case word
        case digit, quote, doubleQuote, dollar
        /// `-`, and `/` or `*`: two may begin a comment.
        case minus, slash
        /// `\` and zero.
        case unsure

        /// A digit behind it begins no number.
        var goesOnWithDigits: Bool { self == .word || self == .digit }
    }

    private let classes: UnsafeMutablePointer<Class>
    private let output: UnsafeMutablePointer<UInt8>

    public init() {
        unsafe classes = .allocate(capacity: 256)
        unsafe output = .allocate(capacity: Self.limit)
        for byte in 0...255 { unsafe classes[byte] = Self.classify(UInt8(byte)) }
    }

    deinit {
        unsafe classes.deallocate()
        unsafe output.deallocate()
    }

    private static func classify(_ byte: UInt8) -> Class {
        switch byte {
        case 0x30...0x39: .digit
        case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...0xFF, 0x2E: .word
        case 0x27: .quote
        case 0x22: .doubleQuote
        case 0x24: .dollar
        case 0x2D: .minus
        case 0x2F, 0x2A: .slash
        case 0x5C, 0: .unsure
        default: .plain
        }
    }

    /// The skeleton of `text`, valid until the next call; nil when it has none.
    public mutating func make(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard text.count <= Self.limit, let base = text.baseAddress else { return nil }
        let input = unsafe base.assumingMemoryBound(to: UInt8.self)
        let (classes, output) = unsafe (classes, output)
        let end = text.count
        // What is written never is longer than what was read; `[copied, read)` is still to be copied.
        var (read, copied, written) = (0, 0, 0)
        while read < end {
            let kind = unsafe classes[Int(input[read])]
            // Nearly all there is.
            if kind.rawValue <= Class.word.rawValue {
                read &+= 1
                continue
            }
            let isInWord = unsafe read > copied && classes[Int(input[read &- 1])].goesOnWithDigits
            let stop: Int?
            switch kind {
            case .plain, .word: stop = nil
            case .digit:
                stop = isInWord ? nil : unsafe numberEnd(input, read, end)
                if stop == nil {
                    // Part of a name or parameter; `1.5`, `0x1F`, `1e5` are as they are.
                    while read < end, unsafe classes[Int(input[read])].goesOnWithDigits { read &+= 1 }
                    continue
                }
            case .dollar:
                // `$1` or `a$1`; with anything else behind it, it may begin a dollar quote.
                guard read &+ 1 < end, unsafe classes[Int(input[read &+ 1])] == .digit else { return nil }
                read &+= 1
                while read < end, unsafe classes[Int(input[read])].goesOnWithDigits { read &+= 1 }
                continue
            case .quote:
                let isPrefixed = unsafe isInWord || read > 0 && input[read &- 1] == 0x26
                stop = unsafe isPrefixed ? nil : stringEnd(input, read &+ 1, end)
                if stop == nil { return nil }
            case .doubleQuote:
                guard let behind = unsafe nameEnd(input, read, end) else { return nil }
                read = behind
                // A number may follow it.
                unsafe move(input, &copied, to: read, output, &written)
                continue
            case .minus, .slash:
                // Two of them may be a comment.
                let next = unsafe read &+ 1 < end ? classes[Int(input[read &+ 1])] : .plain
                guard next != .minus, next != .slash else { return nil }
                read &+= 1
                continue
            case .unsure: return nil
            }
            guard let stop else { return nil }
            unsafe move(input, &copied, to: read, output, &written)
            unsafe output[written] = kind == .digit ? 0x30 : 0x27
            if kind == .quote { unsafe output[written &+ 1] = 0x27 }
            written &+= kind == .quote ? 2 : 1
            (read, copied) = (stop, stop)
        }
        unsafe move(input, &copied, to: read, output, &written)
        return unsafe UnsafeRawBufferPointer(start: output, count: written)
    }

    @inline(__always)
    private func move(
        _ input: UnsafePointer<UInt8>, _ copied: inout Int, to read: Int, _ output: UnsafeMutablePointer<UInt8>,
        _ written: inout Int
    ) {
        let count = read &- copied
        unsafe (output + written).update(from: input + copied, count: count)
        (copied, written) = (read, written &+ count)
    }

    /// Where the digits from `start` end; nil when they are not all of the number.
    private func numberEnd(_ input: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var stop = start &+ 1
        while stop < end {
            switch unsafe classes[Int(input[stop])] {
            case .digit: stop &+= 1
            case .word, .dollar, .quote: return nil
            default: return stop
            }
        }
        return stop
    }

    /// Behind the quote that ends the string whose content begins at `start`; nil when there is none, or a backslash.
    private func stringEnd(_ input: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var stop = start
        while stop < end {
            let byte = unsafe input[stop]
            if byte == 0x27 { return stop &+ 1 }
            if byte == 0x5C || byte == 0 { return nil }
            stop &+= 1
        }
        return nil
    }

    /// Behind the quoted name at `start`; nil when it does not end.
    private func nameEnd(_ input: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        if start > 0, unsafe input[start &- 1] == 0x26 { return nil }
        var stop = start &+ 1
        while stop < end, unsafe input[stop] != 0x22 { stop &+= 1 }
        return stop < end ? stop &+ 1 : nil
    }
}
