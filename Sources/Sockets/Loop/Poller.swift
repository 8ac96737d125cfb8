internal import CLinux
internal import Glibc

/// The epoll instance of one loop and the table of what is registered with it. On the loop only, but for `wake`.
///
/// Each descriptor is registered once, edge-triggered, for input, output and hang-up. The kernel's datum is a slot number
/// and that slot's generation, so an event that was queued before its descriptor was closed and reused is dropped.
final class Poller {
    private struct Slot {
        /// Retained for as long as it is here; unmanaged, so that looking at it counts nothing.
        var channel: Unmanaged<Channel>?
        var generation: UInt32 = 0
    }

    private static let wakeSlot = UInt64.max

    private let descriptor: Int32
    private let wakeup: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    private let capacity: Int
    private var slots: [Slot] = []
    private var free: [UInt32] = []

    init(capacity: Int) throws(SocketError) {
        self.capacity = capacity
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SocketError(operation: "epoll_create1", code: errno) }
        wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeup >= 0 else { throw SocketError(operation: "eventfd", code: errno) }
        events = .allocate(capacity: capacity)
        let bits = UInt32(CLINUX_EPOLLIN) | CLINUX_EPOLLET
        guard clinux_epoll_ctl(descriptor, EPOLL_CTL_ADD, wakeup, bits, Self.wakeSlot) == 0 else {
            throw SocketError(operation: "epoll_ctl", code: errno)
        }
    }

    /// From any thread: ends a `wait` that is under way or comes next.
    func wake() {
        var one: UInt64 = 1
        _ = write(wakeup, &one, 8)
    }

    func register(_ channel: Channel) throws(SocketError) {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            index = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(index)].channel = Unmanaged.passRetained(channel)
        channel.slot = index
        let data = UInt64(slots[Int(index)].generation) << 32 | UInt64(index)
        let interest = CLINUX_EPOLLIN | CLINUX_EPOLLOUT | CLINUX_EPOLLRDHUP
        guard
            clinux_epoll_ctl(descriptor, EPOLL_CTL_ADD, channel.descriptor, UInt32(interest) | CLINUX_EPOLLET, data)
                == 0
        else {
            let code = errno
            forget(index)
            throw SocketError(operation: "epoll_ctl", code: code)
        }
    }

    /// Takes the descriptor out without closing it.
    func deregister(_ channel: Channel) {
        _ = clinux_epoll_ctl(descriptor, EPOLL_CTL_DEL, channel.descriptor, 0, 0)
        forget(channel.slot)
    }

    /// For a descriptor that is about to be closed.
    func forget(_ channel: Channel) { forget(channel.slot) }

    private func forget(_ index: UInt32) {
        let channel = slots[Int(index)].channel
        slots[Int(index)].channel = nil
        slots[Int(index)].generation &+= 1
        free.append(index)
        channel?.release()
    }

    func wait(timeoutMs: Int32) -> Int {
        let count = clinux_epoll_wait(descriptor, events, Int32(capacity), timeoutMs)
        return count > 0 ? Int(count) : 0
    }

    func dispatch(_ count: Int) {
        for position in 0..<count {
            let data = clinux_event_data(events + position)
            if data == Self.wakeSlot {
                var value: UInt64 = 0
                _ = read(wakeup, &value, 8)
                continue
            }
            let index = Int(data & 0xffff_ffff)
            guard slots[index].generation == UInt32(data >> 32), let channel = slots[index].channel else { continue }
            channel._withUnsafeGuaranteedRef { $0.eventsArrived(clinux_event_bits(events + position)) }
        }
    }
}
