import Testing

@testable import Core

@Suite struct ByteKeyedCacheTests {
    private final class Box {
        let number: Int
        init(_ number: Int) { self.number = number }
    }

    private static func key(_ number: Int) -> [UInt8] { Array("key \(number)".utf8) }

    @Test func removedKeysAreGoneAndOthersStay() {
        let cache = ByteKeyedCache<Box>(budget: 1 << 20)
        for number in 0..<500 { Self.key(number).withUnsafeBytes { cache.insert($0, Box(number)) } }
        for number in 0..<500 where number % 3 == 0 { Self.key(number).withUnsafeBytes { cache.remove($0) } }
        Self.key(1000).withUnsafeBytes { cache.remove($0) }
        for number in 0..<500 {
            let found = Self.key(number).withUnsafeBytes { cache.find($0)?.number }
            #expect(found == (number % 3 == 0 ? nil : number))
        }
        #expect(cache.count == 333)
        Self.key(0).withUnsafeBytes { cache.insert($0, Box(7)) }
        #expect(Self.key(0).withUnsafeBytes { cache.find($0)?.number } == 7)
    }

    @Test func budgetEvictsWhatWasNotAskedFor() {
        let cache = ByteKeyedCache<Box>(budget: 10 * (ByteKeyedCache<Box>.overhead + 6))
        for number in 0..<100 { Self.key(number).withUnsafeBytes { cache.insert($0, Box(number)) } }
        #expect(cache.count <= 10)
        #expect(Self.key(99).withUnsafeBytes { cache.find($0)?.number } == 99)
    }
}
