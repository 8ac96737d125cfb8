internal import CLinux
internal import Glibc

/// A descriptor registered with a loop: remembers what the kernel said of it since it was last found wanting.
///
/// Edge-triggered: a flag set here stays set until a call came up short. `@unchecked Sendable`: confined to its loop; it
/// changes loops only by `detach` on the one and `attach` on the other.
public final class Channel: @unchecked Sendable {
    public private(set) var loop: EventLoop
    /// -1 once closed.
    public private(set) var descriptor: Int32
    /// A read may bring something.
    public var isReadable = false
    /// A write may take something.
    public var isWritable = false
    /// The peer sent FIN, or the socket broke: reads must go on until they say so themselves, since no further edge comes.
    public private(set) var isHungUp = false
    /// Told at each event; whoever waits for this descriptor waits on it, and keeps it.
    public var signal: Signal {
        get { told.takeUnretainedValue() }
        set { told = Unmanaged.passUnretained(newValue) }
    }
    private var told: Unmanaged<Signal>
    var slot: UInt32 = 0

    /// Registers `descriptor`, which this object closes from now on. On `loop`.
    public init(descriptor: Int32, loop: EventLoop, signal: Signal) throws(SocketError) {
        self.descriptor = descriptor
        self.loop = loop
        told = Unmanaged.passUnretained(signal)
        do throws(SocketError) {
            try loop.poller.register(self)
        } catch {
            Glibc.close(descriptor)
            self.descriptor = -1
            throw error
        }
    }

    @inline(__always)
    func eventsArrived(_ bits: UInt32) {
        let input = UInt32(CLINUX_EPOLLIN)
        let output = UInt32(CLINUX_EPOLLOUT)
        let end = UInt32(CLINUX_EPOLLRDHUP | CLINUX_EPOLLHUP | CLINUX_EPOLLERR)
        // Room to write is no news to a session that has nothing to write.
        let wasWritable = isWritable
        if bits & output != 0 { isWritable = true }
        if bits & input != 0 { isReadable = true }
        if bits & end != 0 {
            isHungUp = true
            isReadable = true
            isWritable = true
        }
        // The last thing done here: what is notified may close this channel.
        if bits & (input | end) != 0 || !wasWritable { told._withUnsafeGuaranteedRef { $0.notify() } }
    }

    /// Leaves the loop without closing; then `attach` on another loop.
    public func detach() {
        loop.assertOnLoop()
        loop.poller.deregister(self)
    }

    /// Joins `loop`, on which this is called. The kernel reports the present state as a first edge.
    public func attach(to loop: EventLoop) throws(SocketError) {
        loop.assertOnLoop()
        self.loop = loop
        isReadable = false
        isWritable = true
        try loop.poller.register(self)
    }

    public func close() {
        guard descriptor >= 0 else { return }
        // The kernel forgets a descriptor that is closed and was never duplicated.
        loop.poller.forget(self)
        Glibc.close(descriptor)
        descriptor = -1
    }

    deinit {
        // A channel that is still registered is held by its loop's table, so here the descriptor is out of it.
        if descriptor >= 0 { Glibc.close(descriptor) }
    }
}
