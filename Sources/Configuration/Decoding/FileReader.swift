internal import Glibc

/// Reads small files whole: configuration, secrets, certificates.
enum FileReader {
    struct Failure: Error {
        var reason: String
    }

    /// At most `limit` bytes; a longer file, a directory or a device is a failure.
    static func read(_ path: String, limit: Int) -> Result<[UInt8], Failure> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(Failure(reason: lastError)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(Failure(reason: lastError)) }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else { return .failure(Failure(reason: "it is a directory")) }
        guard kind != S_IFBLK else { return .failure(Failure(reason: "it is a device")) }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let wanted = min(64 << 10, limit + 1 - bytes.count)
            var count = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
                count = Glibc.read(descriptor, buffer.baseAddress, wanted)
                initialized = max(count, 0)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return .failure(Failure(reason: lastError)) }
            if count == 0 { return .success(bytes) }
            bytes += chunk
        }
        return .failure(Failure(reason: "it is larger than \(ByteCount.text(limit))"))
    }

    /// Permission bits, or nil.
    static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode : nil
    }

    static var lastError: String { String(cString: strerror(errno)) }
}
