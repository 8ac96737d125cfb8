internal import Configuration
internal import Sockets

/// Finds a taken port before anything depends on it.
enum PortProbe {
    /// - Parameter setting: named in the error.
    static func check(_ place: Endpoint, for setting: String, on loop: EventLoop) async throws(StartError) {
        guard let address = place.socketAddress else { throw StartError("\(setting): \(place) is no address") }
        if place.port == 0 { return }
        if let error = await check(address, on: loop) {
            throw StartError("\(setting): \(error)")
        }
    }

    /// Nil when the address is free, also of sockets that share it (`SO_REUSEPORT`).
    static func check(_ address: SocketAddress, on loop: EventLoop) async -> SocketError? {
        await loop.run {
            do throws(SocketError) {
                try Listener(address: address, loop: loop, shared: false).close()
                return nil
            } catch {
                return error
            }
        }
    }
}
