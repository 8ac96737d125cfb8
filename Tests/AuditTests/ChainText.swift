import Glibc

@testable import Audit

extension AuditChunk {
    /// Lines as a loop hands them over: each with a link that is still to be filled.
    static func linked(_ lines: String, lane: AuditLane?, last: UInt64 = 1) -> AuditChunk {
        let lines = lines.split(separator: "\n").map { Array($0.utf8) }
        let chunk = AuditChunk(
            capacity: lines.reduce(0) { $0 + $1.count + ChainLink.byteCount }, lane: lane)
        var cursor = LineCursor(position: chunk.base)
        for line in lines {
            cursor.put(line)
            cursor.putLink()
        }
        chunk.count = chunk.capacity
        chunk.events = UInt64(lines.count)
        chunk.lastSequence = last
        return chunk
    }
}

enum ChainText {
    /// What comes behind a line's own text: the link and the newline.
    static let link = ChainLink.byteCount

    /// The lines that are no header and no checkpoint, without their links; a torn last one as it is.
    static func events(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let whole = lines.dropLast().filter { line in
            !line.contains(#""event":"file_opened""#) && !line.contains(#""event":"checkpoint""#)
        }
        return whole.map { body($0) + "\n" }.joined() + (lines.last ?? "")
    }

    /// A line without its link, or as it is if it has none.
    static func body(_ line: some StringProtocol) -> String {
        ChainedLine(Array(line.utf8)[...]).map { String(decoding: $0.body, as: UTF8.self) } ?? String(line)
    }
}
