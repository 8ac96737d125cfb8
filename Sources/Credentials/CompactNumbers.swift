/// Reads a table written as numbers in base 36, one blank between two.
struct CompactNumbers: ~Copyable {
    private let text: StaticString
    private var position = 0

    init(_ text: StaticString) { self.text = text }

    mutating func next() -> UInt32? {
        guard position < text.utf8CodeUnitCount else { return nil }
        var number: UInt32 = 0
        while position < text.utf8CodeUnitCount {
            let digit = text.utf8Start[position]
            position += 1
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number * 36 + UInt32(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): number = number * 36 + UInt32(digit - UInt8(ascii: "a") + 10)
            default: return number
            }
        }
        return number
    }
}
