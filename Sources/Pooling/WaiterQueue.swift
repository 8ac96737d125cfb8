/// First-in first-out queue with removal from anywhere, both in constant time and without allocation once grown.
struct WaiterQueue: ~Copyable {
    private struct Node {
        var enqueuedAt: UInt64
        var deadline: UInt64
        var noticeAt: UInt64
        var previous: Int
        var next: Int
    }

    private var nodes: [Node] = []
    private var head = -1
    private var tail = -1
    private var free = -1
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// When the longest waiting one came; `UInt64.max` when nobody waits.
    var oldest: UInt64 { head < 0 ? .max : nodes[head].enqueuedAt }

    /// - Parameters: `deadline` and `noticeAt` are absolute; `UInt64.max` = never.
    /// - Returns: the waiter's number, valid until it is popped or removed.
    mutating func append(enqueuedAt: UInt64, deadline: UInt64, noticeAt: UInt64) -> Int {
        let node = Node(enqueuedAt: enqueuedAt, deadline: deadline, noticeAt: noticeAt, previous: tail, next: -1)
        let index: Int
        if free >= 0 {
            index = free
            free = nodes[index].next
            nodes[index] = node
        } else {
            index = nodes.count
            nodes.append(node)
        }
        if tail < 0 { head = index } else { nodes[tail].next = index }
        tail = index
        count += 1
        return index
    }

    /// - Returns: the longest waiting one and when it came.
    mutating func popFirst() -> (waiter: Int, enqueuedAt: UInt64)? {
        guard head >= 0 else { return nil }
        let first = head
        remove(first)
        return (first, nodes[first].enqueuedAt)
    }

    mutating func remove(_ index: Int) {
        let node = nodes[index]
        if node.previous < 0 { head = node.next } else { nodes[node.previous].next = node.next }
        if node.next < 0 { tail = node.previous } else { nodes[node.next].previous = node.previous }
        nodes[index].next = free
        free = index
        count -= 1
    }

    /// Takes out the waiters past their deadline, marks those due for a notice.
    /// - Returns: both lists, and the earliest time at which there is something to do again.
    mutating func collectDue(now: UInt64) -> (expired: [Int], noticed: [Int], next: UInt64) {
        var expired: [Int] = []
        var noticed: [Int] = []
        var earliest = UInt64.max
        var index = head
        while index >= 0 {
            let next = nodes[index].next
            if nodes[index].deadline <= now {
                expired.append(index)
                remove(index)
            } else {
                if nodes[index].noticeAt <= now {
                    noticed.append(index)
                    nodes[index].noticeAt = .max
                }
                earliest = min(earliest, nodes[index].deadline, nodes[index].noticeAt)
            }
            index = next
        }
        return (expired, noticed, earliest)
    }
}
