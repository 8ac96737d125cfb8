import Testing

@testable import Sockets

@Suite struct TimerWheelTests {
    private static let ms: UInt64 = 1_000_000

    /// What fired, in order.
    private final class Log {
        var fired: [String] = []
    }

    private func timer(_ wheel: TimerWheel, _ name: String, _ log: Log) -> LoopTimer {
        LoopTimer(wheel: wheel) { log.fired.append(name) }
    }

    @Test func timersFireAtTheirDeadlineAndNotBefore() {
        let wheel = TimerWheel(nowNs: 0)
        let log = Log()
        let near = timer(wheel, "near", log)
        let far = timer(wheel, "far", log)
        near.arm(at: 20 * Self.ms)
        far.arm(at: 100 * Self.ms)
        wheel.advance(to: 19 * Self.ms)
        #expect(log.fired == [])
        wheel.advance(to: 40 * Self.ms)
        #expect(log.fired == ["near"])
        wheel.advance(to: 200 * Self.ms)
        #expect(log.fired == ["near", "far"])
    }

    @Test func aDeadlineBeyondOneRoundWaitsForItsRound() {
        let wheel = TimerWheel(nowNs: 0)
        let log = Log()
        let late = timer(wheel, "late", log)
        late.arm(at: 30_000 * Self.ms)
        for now in stride(from: UInt64(0), to: 29_990, by: 7) { wheel.advance(to: now * Self.ms) }
        #expect(log.fired == [])
        wheel.advance(to: 30_020 * Self.ms)
        #expect(log.fired == ["late"])
    }

    @Test func aCancelledTimerNeverFires() {
        let wheel = TimerWheel(nowNs: 0)
        let log = Log()
        let timers = (0..<3).map { timer(wheel, "\($0)", log) }
        for timer in timers { timer.arm(at: 10 * Self.ms) }
        timers[1].cancel()
        wheel.advance(to: 50 * Self.ms)
        #expect(Set(log.fired) == ["0", "2"])
        #expect(wheel.timeoutMs(nowNs: 50 * Self.ms) == -1)
    }

    @Test func aTimerMayArmItselfAgainWhileItFires() {
        let wheel = TimerWheel(nowNs: 0)
        var count = 0
        var timer: LoopTimer?
        timer = LoopTimer(wheel: wheel) {
            count += 1
            if count < 3 { timer?.arm(at: UInt64(count) * 100 * Self.ms) }
        }
        timer?.arm(at: 10 * Self.ms)
        for now in stride(from: UInt64(10), through: 400, by: 10) { wheel.advance(to: now * Self.ms) }
        #expect(count == 3)
    }

    @Test func aLongPauseFiresEverythingOnce() {
        let wheel = TimerWheel(nowNs: 0)
        let log = Log()
        let timers = (1...50).map { index in
            let timer = timer(wheel, "\(index)", log)
            timer.arm(at: UInt64(index) * 1_000 * Self.ms)
            return timer
        }
        wheel.advance(to: 120_000 * Self.ms)
        #expect(log.fired.count == 50)
        #expect(timers.allSatisfy { !$0.isArmed })
    }

    @Test func theLoopSleepsUntilTheNextDeadline() {
        let wheel = TimerWheel(nowNs: 0)
        let log = Log()
        #expect(wheel.timeoutMs(nowNs: 0) == -1)
        let soon = timer(wheel, "soon", log)
        soon.arm(at: 100 * Self.ms)
        let timeout = wheel.timeoutMs(nowNs: 0)
        #expect((100...109).contains(timeout))
        wheel.advance(to: UInt64(timeout) * Self.ms)
        #expect(log.fired == ["soon"])
    }
}
