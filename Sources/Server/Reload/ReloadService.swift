internal import ServiceLifecycle

/// Looks for changed files every two seconds, and cleans up after reloads.
struct ReloadService: Service {
    private static let interval = Duration.seconds(2)

    let sync: ConfigurationSync
    let control: ServerControl

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
                await sync.reloadIfChanged()
                await control.parts.pools.sweep()
            }
        }
    }
}
