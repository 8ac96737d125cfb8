import Sockets
import Synchronization
import Testing

@testable import Pooling

/// Loops live as long as the process, so the tests share two.
private let loops: [EventLoop] = {
    do { return try EventLoop.start(count: 2) } catch { preconditionFailure("\(error)") }
}()

/// What a session waits on. The flag is looked at again where the continuation is stored: the runtime may let other jobs
/// of the loop run between the two.
private final class Wakeup {
    private var waiter: UnsafeContinuation<Void, Never>?
    private var isRaised = false

    func notify() {
        if let waiter {
            self.waiter = nil
            waiter.resume()
        } else {
            isRaised = true
        }
    }

    func wait() async {
        await withUnsafeContinuation { continuation in
            if isRaised { continuation.resume() } else { waiter = continuation }
        }
        isRaised = false
    }
}

/// One client on one loop: a task that leases, works a little, returns.
private final class Client: @unchecked Sendable {
    // Made and used in a task on the loop only.
    let shard: PoolShard<FakeConnection>
    let signal = Wakeup()
    let request: LeaseRequest<FakeConnection>
    var waits: [UInt64] = []

    init(_ pool: Pool<FakeConnection>, _ loop: EventLoop) {
        shard = pool.shard(on: loop)
        request = LeaseRequest { [signal] in signal.notify() }
    }

    func lease() async throws(LeaseFailure) -> FakeConnection {
        if !shard.request(request) {
            while case .queued = request.phase { await signal.wait() }
        }
        if let failure = request.takeFailure() { throw failure }
        guard let connection = request.take() else { throw .draining }
        precondition(!connection.isLent && !connection.isClosed && connection.loop === shard.loop)
        connection.isLent = true
        waits.append(request.waited)
        return connection
    }

    func release(_ connection: FakeConnection, reusable: Bool = true) {
        connection.isLent = false
        shard.release(connection, reusable: reusable)
    }
}

private func makePool(_ server: FakeServer, _ settings: PoolSettings) -> Pool<FakeConnection> {
    Pool(
        key: PoolKey(backend: "b", epoch: 1, route: "*", database: "d", identity: ""), settings: settings, loops: loops
    ) {
        loop async throws(PoolConnectError) in try await server.connect(loop)
    }
}

/// Lets the loop turn until `done`; time is the loop's own, bounded by the test's limit.
private func turn(_ loop: EventLoop, until done: @escaping @Sendable () -> Bool) async {
    while !done() { await loop.run {} }
}

/// Runs `body` in a task on the loop.
private func on<T: Sendable>(_ loop: EventLoop, _ body: @escaping @Sendable () async throws -> T) async throws -> T {
    try await Task(executorPreference: loop) { try await body() }.value
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct PoolTests {
    /// A transaction that takes some turns of the loop.
    private static func work(_ turns: Int) async {
        for _ in 0..<turns { await Task.yield() }
    }

    @Test(arguments: [1, 2, 3, 7])
    func limitHoldsAndNobodyIsForgotten(size: Int) async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: size))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<40 {
                let loop = loops[number % 3 == 0 ? 1 : 0]
                group.addTask(executorPreference: loop) {
                    let client = Client(pool, loop)
                    for round in 0..<200 {
                        let connection = try await client.lease()
                        await Self.work(number % 4)
                        client.release(connection, reusable: (round + number) % 17 != 0)
                    }
                    return client.waits.count
                }
            }
            var leases = 0
            for try await count in group { leases += count }
            #expect(leases == 40 * 200)
        }
        #expect(server.most <= size)
        var statistics = await pool.statistics()
        // The last connections may still be on their way between the loops, or be replaced; the time limit bounds this.
        while pool.openConnections != server.open || statistics.svIdle != server.open - statistics.svLogin {
            for loop in loops { await loop.run {} }
            statistics = await pool.statistics()
        }
        #expect(statistics.leases == 40 * 200)
        #expect(statistics.clWaiting == 0)
        #expect(statistics.svActive == 0)
    }

    /// Waiting is counted in leases of others, not in time, so that a busy machine does not fail the test.
    @Test func oneConnectionIsSharedFairlyByTwoLoops() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 1))
        var waits: [Int] = []
        try await withThrowingTaskGroup(of: [Int].self) { group in
            for number in 0..<20 {
                let loop = loops[number & 1]
                group.addTask(executorPreference: loop) {
                    let client = Client(pool, loop)
                    var waits: [Int] = []
                    for _ in 0..<100 {
                        let before = server.served.load(ordering: .relaxed)
                        let connection = try await client.lease()
                        waits.append(server.served.add(1, ordering: .relaxed).newValue - before)
                        let end = loop.nowNs + 100_000
                        while loop.nowNs < end { await Task.yield() }
                        client.release(connection)
                    }
                    return waits
                }
            }
            // The first and last rounds are not among 20 clients.
            for try await part in group { waits += part.dropFirst(5).dropLast(5) }
        }
        #expect(server.most == 1)
        waits.sort()
        let median = waits[waits.count / 2]
        #expect((waits.last ?? 0) <= 2 * median)
        #expect(await pool.statistics().handedOver > 50)
    }

    @Test func idleConnectionsOfAnotherLoopAreBorrowed() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 4, warmUpPercent: 0))
        try await on(loops[0]) {
            let clients = (0..<4).map { _ in Client(pool, loops[0]) }
            var connections: [FakeConnection] = []
            for client in clients { connections.append(try await client.lease()) }
            for (client, connection) in zip(clients, connections) { client.release(connection) }
        }
        try await on(loops[1]) {
            let clients = (0..<4).map { _ in Client(pool, loops[1]) }
            var connections: [FakeConnection] = []
            for client in clients { connections.append(try await client.lease()) }
            for (client, connection) in zip(clients, connections) { client.release(connection) }
        }
        #expect(server.made == 4)
        #expect(await pool.statistics().handedOver == 4)
    }

    @Test func aDeadServerFailsClientsWithItsError() async throws {
        let server = FakeServer()
        let error = PoolConnectError(kind: .rejected, code: "3D000", message: "database \"x\" does not exist")
        server.refuse(with: error)
        let pool = makePool(server, PoolSettings(size: 2))
        for loop in loops {
            let failure = try await on(loop) { () async throws -> LeaseFailure? in
                let client = Client(pool, loop)
                do throws(LeaseFailure) {
                    client.release(try await client.lease())
                    return nil
                } catch { return error }
            }
            #expect(failure == .connect(error))
        }
        server.refuse(with: nil)
        #expect(pool.openConnections <= 2)
    }

    @Test func deadlineEndsAWaitAndThePoolGoesOn() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 1, queueTimeout: 20_000_000))
        try await on(loops[0]) {
            let holder = Client(pool, loops[0])
            let waiter = Client(pool, loops[0])
            let connection = try await holder.lease()
            await #expect(throws: LeaseFailure.deadline(nil)) { try await waiter.lease() }
            holder.release(connection)
            waiter.release(try await waiter.lease())
        }
        #expect(await pool.statistics().deadlines == 1)
    }

    @Test func aDeadConnectionIsReplaced() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 1))
        try await on(loops[0]) {
            let client = Client(pool, loops[0])
            let first = try await client.lease()
            client.release(first)
            client.shard.connectionDied(first)
            #expect(first.isClosed)
            let second = try await client.lease()
            #expect(second !== first)
            second.isUsable = false
            client.release(second)
            #expect(second.isClosed)
            let third = try await client.lease()
            client.release(third)
            third.isUsable = false
            #expect(try await client.lease() !== third)
        }
        #expect(server.most == 1)
    }

    @Test func cancelGivesEverythingBack() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 1))
        try await on(loops[0]) {
            let holder = Client(pool, loops[0])
            let leaver = Client(pool, loops[0])
            let connection = try await holder.lease()
            #expect(!leaver.shard.request(leaver.request))
            leaver.shard.cancel(leaver.request)
            #expect(!leaver.shard.request(leaver.request))
            holder.release(connection)
            #expect(leaver.request.phase == .granted)
            leaver.shard.cancel(leaver.request)
            holder.release(try await holder.lease())
        }
        let statistics = await pool.statistics()
        #expect(statistics.svIdle == 1)
        #expect(statistics.clWaiting == 0)
    }

    @Test func drainServesTheQueueAndClosesAll() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 1))
        try await on(loops[0]) {
            let holder = Client(pool, loops[0])
            let waiter = Client(pool, loops[0])
            let late = Client(pool, loops[0])
            let connection = try await holder.lease()
            #expect(!waiter.shard.request(waiter.request))
            pool.drain()
            await loops[0].run {}
            await #expect(throws: LeaseFailure.draining) { try await late.lease() }
            holder.release(connection)
            #expect(waiter.request.phase == .granted)
            if let granted = waiter.request.take() { waiter.shard.release(granted, reusable: true) }
        }
        await turn(loops[0]) { server.open == 0 }
        #expect(pool.openConnections == 0)
    }

    /// Lent by one loop and waited for on the other while it drains; then nothing of the pool is left.
    @Test func aDrainedPoolIsFreed() async throws {
        final class Remains: Sendable {
            let shards: Mutex<[WeakShard]>
            init(_ pool: Pool<FakeConnection>) { shards = Mutex(loops.map { WeakShard(pool.shard(on: $0)) }) }
            var areGone: Bool { shards.withLock { $0.allSatisfy { $0.shard == nil } } }
        }
        struct WeakShard {
            weak var shard: PoolShard<FakeConnection>?
            init(_ shard: PoolShard<FakeConnection>) { self.shard = shard }
        }
        func use(_ server: FakeServer) async throws -> Remains {
            let pool = makePool(server, PoolSettings(size: 1))
            let remains = Remains(pool)
            try await on(loops[0]) {
                let holder = Client(pool, loops[0])
                let connection = try await holder.lease()
                let waiting = Task(executorPreference: loops[1]) {
                    let client = Client(pool, loops[1])
                    client.release(try await client.lease())
                }
                while await pool.statistics().clWaiting == 0 { await Task.yield() }
                pool.drain()
                await loops[0].run {}
                #expect(!remains.areGone)
                holder.release(connection)
                try await waiting.value
            }
            return remains
        }
        let server = FakeServer()
        let remains = try await use(server)
        await turn(loops[0]) { remains.areGone }
        #expect(server.open == 0)
    }

    @Test func pauseClosesAndResumeReopens() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 2))
        try await on(loops[1]) {
            let client = Client(pool, loops[1])
            client.release(try await client.lease())
            pool.pause()
            await loops[1].run {}
            #expect(!client.shard.request(client.request))
            pool.resume()
            while case .queued = client.request.phase { await client.signal.wait() }
            if let granted = client.request.take() { client.shard.release(granted, reusable: true) }
        }
        #expect(server.made >= 2)
        #expect(server.most <= 2)
    }

    @Test func retireReplacesConnections() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 1))
        try await on(loops[0]) {
            let client = Client(pool, loops[0])
            let lent = try await client.lease()
            pool.retireAll()
            await loops[0].run {}
            #expect(!lent.isClosed)
            client.release(lent)
            #expect(lent.isClosed)
            client.release(try await client.lease())
        }
        #expect(server.most == 1)
    }

    @Test func warmUpOpensAShareOnEachLoop() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 20))
        pool.warmUp()
        await turn(loops[0]) { server.made == 6 }
        for loop in loops { await loop.run {} }
        #expect(pool.openConnections == 6)
        for loop in loops {
            let statistics = await pool.shard(on: loop).statistics()
            #expect(statistics.svIdle + statistics.svLogin == 3)
        }
    }

    @Test func reserveServesThoseWhoWaitLong() async throws {
        let server = FakeServer()
        let pool = makePool(
            server, PoolSettings(size: 1, reserve: 1, reserveTimeout: 10_000_000, queueTimeout: 5_000_000_000))
        try await on(loops[0]) {
            let holder = Client(pool, loops[0])
            let waiter = Client(pool, loops[0])
            let connection = try await holder.lease()
            let second = try await waiter.lease()
            #expect(server.open == 2)
            waiter.release(second)
            holder.release(connection)
        }
        #expect(server.most == 2)
        #expect(server.open == 1)
    }

    @Test func aSmallerSizeTakesHoldUnderLoad() async throws {
        let server = FakeServer()
        let pool = makePool(server, PoolSettings(size: 6, warmUpPercent: 100))
        pool.warmUp()
        await turn(loops[0]) { server.made == 6 }
        pool.reconfigure(PoolSettings(size: 2))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                let loop = loops[number & 1]
                group.addTask(executorPreference: loop) {
                    let client = Client(pool, loop)
                    for _ in 0..<50 {
                        let connection = try await client.lease()
                        await Self.work(2)
                        client.release(connection)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(server.open <= 2)
    }
}
