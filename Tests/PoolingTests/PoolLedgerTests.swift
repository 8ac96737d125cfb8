import Synchronization
import Testing

@testable import Pooling

@Suite struct PoolLedgerTests {
    @Test func grantsNoMoreThanTheLimit() {
        let ledger = PoolLedger(size: 2, reserve: 1, shards: 2)
        #expect(ledger.acquire(.upTo(1)))
        #expect(!ledger.acquire(.upTo(1)))
        #expect(ledger.acquire(.size))
        #expect(!ledger.acquire(.size))
        #expect(!ledger.isOverdrawn)
        #expect(ledger.acquire(.sizeAndReserve))
        #expect(ledger.isOverdrawn)
        #expect(!ledger.acquire(.sizeAndReserve))
        #expect(ledger.giveBack(from: 0) == nil)
        #expect(!ledger.isOverdrawn)
        #expect(ledger.open == 2)
    }

    @Test func passesAPermitToTheShardThatWaitsLongest() {
        let ledger = PoolLedger(size: 1, reserve: 0, shards: 3)
        #expect(ledger.acquire(.size))
        for (shard, since) in [(1, UInt64(20)), (2, 10)] {
            ledger.beacons[shard].oldest.store(since, ordering: .relaxed)
            ledger.beacons[shard].shortage.store(1, ordering: .relaxed)
            #expect(!ledger.acquireOrAsk(shard: shard))
        }
        #expect(ledger.needsAttention(isAsking: false))
        #expect(ledger.giveBack(from: 0) == 2)
        #expect(ledger.giveBack(from: 2) == 1)
        #expect(ledger.open == 1)
        #expect(ledger.giveBack(from: 1) == nil)
        #expect(ledger.open == 0)
        ledger.stopAsking(shard: 1)
        ledger.stopAsking(shard: 2)
        #expect(!ledger.needsAttention(isAsking: false))
    }

    @Test func aPermitBeyondAReducedSizeIsNotPassedOn() {
        let ledger = PoolLedger(size: 2, reserve: 0, shards: 2)
        #expect(ledger.acquire(.size) && ledger.acquire(.size))
        ledger.resize(size: 1, reserve: 0)
        #expect(ledger.isOverdrawn)
        ledger.beacons[1].oldest.store(1, ordering: .relaxed)
        ledger.beacons[1].shortage.store(1, ordering: .relaxed)
        ledger.ask(shard: 1)
        #expect(ledger.giveBack(from: 0) == nil)
        #expect(ledger.giveBack(from: 0) == 1)
    }

    @Test func aShortageIsClaimedOnce() {
        let beacon = PoolLedger.Beacon()
        #expect(!beacon.claim())
        beacon.shortage.store(2, ordering: .relaxed)
        #expect(beacon.claim() && beacon.claim())
        #expect(!beacon.claim())
    }
}
