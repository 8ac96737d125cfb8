/// A name with wildcards: `*` stands for any text, also none; `?` for one character. Letters match exactly.
public struct NamePattern: Hashable, Sendable {
    public let text: String
    private let bytes: [UInt8]

    public init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    public static let any = NamePattern("*")

    /// Linear but for one step back per `*`; at worst the product of both lengths, which are short.
    public func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        var index = 0
        var position = 0
        var star: (pattern: Int, name: Int)?
        while position < name.count {
            if index < bytes.count, bytes[index] == UInt8(ascii: "*") {
                star = (index, position)
                index += 1
            } else if index < bytes.count, bytes[index] == UInt8(ascii: "?") {
                index += 1
                position = Self.end(of: position, name)
            } else if index < bytes.count, bytes[index] == name[position] {
                index += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                index = last.pattern + 1
                position = last.name + 1
            } else {
                return false
            }
        }
        return bytes[index...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Behind the character that begins at `index`: UTF-8 continuation bytes belong to it.
    private static func end(of index: Int, _ name: [UInt8]) -> Int {
        var end = index + 1
        while end < name.count, name[end] & 0xc0 == 0x80 { end += 1 }
        return end
    }
}
