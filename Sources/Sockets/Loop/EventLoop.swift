internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread with its own epoll instance, timers and buffers, which is at once the executor of every task and actor
/// that lives on it.
///
/// Jobs run with `runSynchronously(isolatedTo:taskExecutor:)`, naming this loop both times: an `await` between a task
/// that prefers the loop and an actor pinned to it then costs no enqueue at all. Loops live as long as the process,
/// because `unownedExecutor` does not retain them.
///
/// `@unchecked Sendable`: `remote`, `sleeping` and `counters` synchronise themselves; everything else is touched only by
/// the loop's own thread, which `assertOnLoop` checks in debug builds.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// Jobs run in one turn before I/O is looked at again: a busy task can't starve the sockets.
    static let jobsPerTurn = 512
    /// Events taken from the kernel in one call.
    static let eventsPerTurn = 512

    public let index: Int
    /// Counted by the loop, read by anyone.
    public let counters = LoopCounters()
    /// Monotonic time in ns, read once a turn.
    public private(set) var nowNs: UInt64
    /// Wall-clock time in ns since the epoch, as of this turn; follows steps of the clock within a second.
    public var wallNs: UInt64 { nowNs &+ wallOffset }
    private var wallOffset: UInt64 = 0
    private var wallReadNs: UInt64 = 0
    public let buffers = BufferPool()
    public let timers: TimerWheel

    /// Where tasks of this loop should run; see there. Kept from the first use on.
    public private(set) lazy var home = LoopHome(self)

    let poller: Poller
    private var thread = pthread_t()
    private var jobs = RunQueue<UnownedJob>()
    /// Signals notified while a task serves them.
    var served = RunQueue<Signal>()
    /// What is to be done once the turn's I/O and jobs are.
    private var atTurnEnd = RunQueue<any TurnEndWork>()
    private var endOfTurn: [() -> Void] = []
    private let remote = Mutex(RemoteWork())
    private let sleeping = Atomic(false)
    private let remotePending = Atomic(false)
    private let stopping = Atomic(false)

    private struct RemoteWork {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
    }

    /// Starts `count` loops, each on a thread of its own named `loop-N`.
    public static func start(count: Int) throws(SocketError) -> [EventLoop] {
        var loops: [EventLoop] = []
        for index in 0..<count {
            let loop = try EventLoop(index: index)
            _ = loop.home
            try loop.startThread()
            loops.append(loop)
        }
        return loops
    }

    private init(index: Int) throws(SocketError) {
        self.index = index
        nowNs = clinux_monotonic_ns()
        wallReadNs = nowNs
        wallOffset = clinux_realtime_ns() &- nowNs
        timers = TimerWheel(nowNs: nowNs)
        poller = try Poller(capacity: Self.eventsPerTurn)
    }

    private func startThread() throws(SocketError) {
        // The thread never ends before the process does, so it may keep the loop for ever.
        let reference = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<EventLoop>.fromOpaque(argument).takeUnretainedValue().run()
                return nil
            }, reference)
        guard status == 0 else { throw SocketError(operation: "pthread_create", code: status) }
        clinux_name_thread(thread, "loop-\(index)")
    }

    // MARK: Executor

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnLoop {
            counters.localEnqueues.add(1)
            jobs.append(job)
            return
        }
        counters.crossThreadEnqueues.add(1)
        remote.withLock { $0.jobs.append(job) }
        wake()
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    public func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    public func checkIsolated() { precondition(isOnLoop, "called off loop \(index)") }

    /// True on the loop's own thread.
    public var isOnLoop: Bool { pthread_equal(pthread_self(), thread) != 0 }

    /// Stops a debug build when called from another thread.
    @inline(__always)
    public func assertOnLoop() { assert(isOnLoop, "loop-confined state touched from another thread") }

    /// Runs `call` on the loop, soon. From any thread.
    public func execute(_ call: @escaping @Sendable () -> Void) {
        remote.withLock { $0.calls.append(call) }
        if !isOnLoop { counters.crossThreadEnqueues.add(1) }
        wake()
    }

    /// Runs `body` on the loop and returns what it returns. From any task.
    public func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            execute { continuation.resume(returning: body()) }
        }
    }

    /// Has `call` called at the end of every turn, for work that is gathered over a turn. On the loop.
    public func onEndOfTurn(_ call: @escaping () -> Void) {
        assertOnLoop()
        endOfTurn.append(call)
    }

    /// Has `work` told when this turn ends. On the loop.
    @inline(__always)
    public func callAtTurnEnd(_ work: any TurnEndWork) { atTurnEnd.append(work) }

    private func wake() {
        remotePending.store(true, ordering: .sequentiallyConsistent)
        if sleeping.exchange(false, ordering: .sequentiallyConsistent) {
            counters.wakes.add(1)
            poller.wake()
        }
    }

    // MARK: Turns

    private func run() {
        while true {
            runServed()
            runJobs()
            for _ in 0..<atTurnEnd.count { atTurnEnd.popFirst()?.turnEnded() }
            for call in endOfTurn { call() }
            poll()
            timers.advance(to: nowNs)
            takeRemote()
        }
    }

    private func runJobs() {
        var budget = Self.jobsPerTurn
        while budget > 0, let job = jobs.popFirst() {
            job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            budget -= 1
        }
    }

    /// Those notified before; what they notify themselves has its turn after I/O was looked at.
    private func runServed() {
        for _ in 0..<served.count { served.popFirst()?.runService() }
    }

    private func poll() {
        counters.turns.add(1)
        var timeout: Int32 = 0
        if jobs.isEmpty, served.isEmpty {
            timeout = timers.timeoutMs(nowNs: nowNs)
            if timeout != 0 {
                sleeping.store(true, ordering: .sequentiallyConsistent)
                if remotePending.load(ordering: .sequentiallyConsistent) { timeout = 0 }
            }
        }
        let count = poller.wait(timeoutMs: timeout)
        if timeout != 0 { sleeping.store(false, ordering: .relaxed) }
        readClocks()
        poller.dispatch(count)
    }

    private func readClocks() {
        nowNs = clinux_monotonic_ns()
        guard nowNs &- wallReadNs > 1_000_000_000 else { return }
        wallReadNs = nowNs
        wallOffset = clinux_realtime_ns() &- nowNs
    }

    private func takeRemote() {
        guard remotePending.load(ordering: .acquiring) else { return }
        remotePending.store(false, ordering: .sequentiallyConsistent)
        let work = remote.withLock { work in
            let taken = work
            work = RemoteWork()
            return taken
        }
        for job in work.jobs { jobs.append(job) }
        for call in work.calls { call() }
    }
}

/// Gathers work over a turn of its loop.
public protocol TurnEndWork: AnyObject {
    func turnEnded()
}

/// What is ready to run, in order: a ring that grows and never shrinks. Not freed: loops live as long as the process.
struct RunQueue<Element> {
    private var ring = UnsafeMutablePointer<Element>.allocate(capacity: 256)
    private var capacity = 256
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (ring + ((head &+ count) & (capacity &- 1))).initialize(to: element)
        count &+= 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = (ring + head).move()
        head = (head &+ 1) & (capacity &- 1)
        count &-= 1
        return element
    }

    private mutating func grow() {
        let bigger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        for index in 0..<count {
            (bigger + index).moveInitialize(from: ring + ((head + index) & (capacity - 1)), count: 1)
        }
        ring.deallocate()
        (ring, capacity, head) = (bigger, capacity * 2, 0)
    }
}
