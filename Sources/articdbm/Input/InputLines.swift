import ArgumentParser
internal import Glibc

/// Lines of a file or of standard input as bytes, of any length and encoding.
struct InputLines: ~Copyable {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var start = 0
    /// Up to here the buffer holds no newline.
    private var searched = 0
    private var isAtEnd = false

    init(path: String) throws {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw ValidationError("\(path): \(String(cString: strerror(errno)))") }
    }

    deinit {
        if descriptor > STDERR_FILENO { close(descriptor) }
    }

    /// The next line without its newline; nil at the end.
    mutating func next() throws -> ArraySlice<UInt8>? {
        while true {
            if let newline = buffer[searched...].firstIndex(of: 10) {
                defer { (start, searched) = (newline + 1, newline + 1) }
                return buffer[start..<newline]
            }
            searched = buffer.count
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? buffer[start...] : nil
            }
            try fill()
        }
    }

    private mutating func fill() throws {
        buffer.removeFirst(start)
        searched -= start
        start = 0
        let known = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: 1 << 16))
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + known, 1 << 16) }
        buffer.removeLast((1 << 16) - max(0, count))
        if count < 0, errno != EINTR { throw ValidationError("\(path): \(String(cString: strerror(errno)))") }
        if count == 0 { isAtEnd = true }
    }
}

/// Standard output, written in large pieces.
struct OutputBuffer {
    private var bytes: [UInt8] = []

    mutating func write(_ text: String) throws {
        bytes += text.utf8
        if bytes.count >= 1 << 16 { try flush() }
    }

    mutating func flush() throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ExitCode.failure }
            rest = rest.dropFirst(count)
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
