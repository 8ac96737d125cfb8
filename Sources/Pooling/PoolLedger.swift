internal import Synchronization

/// Keeps a pool's limit exact across the shards of all loops, and knows which shards are short of connections.
///
/// Each connection that is open or being opened holds one permit, taken here before and given back after. The mutex is
/// held for a few instructions, and only when connections are opened, closed or short; lending and returning one reads
/// `attention` alone, which does not change while nobody waits.
final class PoolLedger: Sendable {
    /// What one shard tells the others; on cache lines of its own.
    final class Beacon: Sendable {
        private let front = InlineArray<16, UInt64>(repeating: 0)
        /// Clients that wait, less the connections on their way to them. The owner adds what changed, a giver takes 1.
        let shortage = Atomic<Int>(0)
        /// When the longest waiting client came; `UInt64.max` when the shard does not ask.
        let oldest = Atomic<UInt64>(.max)
        let held = Atomic<Int>(0)
        let idle = Atomic<Int>(0)
        private let back = InlineArray<16, UInt64>(repeating: 0)

        /// Promises one connection to this shard, if it still lacks one. Any thread.
        func claim() -> Bool {
            var lack = shortage.load(ordering: .relaxed)
            while lack > 0 {
                let (done, seen) = shortage.weakCompareExchange(
                    expected: lack, desired: lack - 1, ordering: .acquiringAndReleasing)
                if done { return true }
                lack = seen
            }
            return false
        }
    }

    enum Allowance {
        /// Up to so many in all.
        case upTo(Int)
        case size
        case sizeAndReserve
    }

    private struct Books {
        var size: Int
        var reserve: Int
        var issued = 0
        var asking: [Bool]
        var askers = 0
    }

    /// In `attention`: more permits are out than the size.
    private static let overdrawn = 1 << 32

    private let books: Mutex<Books>
    /// Number of asking shards, plus `overdrawn`.
    private let attention = Atomic<Int>(0)
    private let issued = Atomic<Int>(0)
    /// Connections that are logged in.
    private let live = Atomic<Int>(0)
    let beacons: [Beacon]

    init(size: Int, reserve: Int, shards: Int) {
        books = Mutex(Books(size: size, reserve: reserve, asking: Array(repeating: false, count: shards)))
        beacons = (0..<shards).map { _ in Beacon() }
    }

    /// Open connections and attempts in the whole process.
    var open: Int { issued.load(ordering: .relaxed) }

    /// No permit is out. Under the lock, so that of two who look after what they did, one sees what both did.
    var isUnused: Bool { books.withLock { $0.issued == 0 } }

    /// No connection is logged in, in any shard.
    var isHopeless: Bool { live.load(ordering: .relaxed) == 0 }

    func countLive(_ change: Int) { live.add(change, ordering: .relaxed) }

    /// Whether a returned connection needs a second look: another shard asks, or the pool is overdrawn.
    @inline(__always)
    func needsAttention(isAsking: Bool) -> Bool {
        attention.load(ordering: .relaxed) != (isAsking ? 1 : 0)
    }

    var isOverdrawn: Bool { attention.load(ordering: .relaxed) >= Self.overdrawn }

    /// Another shard's mark may be on, as far as this thread can see.
    func othersAsk(isAsking: Bool) -> Bool {
        attention.load(ordering: .relaxed) & (Self.overdrawn - 1) > (isAsking ? 1 : 0)
    }

    // MARK: Permits

    func acquire(_ allowance: Allowance) -> Bool {
        books.withLock { take(allowance, &$0) }
    }

    /// Takes a permit, or else marks the shard as asking, in one step: a permit given back can't slip between.
    func acquireOrAsk(shard: Int) -> Bool {
        books.withLock { books in
            if take(.size, &books) { return true }
            mark(shard, true, &books)
            return false
        }
    }

    func ask(shard: Int) { books.withLock { mark(shard, true, &$0) } }

    func stopAsking(shard: Int) { books.withLock { mark(shard, false, &$0) } }

    /// A connection has been closed.
    /// - Returns: the shard to which its permit goes instead, promised on that shard's beacon.
    func giveBack(from giver: Int) -> Int? {
        books.withLock { books in
            if books.issued <= books.size, let heir = longestWaiting(except: giver, books) { return heir }
            books.issued -= 1
            publish(books)
            return nil
        }
    }

    /// A permit that can't be used at present.
    func drop() {
        books.withLock { books in
            books.issued -= 1
            publish(books)
        }
    }

    func resize(size: Int, reserve: Int) {
        books.withLock { books in
            books.size = size
            books.reserve = reserve
            publish(books)
        }
    }

    private func take(_ allowance: Allowance, _ books: inout Books) -> Bool {
        let limit =
            switch allowance {
            case .upTo(let count): min(count, books.size)
            case .size: books.size
            case .sizeAndReserve: books.size + books.reserve
            }
        guard books.issued < limit else { return false }
        books.issued += 1
        publish(books)
        return true
    }

    private func mark(_ shard: Int, _ isAsking: Bool, _ books: inout Books) {
        guard books.asking[shard] != isAsking else { return }
        books.asking[shard] = isAsking
        books.askers += isAsking ? 1 : -1
        publish(books)
    }

    private func publish(_ books: Books) {
        issued.store(books.issued, ordering: .relaxed)
        attention.store(books.askers + (books.issued > books.size ? Self.overdrawn : 0), ordering: .relaxed)
    }

    private func longestWaiting(except giver: Int, _ books: borrowing Books) -> Int? {
        guard books.askers > 0 else { return nil }
        var passed: Set<Int> = [giver]
        while let shard = neediest(where: { books.asking[$0] && !passed.contains($0) })?.shard {
            if beacons[shard].claim() { return shard }
            passed.insert(shard)
        }
        return nil
    }

    // MARK: Who is short

    struct Need {
        var shard: Int
        var oldest: UInt64
        var holdsNone: Bool
    }

    /// The shard whose first client has waited longest. From any thread, without the lock: a hint until claimed.
    func neediest(except shard: Int) -> Need? { neediest { $0 != shard } }

    private func neediest(where isCandidate: (Int) -> Bool) -> Need? {
        var best: Need?
        for (shard, beacon) in beacons.enumerated() where isCandidate(shard) {
            guard beacon.shortage.load(ordering: .relaxed) > 0 else { continue }
            let oldest = beacon.oldest.load(ordering: .relaxed)
            guard oldest < best?.oldest ?? .max else { continue }
            best = Need(shard: shard, oldest: oldest, holdsNone: beacon.held.load(ordering: .relaxed) == 0)
        }
        return best
    }

    /// Idle connections in other shards, about.
    func idleElsewhere(than shard: Int) -> Int {
        var sum = 0
        for (index, beacon) in beacons.enumerated() where index != shard {
            sum += beacon.idle.load(ordering: .relaxed)
        }
        return sum
    }
}
