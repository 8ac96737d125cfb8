internal import Bytes
internal import Inspection

/// What the names of prepared statements in one text stand for. Confined to its loop.
final class Naming {
    struct Edit {
        /// In the client's text.
        var range: Range<Int>
        /// At the server.
        var name: [UInt8]
    }

    /// In the order of the text.
    var edits: [Edit] = []
    /// Statements that the server must have before the text runs.
    var needed: [PreparedStatement] = []
    /// Made by the text, by the client's names.
    var made: [[UInt8]: PreparedStatement] = [:]
    /// What the names stood for when the text was sent.
    var meant: [[UInt8]: PreparedStatement] = [:]

    /// The text is EXECUTE of one name without arguments: an error's place lies in the prepared statement.
    var executesOnly = false

    /// The text with the names that the server knows.
    func apply(to text: UnsafeRawBufferPointer) -> [UInt8] {
        var renamed: [UInt8] = []
        var position = 0
        for edit in edits {
            renamed += text[position..<edit.range.lowerBound]
            renamed += edit.name
            position = edit.range.upperBound
        }
        return renamed + text[position...]
    }

    /// The place in the client's text for a place in the server's. Both count from 1.
    func position(_ place: Int) -> Int {
        var shift = 0
        for edit in edits {
            guard edit.range.lowerBound + shift < place - 1 else { break }
            shift += edit.name.count - edit.range.count
        }
        return place - shift
    }
}

/// What a portal runs.
struct BoundPortal {
    var statement: StatementInfo
    var naming: Naming?
}
