internal import Pooling
internal import Proxy

// A session outlives reloads: between transactions it follows them.
extension PostgresSession {
    /// Before a lease: takes the way to the database that the present configuration says. A way that is gone is kept by
    /// the sessions that have it.
    @inline(__always)
    func followConfiguration() {
        if context.runtime.snapshot.epoch != routedEpoch { reroute(context.runtime.snapshot) }
    }

    /// The login whose connection can't be had again.
    private var relayed: RelayedLogin? { if case .relayed(let made) = login.secret { made } else { nil } }

    private func reroute(_ snapshot: ProxySnapshot) {
        routedEpoch = snapshot.epoch
        guard let found = snapshot.route(listener: listener.name, database: login.database), found !== route,
            relayed == nil
        else { return }
        let account = ServerAccount(login, permit, found)
        route = found
        if !login.isAlone { mode = snapshot.userModes[login.user] ?? found.mode }
        shard = context.shard(account.poolKey(found), route: found, account: account)
        applicationRenamed(record.applicationName)
    }
}
