import Testing

@testable import Pooling

@Suite struct WaiterQueueTests {
    @Test func servesInOrderAndReusesPlaces() {
        var queue = WaiterQueue()
        let first = queue.append(enqueuedAt: 1, deadline: .max, noticeAt: .max)
        let second = queue.append(enqueuedAt: 2, deadline: .max, noticeAt: .max)
        let third = queue.append(enqueuedAt: 3, deadline: .max, noticeAt: .max)
        queue.remove(second)
        same(queue.count, 2)
        same(queue.oldest, 1)
        same(queue.popFirst()?.waiter, first)
        same(queue.oldest, 3)
        let fourth = queue.append(enqueuedAt: 4, deadline: .max, noticeAt: .max)
        #expect(fourth == first || fourth == second)
        same(queue.popFirst()?.waiter, third)
        same(queue.popFirst()?.waiter, fourth)
        same(queue.popFirst()?.waiter, nil)
        same(queue.oldest, .max)
    }

    @Test func takesOutTheExpiredAndMarksNoticesOnce() {
        var queue = WaiterQueue()
        let early = queue.append(enqueuedAt: 0, deadline: 10, noticeAt: 5)
        let late = queue.append(enqueuedAt: 1, deadline: 100, noticeAt: 6)
        var due = queue.collectDue(now: 7)
        #expect(due.expired == [])
        #expect(due.noticed == [early, late])
        #expect(due.next == 10)
        due = queue.collectDue(now: 10)
        #expect(due.expired == [early])
        #expect(due.noticed == [])
        #expect(due.next == 100)
        same(queue.count, 1)
    }
}
