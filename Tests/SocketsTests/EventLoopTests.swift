import Glibc
import Testing

@testable import Sockets

/// Two ends of a connection, as descriptors.
func makePair() -> (Int32, Int32) {
    var ends: [Int32] = [0, 0]
    let status = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
    precondition(status == 0)
    return (ends[0], ends[1])
}

/// Counts jobs that its loop ran for it.
actor Pinned {
    private let loop: EventLoop
    private(set) var calls = 0

    init(loop: EventLoop) { self.loop = loop }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func call() { calls += 1 }
}

@Suite(.serialized) struct EventLoopTests {
    /// The loops of these tests; they live as long as the process.
    static let loops: [EventLoop] = {
        do { return try EventLoop.start(count: 2) } catch { preconditionFailure("no loops, no tests: \(error)") }
    }()

    @Test func aTaskThatPrefersALoopRunsOnItsThread() async {
        let loop = Self.loops[0]
        let ran = await Task(executorPreference: loop) { loop.isOnLoop }.value
        #expect(ran)
        #expect(!loop.isOnLoop)
    }

    @Test func awaitingAnActorOfTheSameLoopEnqueuesNothing() async {
        let loop = Self.loops[0]
        let enqueues = await Task(executorPreference: loop) { () -> UInt64 in
            let pinned = Pinned(loop: loop)
            let before = loop.counters.crossThreadEnqueues.current
            for _ in 0..<1_000 { await pinned.call() }
            let calls = await pinned.calls
            #expect(calls == 1_000)
            return loop.counters.crossThreadEnqueues.current - before
        }.value
        #expect(enqueues == 0)
    }

    @Test func anotherThreadsCallWakesASleepingLoop() async {
        let values = await withTaskGroup(of: Int.self) { group in
            for value in 0..<100 { group.addTask { await Self.loops[value % 2].run { value } } }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(values.count == 100)
    }

    @Test func aSignalRaisedBeforeTheWaitIsNotLost() async {
        let loop = Self.loops[0]
        let order = await Task(executorPreference: loop) { () -> [String] in
            var order: [String] = []
            let signal = Signal()
            signal.notify()
            signal.notify()
            await signal.wait()
            order.append("raised")
            let timer = LoopTimer(loop: loop) { signal.notify() }
            timer.arm(at: loop.nowNs)
            await signal.wait()
            order.append("fired")
            return order
        }.value
        #expect(order == ["raised", "fired"])
    }

    @Test func aWaitCostsOneJob() async {
        let loop = Self.loops[0]
        let jobs = await Task(executorPreference: loop) {
            await loop.home.run {
                let signal = Signal()
                let before = loop.counters.localEnqueues.current
                for _ in 0..<100 {
                    let timer = LoopTimer(loop: loop) { signal.notify() }
                    timer.arm(at: loop.nowNs)
                    await signal.wait()
                }
                return loop.counters.localEnqueues.current - before
            }
        }.value
        // One to resume it. A hop to another executor and back would be more.
        #expect(jobs == 100)
    }

    @Test func aServedSignalCostsNoJob() async {
        let loop = Self.loops[0]
        let (calls, jobs) = await Task(executorPreference: loop) {
            await loop.home.run {
                let signal = Signal()
                let timer = LoopTimer(loop: loop) { signal.notify() }
                let before = loop.counters.localEnqueues.current
                var calls = 0
                await signal.serve(on: loop) {
                    calls += 1
                    timer.arm(at: loop.nowNs)
                    return calls == 100
                }
                return (calls, loop.counters.localEnqueues.current - before)
            }
        }.value
        #expect(calls == 100)
        // One, to end it.
        #expect(jobs == 1)
    }

    @Test func aServedSignalIsCalledOnceATurnAndMissesNothing() async {
        let loop = Self.loops[0]
        let turns = await Task(executorPreference: loop) {
            await loop.home.run {
                let signal = Signal()
                // Before it is served: the first call is for that too.
                signal.notify()
                var turns: [UInt64] = []
                await signal.serve(on: loop) {
                    turns.append(loop.counters.turns.current)
                    // From within, and twice: one more call, in another turn.
                    if turns.count < 3 {
                        signal.notify()
                        signal.notify()
                    }
                    return turns.count == 3
                }
                await loop.nextTurn()
                return turns
            }
        }.value
        #expect(turns.count == 3)
        #expect(turns[1] != turns[2])
    }

    @Test func workGatheredOverATurnIsDoneAtItsEnd() async {
        final class Gathered: TurnEndWork {
            var order: [String] = []
            func turnEnded() { order.append("end") }
        }
        let loop = Self.loops[0]
        let order = await Task(executorPreference: loop) {
            await loop.home.run {
                let work = Gathered()
                loop.callAtTurnEnd(work)
                work.order.append("turn")
                await loop.nextTurn()
                work.order.append("next")
                return work.order
            }
        }.value
        #expect(order == ["turn", "end", "next"])
    }

    @Test func aRunQueueKeepsItsOrderAsItGrows() {
        var queue = RunQueue<Int>()
        var (next, expected) = (0, 0)
        for round in 0..<600 {
            for _ in 0..<(round % 7) {
                queue.append(next)
                next += 1
            }
            if round % 3 == 0, let first = queue.popFirst() {
                #expect(first == expected)
                expected += 1
            }
        }
        while let first = queue.popFirst() {
            #expect(first == expected)
            expected += 1
        }
        #expect(expected == next)
        #expect(queue.isEmpty)
    }

    @Test func dataAndEndThatArriveTogetherAreBothSeen() async throws {
        let loop = Self.loops[1]
        let (near, far) = makePair()
        let seen = try await Task(executorPreference: loop) { () throws -> [IOResult] in
            let signal = Signal()
            let stream = try SocketStream(descriptor: near, loop: loop, signal: signal)
            var space = [UInt8](repeating: 0, count: 64)
            func read() -> IOResult { space.withUnsafeMutableBytes { stream.read(into: $0) } }
            var results = [read()]
            write(far, "abc", 3)
            close(far)
            while results.last != .end {
                while !stream.canRead { await signal.wait() }
                results.append(read())
            }
            stream.close()
            return results
        }.value
        #expect(seen == [.wouldBlock, .bytes(3), .end])
    }

    @Test func aShortReadIsNotFollowedByAnother() async throws {
        let loop = Self.loops[1]
        let (near, far) = makePair()
        defer { close(far) }
        let canRead = try await Task(executorPreference: loop) { () throws -> Bool in
            let stream = try SocketStream(descriptor: near, loop: loop, signal: Signal())
            defer { stream.close() }
            write(far, "abc", 3)
            var space = [UInt8](repeating: 0, count: 64)
            let result = space.withUnsafeMutableBytes { stream.read(into: $0) }
            #expect(result == .bytes(3))
            return stream.canRead
        }.value
        #expect(!canRead)
    }

    @Test func aMovedChannelGetsItsEventsOnTheNewLoop() async throws {
        let (near, far) = makePair()
        let signal = Signal()
        let first = Self.loops[0]
        let second = Self.loops[1]
        let channel = try await Task(executorPreference: first) { () throws -> Channel in
            let channel = try Channel(descriptor: near, loop: first, signal: signal)
            channel.detach()
            return channel
        }.value
        let readable = try await Task(executorPreference: second) { () throws -> Bool in
            try channel.attach(to: second)
            write(far, "x", 1)
            while !channel.isReadable { await signal.wait() }
            let readable = channel.isReadable
            channel.close()
            return readable
        }.value
        #expect(readable)
        close(far)
    }
}

extension EventLoop {
    /// Comes back in a later turn.
    fileprivate func nextTurn() async {
        let signal = Signal()
        let timer = LoopTimer(loop: self) { signal.notify() }
        timer.arm(at: nowNs)
        await signal.wait()
    }
}
