import Glibc

/// The lines of a file, one after another.
struct LineReader: ~Copyable {
    /// Longer than any line that the log writes.
    static let maxLineBytes = 16 << 20
    private static let blockBytes = 1 << 20

    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    init(_ path: String) throws(AuditReadError) {
        self.path = path
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw AuditReadError(path: path, code: errno) }
    }

    deinit { close(descriptor) }

    /// Without its newline; nil at the end, and for a last line that has none.
    mutating func next() throws(AuditReadError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let newline = newline(from: searched) {
                defer { start = newline + 1 }
                return buffer[start..<newline]
            }
            searched = buffer.count - start
            guard !isAtEnd, searched <= Self.maxLineBytes else { return nil }
            buffer.removeFirst(start)
            start = 0
            try fill()
        }
    }

    /// What is behind the last newline.
    var rest: Int { buffer.count - start }

    private func newline(from index: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, index < bytes.count else { return nil }
            return memchr(base + index, 0x0a, bytes.count - index).map { UnsafeRawPointer($0) - base }
        }
    }

    private mutating func fill() throws(AuditReadError) {
        let before = buffer.count
        buffer += [UInt8](repeating: 0, count: Self.blockBytes)
        var count = -1
        repeat {
            count = buffer.withUnsafeMutableBytes { bytes in
                read(descriptor, bytes.baseAddress.map { $0 + before }, Self.blockBytes)
            }
        } while count < 0 && errno == EINTR
        let code = errno
        buffer.removeLast(Self.blockBytes - max(count, 0))
        if count < 0 { throw AuditReadError(path: path, code: code) }
        isAtEnd = count == 0
    }
}
