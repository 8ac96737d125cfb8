import Glibc

/// A failed file operation.
struct AuditFileError: Error, Equatable {
    let operation: String
    let code: Int32
}

/// An open audit file.
struct AuditFileHandle: Equatable {
    let descriptor: Int32
    let length: Int64
    /// False for pipes and devices, which can be neither synced nor truncated.
    let isRegular: Bool
}

/// What the writer asks of a file system; the tests have one that fails on demand.
protocol AuditFileAccess: Sendable {
    func open(_ path: String) throws(AuditFileError) -> AuditFileHandle
    /// - Returns: bytes written, possibly fewer than given.
    func write(_ descriptor: Int32, _ parts: [UnsafeRawBufferPointer]) throws(AuditFileError) -> Int
    func sync(_ descriptor: Int32) throws(AuditFileError)
    /// Drops a synced part of the file from the page cache.
    func forget(_ descriptor: Int32, from offset: Int64, count: Int64)
    func length(_ descriptor: Int32) throws(AuditFileError) -> Int64
    func truncate(_ descriptor: Int32, to length: Int64) throws(AuditFileError)
    func read(_ descriptor: Int32, at offset: Int64, count: Int) throws(AuditFileError) -> [UInt8]
    func close(_ descriptor: Int32)
    /// Fails with EEXIST rather than replace a file.
    func rename(_ path: String, to new: String) throws(AuditFileError)
    /// Makes renames and creations in the directory durable.
    func syncDirectory(_ path: String) throws(AuditFileError)
    func list(_ directory: String) -> [String]
    func remove(_ path: String) throws(AuditFileError)
    /// Claims the file for this process. Fails with EWOULDBLOCK where another one has it.
    func lock(_ descriptor: Int32) throws(AuditFileError)
    /// The first bytes of a file; nil when there is none.
    func contents(_ path: String, limit: Int) throws(AuditFileError) -> [UInt8]?
    /// Puts a small file of the owner's in the place of another, safe on disk, and overwrites what the other held.
    func replace(_ path: String, with bytes: [UInt8]) throws(AuditFileError)
}

/// The real one.
struct PosixFileAccess: AuditFileAccess {
    func open(_ path: String) throws(AuditFileError) -> AuditFileHandle {
        let descriptor = Glibc.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
        try check("open", descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw AuditFileError(operation: "fstat", code: code)
        }
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        return AuditFileHandle(
            descriptor: descriptor, length: isRegular ? Int64(status.st_size) : 0, isRegular: isRegular)
    }

    func write(_ descriptor: Int32, _ parts: [UnsafeRawBufferPointer]) throws(AuditFileError) -> Int {
        let vectors = parts.map { part in
            iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
        }
        while true {
            let count = writev(descriptor, vectors, Int32(vectors.count))
            if count > 0 { return count }
            if count == 0 { throw AuditFileError(operation: "write", code: ENOSPC) }
            if errno != EINTR { throw AuditFileError(operation: "write", code: errno) }
        }
    }

    func sync(_ descriptor: Int32) throws(AuditFileError) { try check("sync", fdatasync(descriptor)) }

    func forget(_ descriptor: Int32, from offset: Int64, count: Int64) {
        // Advice: nothing depends on it being taken.
        _ = posix_fadvise(descriptor, off_t(offset), off_t(count), Int32(POSIX_FADV_DONTNEED))
    }

    func length(_ descriptor: Int32) throws(AuditFileError) -> Int64 {
        var status = stat()
        try check("fstat", fstat(descriptor, &status))
        return Int64(status.st_size)
    }

    func truncate(_ descriptor: Int32, to length: Int64) throws(AuditFileError) {
        try check("truncate", ftruncate(descriptor, off_t(length)))
    }

    func read(_ descriptor: Int32, at offset: Int64, count: Int) throws(AuditFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + filled)
            }
            try check("read", Int32(clamping: got))
            if got == 0 { break }
            filled += got
        }
        return Array(bytes[..<filled])
    }

    func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    func rename(_ path: String, to new: String) throws(AuditFileError) {
        // Linking fails where the name exists; renaming would replace it.
        guard link(path, new) != 0 else { return try check("unlink", unlink(path)) }
        guard errno != EEXIST, access(new, F_OK) != 0 else {
            throw AuditFileError(operation: "rename", code: EEXIST)
        }
        try check("rename", Glibc.rename(path, new))
    }

    func syncDirectory(_ path: String) throws(AuditFileError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try check("open", descriptor)
        let result = fsync(descriptor)
        let code = errno
        _ = Glibc.close(descriptor)
        if result != 0 { throw AuditFileError(operation: "sync", code: code) }
    }

    func list(_ directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            withUnsafeBytes(of: &entry.pointee.d_name) { name in
                names.append(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
            }
        }
        return names
    }

    func remove(_ path: String) throws(AuditFileError) { try check("unlink", unlink(path)) }

    func lock(_ descriptor: Int32) throws(AuditFileError) { try check("lock", flock(descriptor, LOCK_EX | LOCK_NB)) }

    func contents(_ path: String, limit: Int) throws(AuditFileError) -> [UInt8]? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        if descriptor < 0, errno == ENOENT { return nil }
        try check("open", descriptor)
        defer { _ = Glibc.close(descriptor) }
        return try read(descriptor, at: 0, count: limit)
    }

    func replace(_ path: String, with bytes: [UInt8]) throws(AuditFileError) {
        let old = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        defer { if old >= 0 { _ = Glibc.close(old) } }
        let draft = path + ".new"
        let descriptor = Glibc.open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        try check("open", descriptor)
        defer { _ = Glibc.close(descriptor) }
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count else {
            throw AuditFileError(operation: "write", code: written < 0 ? errno : ENOSPC)
        }
        try sync(descriptor)
        try check("rename", Glibc.rename(draft, path))
        try syncDirectory(AuditFileName(path).directory)
        // Only now, or a crash would leave neither. A disk that writes elsewhere keeps the old bytes for a while.
        guard old >= 0 else { return }
        let zeros = [UInt8](repeating: 0, count: bytes.count)
        _ = zeros.withUnsafeBytes { pwrite(old, $0.baseAddress, $0.count, 0) }
        _ = fdatasync(old)
    }

    private func check(_ operation: String, _ result: Int32) throws(AuditFileError) {
        if result < 0 { throw AuditFileError(operation: operation, code: errno) }
    }
}
