internal import Sockets

/// Carries a listener, which is confined to its loop, to the task on that loop. `@unchecked Sendable`: `listener` is used
/// on its loop only.
final class ListenerBox: @unchecked Sendable {
    let listener: Listener
    let address: SocketAddress

    init(_ listener: Listener) {
        self.listener = listener
        address = listener.address
    }
}
