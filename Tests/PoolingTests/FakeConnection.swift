import Sockets
import Synchronization

@testable import Pooling

/// Counts the connections of a pretended server, and how many are open at most.
final class FakeServer: Sendable {
    private struct State {
        var open = 0
        var most = 0
        var made = 0
        var error: PoolConnectError?
    }

    private let state = Mutex(State())
    /// Leases, for tests that count them.
    let served = Atomic<Int>(0)

    var open: Int { state.withLock { $0.open } }
    var most: Int { state.withLock { $0.most } }
    var made: Int { state.withLock { $0.made } }

    func refuse(with error: PoolConnectError?) { state.withLock { $0.error = error } }

    func closed() { state.withLock { $0.open -= 1 } }

    func connect(_ loop: EventLoop) async throws(PoolConnectError) -> FakeConnection {
        await Task.yield()
        let error = state.withLock { state -> PoolConnectError? in
            if let error = state.error { return error }
            state.made += 1
            state.open += 1
            state.most = max(state.most, state.open)
            return nil
        }
        if let error { throw error }
        return FakeConnection(server: self, loop: loop)
    }
}

final class FakeConnection: PooledConnection, @unchecked Sendable {
    // Confined to the loop it is attached to; `lent` watches that nobody else has it.
    let server: FakeServer
    var poolSlot = -1
    var stateFingerprint: UInt64 = 0
    var isUsable = true
    var loop: EventLoop?
    var isClosed = false
    var isLent = false

    init(server: FakeServer, loop: EventLoop) {
        self.server = server
        self.loop = loop
    }

    func detach() {
        precondition(loop?.isOnLoop == true && !isLent)
        loop = nil
    }

    func attach(to loop: EventLoop) {
        precondition(loop.isOnLoop && self.loop == nil)
        self.loop = loop
    }

    func close() {
        precondition(!isClosed)
        isClosed = true
        server.closed()
    }
}
