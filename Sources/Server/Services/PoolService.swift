internal import ServiceLifecycle

/// Closes the server connections when the sessions have ended.
struct PoolService: Service {
    let keeper: PoolKeeper

    func run() async throws {
        try? await gracefulShutdown()
        await keeper.shutDown()
    }
}
