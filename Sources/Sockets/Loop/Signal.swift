/// The one thing a session waits on: readiness of any of its sockets, a timer, a lease, a command from the control side.
///
/// A notification that comes while nobody waits is kept, so that none is lost; several become one. `@unchecked Sendable`:
/// confined to its loop.
public final class Signal: @unchecked Sendable {
    private var waiter: UnsafeContinuation<Void, Never>?
    private var isRaised = false
    private let handler: (() -> Void)?
    /// What each notification has the loop call, while a task is in `serve`.
    private var body: (() -> Bool)?
    /// The loop, which lives for ever, while there is a body.
    private var server: Unmanaged<EventLoop>?
    /// In the loop's queue already.
    private var isQueued = false

    public init() { handler = nil }

    /// A signal that nobody waits on: each notification calls `handler` at once, on the loop.
    public init(handler: @escaping () -> Void) { self.handler = handler }

    /// On the loop. The waiter runs later in this turn, or in the next.
    public func notify() {
        if let server {
            guard !isQueued else { return }
            isQueued = true
            server._withUnsafeGuaranteedRef { $0.served.append(self) }
        } else if let waiter {
            self.waiter = nil
            waiter.resume()
        } else if let handler {
            handler()
        } else {
            isRaised = true
        }
    }

    /// Returns at once when something was notified since the last call. One waiter at a time.
    public func wait() async {
        if !isRaised {
            // Jobs of other tasks may run before the continuation is there, and notify.
            await withUnsafeContinuation { continuation in
                if isRaised { continuation.resume() } else { waiter = continuation }
            }
        }
        isRaised = false
    }

    /// Calls `body` now and once after each notification, until it returns true; then returns.
    ///
    /// As `while !body() { await wait() }`, but while the task waits the loop calls `body` itself, once a turn at most:
    /// making a task ready and entering it again cost as much as relaying a short answer does.
    public func serve(on loop: EventLoop, _ body: @escaping () -> Bool) async {
        loop.assertOnLoop()
        isRaised = false
        if body() { return }
        await withUnsafeContinuation { continuation in
            waiter = continuation
            self.body = body
            server = Unmanaged.passUnretained(loop)
            // While the body ran, or before the continuation was there.
            if isRaised { notify() }
        }
    }

    /// The loop's turn to call what is served.
    func runService() {
        isQueued = false
        guard let body, body() else { return }
        self.body = nil
        server = nil
        isRaised = false
        waiter?.resume()
        waiter = nil
    }
}
