/// A bounded cache from byte strings to objects that is asked with bytes in place: a look-up copies nothing.
///
/// Keys are hashed with a random seed (a peer chooses the keys). When the bytes of keys exceed the budget, entries that
/// were not asked for since the hand last passed go first (clock). Not synchronised.
public final class ByteKeyedCache<Value: AnyObject> {
    private struct Entry {
        var hash: UInt64
        var key: [UInt8]
        var value: Value?
        var isRecent: Bool
    }

    /// Bytes that an entry costs beside its key: an estimate of table, object and array headers.
    public static var overhead: Int { 160 }

    private let budget: Int
    private let seed = UInt64.random(in: .min ... .max) | 1
    private var used = 0
    private var entries: [Entry] = []
    private var free: [Int] = []
    /// Index into `entries` plus one; 0 is empty. A power of two, at most half full.
    private var table: [Int32]
    private var hand = 0

    /// - Parameter budget: bytes of keys and overhead kept at most.
    public init(budget: Int) {
        self.budget = budget
        table = Array(repeating: 0, count: 256)
    }

    public var count: Int { entries.count - free.count }

    /// The object kept for `key`, or nil. About 1 ns per 8 bytes and one look in the table.
    public func find(_ key: UnsafeRawBufferPointer) -> Value? { find(key, hash: hash(key)) }

    /// - Parameter hash: of `key`, by this cache.
    public func find(_ key: UnsafeRawBufferPointer, hash: UInt64) -> Value? {
        var position = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[position] != 0 {
            let index = Int(table[position]) - 1
            if entries[index].hash == hash, matches(entries[index].key, key) {
                entries[index].isRecent = true
                return entries[index].value
            }
            position = (position + 1) & (table.count - 1)
        }
        return nil
    }

    /// Forgets `key`.
    public func remove(_ key: UnsafeRawBufferPointer) {
        let hash = hash(key)
        var position = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[position] != 0 {
            let index = Int(table[position]) - 1
            if entries[index].hash == hash, matches(entries[index].key, key) { return forget(index) }
            position = (position + 1) & (table.count - 1)
        }
    }

    private func forget(_ index: Int) {
        used -= entries[index].key.count + Self.overhead
        unplace(index)
        entries[index] = Entry(hash: 0, key: [], value: nil, isRecent: false)
        free.append(index)
    }

    /// Keeps `value` for `key`, which is not in the cache yet.
    public func insert(_ key: UnsafeRawBufferPointer, _ value: Value) {
        let cost = key.count + Self.overhead
        guard cost <= budget / 4 else { return }
        used += cost
        while used > budget { evictOne() }
        if (count + 1) * 2 > table.count { rebuild(size: table.count * 2) }
        let entry = Entry(hash: hash(key), key: Array(key), value: value, isRecent: true)
        let index: Int
        if let reused = free.popLast() {
            entries[reused] = entry
            index = reused
        } else {
            entries.append(entry)
            index = entries.count - 1
        }
        place(index)
    }

    private func place(_ index: Int) {
        var position = Int(truncatingIfNeeded: entries[index].hash) & (table.count - 1)
        while table[position] != 0 { position = (position + 1) & (table.count - 1) }
        table[position] = Int32(index + 1)
    }

    private func rebuild(size: Int) {
        table = Array(repeating: 0, count: size)
        for index in entries.indices where entries[index].value != nil { place(index) }
    }

    private func evictOne() {
        while true {
            hand = hand + 1 < entries.count ? hand + 1 : 0
            guard entries[hand].value != nil else { continue }
            if entries[hand].isRecent {
                entries[hand].isRecent = false
                continue
            }
            return forget(hand)
        }
    }

    /// Takes an index out of the table and moves those behind it up, so that probing finds no hole.
    private func unplace(_ index: Int) {
        let mask = table.count - 1
        var hole = Int(truncatingIfNeeded: entries[index].hash) & mask
        while table[hole] != Int32(index + 1) { hole = (hole + 1) & mask }
        table[hole] = 0
        var position = (hole + 1) & mask
        while table[position] != 0 {
            let moved = Int(table[position]) - 1
            table[position] = 0
            place(moved)
            position = (position + 1) & mask
        }
    }

    private func matches(_ key: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard key.count == bytes.count else { return false }
        return key.withUnsafeBytes { stored in
            var offset = 0
            while offset + 8 <= bytes.count {
                let left = stored.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                guard left == bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
                offset += 8
            }
            while offset < bytes.count {
                guard stored[offset] == bytes[offset] else { return false }
                offset += 1
            }
            return true
        }
    }

    /// Multiply-and-fold over 8-byte words, keyed by the cache's own seed.
    public func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = seed ^ UInt64(truncatingIfNeeded: bytes.count)
        var offset = 0
        while offset + 8 <= bytes.count {
            state = fold(state ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return fold(fold(state ^ rest) ^ seed)
    }

    private func fold(_ value: UInt64) -> UInt64 {
        let product = (value ^ seed).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
