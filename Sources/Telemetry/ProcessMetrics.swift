import Glibc

/// The process as the kernel sees it, in Prometheus' usual names.
public enum ProcessMetrics {
    /// Registers the `process_*` series; each scrape then reads `/proc/self` once per series.
    public static func register(in registry: MetricsRegistry) {
        let start = startTime()
        registry.observe(MetricCatalogue.processCPU) { .nanoseconds(cpuTime()) }
        registry.observe(MetricCatalogue.processResident) { .integer(memory().resident) }
        registry.observe(MetricCatalogue.processVirtual) { .integer(memory().virtual) }
        registry.observe(MetricCatalogue.processOpenFiles) { .integer(openFiles()) }
        registry.observe(MetricCatalogue.processMaxFiles) { .integer(maxFiles()) }
        registry.observe(MetricCatalogue.processStart) { .real(start) }
        registry.observe(MetricCatalogue.processThreads) { .integer(threads()) }
    }

    /// User and system time of all threads, in nanoseconds.
    public static func cpuTime() -> UInt64 {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Bytes, from `/proc/self/statm`.
    public static func memory() -> (virtual: Int64, resident: Int64) {
        let fields = contents("/proc/self/statm").split(separator: " ")
        let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
        guard fields.count >= 2, let size = Int64(fields[0]), let resident = Int64(fields[1]) else { return (0, 0) }
        return (size * page, resident * page)
    }

    static func threads() -> Int64 { statField(20).flatMap { Int64($0) } ?? 0 }

    static func openFiles() -> Int64 {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count: Int64 = 0
        while readdir(directory) != nil { count += 1 }
        // Less `.`, `..` and the directory's own descriptor.
        return max(0, count - 3)
    }

    static func maxFiles() -> Int64 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Int64(clamping: limit.rlim_cur)
    }

    /// Seconds since the epoch: the kernel's boot time plus the process's start in clock ticks after it.
    static func startTime() -> Double {
        let ticks = statField(22).flatMap { Double($0) } ?? 0
        let boot = contents("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        let seconds = boot.flatMap { Double($0.dropFirst(6)) } ?? 0
        return seconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Field `number` (from 1) of `/proc/self/stat`; the second, the name, may hold spaces and parentheses.
    private static func statField(_ number: Int) -> Substring? {
        let text = contents("/proc/self/stat")
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return number >= 3 && number - 3 < fields.count ? fields[number - 3] : nil
    }

    private static func contents(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(file, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
