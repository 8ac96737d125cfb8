internal import Sockets

/// Takes a sample of the counters in each period. Made anywhere, then confined to the control loop.
final class StatisticsSampler {
    private let target: any ControlTarget
    private let loop: EventLoop
    private let periodNs: UInt64
    private var window: StatisticsWindow
    private var isStopping = false
    private let signal = Signal()

    init(target: any ControlTarget, loop: EventLoop, periodNs: UInt64) {
        self.target = target
        self.loop = loop
        self.periodNs = max(periodNs, 1_000_000)
        window = StatisticsWindow(startedAt: 0)
    }

    /// Until `stop`. The clock is the loop's: it is not read before this runs there.
    func run() async {
        window = StatisticsWindow(startedAt: loop.nowNs)
        let signal = signal
        let timer = LoopTimer(loop: loop) { signal.notify() }
        while !isStopping {
            timer.arm(at: loop.nowNs &+ periodNs)
            await signal.wait()
            let totals = await target.totals()
            window.sampled(totals, at: loop.nowNs)
        }
        timer.cancel()
    }

    func stop() {
        isStopping = true
        signal.notify()
    }

    func statistics() async -> [DatabaseStatistics] {
        let totals = await target.totals()
        return window.statistics(totals, at: loop.nowNs)
    }
}
