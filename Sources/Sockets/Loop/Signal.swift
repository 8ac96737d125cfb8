/// The one thing a session waits on: readiness of any of its sockets, a timer, a lease, a command from the control side.
///
/// A notification that comes while nobody waits is kept, so that none is lost; several become one. `@unchecked Sendable`:
/// confined to its loop.
public final class Signal: @unchecked Sendable {
    private var waiter: UnsafeContinuation<Void, Never>?
    private var isRaised = false
    private let handler: (() -> Void)?

    public init() { handler = nil }

    /// A signal that nobody waits on: each notification calls `handler` at once, on the loop.
    public init(handler: @escaping () -> Void) { self.handler = handler }

    /// On the loop. The waiter runs later in this turn, or in the next.
    public func notify() {
        if let waiter {
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
}
