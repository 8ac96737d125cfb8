internal import Glibc

/// Notices that files have changed, by inode, size and time of change: certificates are often replaced by renaming, and
/// mounted secrets by changing a symbolic link, which no watch on the file itself would see.
struct FileWatch {
    private struct Stamp: Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int

        /// Nil when there is no such file.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            seconds = status.st_ctim.tv_sec
            nanoseconds = status.st_ctim.tv_nsec
        }
    }

    private var stamps: [String: Stamp?] = [:]

    /// Watches these files from now on.
    mutating func watch(_ files: [String]) {
        stamps = Dictionary(files.map { ($0, Stamp($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether a file differs from what it was at the last call of this or `watch`.
    mutating func hasChanged() -> Bool {
        var changed = false
        for (path, old) in stamps {
            let new = Stamp(path)
            guard new != old else { continue }
            stamps[path] = new
            changed = true
        }
        return changed
    }
}
