internal import Pooling
internal import Proxy
internal import Sockets
internal import Synchronization

/// The server connections that are open, for the control side. Any thread; changed when one opens or closes.
final class ServerRegistry: Sendable {
    private struct State {
        var next: UInt64 = 1
        var servers: [UInt64: PostgresServer] = [:]
    }

    private let state = Mutex(State())

    func insert(_ server: PostgresServer) {
        let id = state.withLock { state in
            defer { state.next += 1 }
            state.servers[state.next] = server
            return state.next
        }
        server.onClosed = { [weak self] in self?.state.withLock { state in _ = state.servers.removeValue(forKey: id) } }
    }

    /// A copy of each, made on the loop that has it; one that moves meanwhile is left out.
    func list() async -> [ServerConnectionInfo] {
        var list: [ServerConnectionInfo] = []
        for (id, server) in state.withLock({ $0.servers }).sorted(by: { $0.key < $1.key }) {
            let loop = server.stream.loop
            if let info = await loop.run({ server.stream.loop === loop ? server.info(id: id) : nil }) {
                list.append(info)
            }
        }
        return list
    }
}

extension PostgresServer {
    func info(id: UInt64) -> ServerConnectionInfo {
        var info = ServerConnectionInfo(pool: key)
        info.id = id
        info.loop = stream.loop.index
        info.address = target.port.map { "\(target.host):\($0)" } ?? "unix:\(target.host)"
        info.localAddress = stream.localAddress.map { $0.ipAddress == nil ? "" : "\($0)" } ?? ""
        info.processID = processID
        info.state = isLent ? .active : pendingCancels > 0 ? .beingCancelled : .idle
        info.ageNs = stream.loop.nowNs &- openedNs
        info.idleNs = isLent ? 0 : stream.loop.nowNs &- idleSinceNs
        info.session = isLent ? session?.id ?? 0 : 0
        info.prepared = prepared.count
        info.tls = stream.withTLS { "\($0.version)/\($0.cipher)" } ?? ""
        return info
    }
}
