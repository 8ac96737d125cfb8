import Glibc
import Synchronization

@testable import Audit

/// A file system in memory that fails on demand. A crash keeps only what was synced.
final class FakeFiles: AuditFileAccess {
    struct State {
        var paths: [String: Int] = [:]
        var contents: [Int: [UInt8]] = [:]
        var synced: [Int: Int] = [:]
        var open: [Int32: Int] = [:]
        var nextDescriptor: Int32 = 100
        /// Bytes that still fit on the disk; nil for any number.
        var room: Int?
        var failingSyncs = 0
        var failingOpens = 0
        var failingRenames = 0
        /// A failed synchronisation loses what was written since the last.
        var syncs = 0
    }

    let state = Mutex(State())

    func text(_ path: String) -> String {
        state.withLock { state in
            String(decoding: state.paths[path].flatMap { state.contents[$0] } ?? [], as: UTF8.self)
        }
    }

    var names: [String] { state.withLock { $0.paths.keys.sorted() } }
    var openCount: Int { state.withLock { $0.open.count } }

    func put(_ path: String, _ text: String) {
        state.withLock {
            let node = $0.contents.count
            $0.paths[path] = node
            $0.contents[node] = Array(text.utf8)
        }
    }

    func open(_ path: String) throws(AuditFileError) -> AuditFileHandle {
        try state.withLock { state throws(AuditFileError) in
            if state.failingOpens > 0 {
                state.failingOpens -= 1
                throw AuditFileError(operation: "open", code: EACCES)
            }
            let node = state.paths[path] ?? state.contents.count
            state.paths[path] = node
            state.contents[node, default: []] += []
            state.nextDescriptor += 1
            state.open[state.nextDescriptor] = node
            return AuditFileHandle(
                descriptor: state.nextDescriptor, length: Int64(state.contents[node]?.count ?? 0), isRegular: true)
        }
    }

    private func node(_ descriptor: Int32, _ state: borrowing State) throws(AuditFileError) -> Int {
        guard let node = state.open[descriptor] else { throw AuditFileError(operation: "use", code: EBADF) }
        return node
    }

    func write(_ descriptor: Int32, _ parts: [UnsafeRawBufferPointer]) throws(AuditFileError) -> Int {
        var bytes: [UInt8] = []
        for part in parts { bytes += part }
        return try state.withLock { state throws(AuditFileError) in
            let node = try node(descriptor, state)
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
            state.syncs += 1
            if state.failingSyncs > 0 {
                state.failingSyncs -= 1
                let kept = state.synced[node] ?? 0
                for index in kept..<(state.contents[node]?.count ?? 0) { state.contents[node]?[index] = 0 }
                throw AuditFileError(operation: "sync", code: EIO)
            }
            state.synced[node] = state.contents[node]?.count
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

    func close(_ descriptor: Int32) { state.withLock { $0.open[descriptor] = nil } }

    func rename(_ path: String, to new: String) throws(AuditFileError) {
        try state.withLock { state throws(AuditFileError) in
            if state.failingRenames > 0 {
                state.failingRenames -= 1
                throw AuditFileError(operation: "rename", code: EACCES)
            }
            state.paths[new] = state.paths.removeValue(forKey: path)
        }
    }

    func syncDirectory(_ path: String) {}

    func list(_ directory: String) -> [String] { names.map { String($0.split(separator: "/").last ?? "") } }

    func remove(_ path: String) throws(AuditFileError) { state.withLock { $0.paths[path] = nil } }
}
