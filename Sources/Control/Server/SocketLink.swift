internal import Glibc
internal import Sockets

/// The name by which libpq looks for a Unix socket in a directory, `.s.PGSQL.<port>`, as a symbolic link beside it.
struct SocketLink {
    private let path: String
    /// The socket's own name: the link is relative, so that the directory may be moved.
    private let destination: String

    /// A link that is there already is replaced; anything else, such as the socket of a real server, is left alone.
    /// - Throws: EEXIST in that case.
    init(to socket: String, port: UInt16) throws(SocketError) {
        let slash = socket.lastIndex(of: "/")
        destination = slash.map { String(socket[socket.index(after: $0)...]) } ?? socket
        path = (slash.map { String(socket[...$0]) } ?? "") + ".s.PGSQL.\(port)"
        guard path != socket else { return }
        if Self.destination(of: path) != nil { unlink(path) }
        guard symlink(destination, path) == 0 else {
            throw SocketError(operation: "symlink \(path)", code: errno)
        }
    }

    /// Takes the link away if it is still ours.
    func remove() {
        if Self.destination(of: path) == destination { unlink(path) }
    }

    /// Nil when there is no symbolic link of that name.
    private static func destination(of path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
            }
        }
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
