import Glibc
import Synchronization

@testable import Audit

/// A file system in memory that fails on demand, and forgets what was not synced when its power is cut.
final class FakeFiles: AuditFileAccess {
    struct State {
        var paths: [String: Int] = [:]
        var contents: [Int: [UInt8]] = [:]
        /// What a power cut leaves for certain.
        var synced: [Int: [UInt8]] = [:]
        var syncedPaths: [String: Int] = [:]
        var open: [Int32: Int] = [:]
        var locked: Set<Int> = []
        var nextNode = 0
        var nextDescriptor: Int32 = 100
        /// Bytes that still fit on the disk; nil for any number.
        var room: Int?
        /// Operations until the power is cut; nil for never.
        var power: Int?
        var failingSyncs = 0
        var failingOpens = 0
        var failingRenames = 0
        var failingReplaces = 0
        var syncs = 0
    }

    let state = Mutex(State())

    // MARK: For tests

    func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

    func bytes(_ path: String) -> [UInt8] {
        state.withLock { state in state.paths[path].flatMap { state.contents[$0] } ?? [] }
    }

    var names: [String] { state.withLock { $0.paths.keys.sorted() } }
    /// Without the key's.
    var logs: [String] { names.filter { !$0.hasSuffix(".key") } }
    var openCount: Int { state.withLock { $0.open.count } }

    func put(_ path: String, _ text: String) { put(path, Array(text.utf8)) }

    func put(_ path: String, _ bytes: [UInt8]) {
        state.withLock {
            let node = $0.paths[path] ?? $0.newNode()
            $0.paths[path] = node
            $0.contents[node] = bytes
            $0.synced[node] = bytes
            $0.syncedPaths = $0.paths
        }
    }

    /// How much of what was not synced a power cut leaves.
    enum Luck: CaseIterable {
        case none
        case half
        /// The file has its length, but not what was written.
        case zeros
        case all
    }

    /// Power is back: what was synced is there, and of the rest as much as luck has it.
    func powerUp(_ luck: Luck) {
        state.withLock { state in
            if luck != .all { state.paths = state.syncedPaths }
            for (node, content) in state.contents {
                let synced = state.synced[node] ?? []
                let rest = content.starts(with: synced) ? content.dropFirst(synced.count) : []
                switch luck {
                case .none: state.contents[node] = synced
                case .zeros: state.contents[node] = synced + rest.map { _ in 0 }
                case .half: state.contents[node] = synced + rest.prefix(rest.count / 2)
                case .all: break
                }
            }
            state.synced = state.contents
            state.syncedPaths = state.paths
            state.open = [:]
            state.locked = []
            state.power = nil
        }
    }

    // MARK: Files

    private func node(_ descriptor: Int32, _ state: borrowing State) throws(AuditFileError) -> Int {
        guard let node = state.open[descriptor] else { throw AuditFileError(operation: "use", code: EBADF) }
        return node
    }

    func open(_ path: String) throws(AuditFileError) -> AuditFileHandle {
        try state.withLock { state throws(AuditFileError) in
            try state.operate("open")
            if state.failingOpens > 0 {
                state.failingOpens -= 1
                throw AuditFileError(operation: "open", code: EACCES)
            }
            let node = state.paths[path] ?? state.newNode()
            state.paths[path] = node
            state.nextDescriptor += 1
            state.open[state.nextDescriptor] = node
            return AuditFileHandle(
                descriptor: state.nextDescriptor, length: Int64(state.contents[node]?.count ?? 0), isRegular: true)
        }
    }

    func lock(_ descriptor: Int32) throws(AuditFileError) {
        try state.withLock { state throws(AuditFileError) in
            guard state.locked.insert(try node(descriptor, state)).inserted else {
                throw AuditFileError(operation: "lock", code: EWOULDBLOCK)
            }
        }
    }

    func write(_ descriptor: Int32, _ parts: [UnsafeRawBufferPointer]) throws(AuditFileError) -> Int {
        var bytes: [UInt8] = []
        for part in parts { bytes += part }
        return try state.withLock { state throws(AuditFileError) in
            let node = try node(descriptor, state)
            if state.power == 1 { state.contents[node, default: []] += bytes[..<(bytes.count / 3)] }
            try state.operate("write")
            let count = min(bytes.count, state.room ?? .max)
            if count == 0 { throw AuditFileError(operation: "write", code: ENOSPC) }
            state.contents[node, default: []] += bytes[..<count]
            if let room = state.room { state.room = room - count }
            return count
        }
    }

    func sync(_ descriptor: Int32) throws(AuditFileError) {
        try state.withLock { state throws(AuditFileError) in
            let node = try node(descriptor, state)
            try state.operate("sync")
            state.syncs += 1
            if state.failingSyncs > 0 {
                state.failingSyncs -= 1
                // It loses what was written since the last.
                let kept = state.synced[node]?.count ?? 0
                for index in kept..<(state.contents[node]?.count ?? 0) { state.contents[node]?[index] = 0 }
                throw AuditFileError(operation: "sync", code: EIO)
            }
            state.synced[node] = state.contents[node]
        }
    }

    func forget(_ descriptor: Int32, from offset: Int64, count: Int64) {}

    func length(_ descriptor: Int32) throws(AuditFileError) -> Int64 {
        try state.withLock { state throws(AuditFileError) in
            Int64(state.contents[try node(descriptor, state)]?.count ?? 0)
        }
    }

    func truncate(_ descriptor: Int32, to length: Int64) throws(AuditFileError) {
        try state.withLock { state throws(AuditFileError) in
            let node = try node(descriptor, state)
            try state.operate("truncate")
            let surplus = (state.contents[node]?.count ?? 0) - Int(length)
            state.contents[node]?.removeLast(surplus)
            if let room = state.room { state.room = room + surplus }
        }
    }

    func read(_ descriptor: Int32, at offset: Int64, count: Int) throws(AuditFileError) -> [UInt8] {
        try state.withLock { state throws(AuditFileError) in
            Array((state.contents[try node(descriptor, state)] ?? []).dropFirst(Int(offset)).prefix(count))
        }
    }

    func close(_ descriptor: Int32) {
        state.withLock { if let node = $0.open.removeValue(forKey: descriptor) { $0.locked.remove(node) } }
    }

    // MARK: Names

    func rename(_ path: String, to new: String) throws(AuditFileError) {
        try state.withLock { state throws(AuditFileError) in
            try state.operate("rename")
            if state.failingRenames > 0 {
                state.failingRenames -= 1
                throw AuditFileError(operation: "rename", code: EACCES)
            }
            guard state.paths[new] == nil else { throw AuditFileError(operation: "rename", code: EEXIST) }
            state.paths[new] = state.paths.removeValue(forKey: path)
        }
    }

    func syncDirectory(_ path: String) throws(AuditFileError) {
        try state.withLock { state throws(AuditFileError) in
            try state.operate("sync")
            state.syncedPaths = state.paths
        }
    }

    func list(_ directory: String) -> [String] { names.map { String($0.split(separator: "/").last ?? "") } }

    func remove(_ path: String) throws(AuditFileError) {
        try state.withLock { state throws(AuditFileError) in
            try state.operate("remove")
            state.paths[path] = nil
        }
    }

    func contents(_ path: String, limit: Int) -> [UInt8]? {
        state.withLock { state in
            state.paths[path].map { Array((state.contents[$0] ?? []).prefix(limit)) }
        }
    }

    func replace(_ path: String, with bytes: [UInt8]) throws(AuditFileError) {
        try state.withLock { state throws(AuditFileError) in
            try state.operate("replace")
            if state.failingReplaces > 0 {
                state.failingReplaces -= 1
                throw AuditFileError(operation: "rename", code: EACCES)
            }
            let node = state.newNode()
            state.contents[node] = bytes
            state.synced[node] = bytes
            state.paths[path] = node
            // Its directory is synced, and that is all names in it.
            state.syncedPaths = state.paths
        }
    }
}

extension FakeFiles.State {
    mutating func newNode() -> Int {
        nextNode += 1
        contents[nextNode] = []
        return nextNode
    }

    mutating func operate(_ operation: String) throws(AuditFileError) {
        guard let left = power else { return }
        if left <= 1 {
            power = 0
            throw AuditFileError(operation: operation, code: EIO)
        }
        power = left - 1
    }
}
