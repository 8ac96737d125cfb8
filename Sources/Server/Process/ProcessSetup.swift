internal import Glibc

/// What the kernel has to know of this process before it serves.
enum ProcessSetup {
    static func prepare() {
        // A peer that hangs up is an error of `write`, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // A socket file is nobody else's before its mode is set.
        umask(0o027)
        raiseDescriptorLimit()
    }

    /// Raises the limit of open descriptors to what the process may have.
    /// - Returns: the limit now in force.
    @discardableResult
    static func raiseDescriptorLimit() -> UInt64 {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        return UInt64(limit.rlim_cur)
    }

    /// Cores that this process may use, by its affinity mask; 1 or more.
    static func usableCores() -> Int {
        let status = (try? SmallFile.read("/proc/self/status", limit: 64 << 10)).map {
            String(decoding: $0, as: UTF8.self)
        }
        return affinity(inStatus: status ?? "") ?? max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
    }

    /// Loops where the number is not set: one for every two cores. The other half is for what is done on a loop's behalf
    /// elsewhere: the kernel's network stack, the audit log, key derivation. Each further loop makes turns shorter, so
    /// that more of them end asleep: on two cores a second loop was measured to cost an eighth more CPU per query.
    static func loopCount(cores: Int) -> Int { max(cores / 2, 1) }

    /// Bits set in `Cpus_allowed` (proc(5)): comma-separated hexadecimal words.
    static func affinity(inStatus status: String) -> Int? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else {
            return nil
        }
        let digits = line.dropFirst("Cpus_allowed:".count).filter(\.isHexDigit)
        let count = digits.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
        return count > 0 ? count : nil
    }

    static var lastError: String { String(cString: strerror(errno)) }

    /// Monotonic nanoseconds, the clock of the loops.
    static var monotonicNs: UInt64 { read(CLOCK_MONOTONIC) }

    /// Nanoseconds since 1970.
    static var realtimeNs: UInt64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// A file that is read whole.
enum SmallFile {
    struct Failure: Error {
        let path: String
        let code: Int32
    }

    /// At most `limit` bytes; what is beyond is left out.
    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 64 << 10))
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(path: path, code: errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
