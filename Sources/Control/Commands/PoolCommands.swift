internal import Pooling
internal import Proxy

/// Pools: connections shared by clients of one database under one identity.
enum PoolCommands {
    static let control: [Command] = [
        Command(
            "pools", summary: "each pool: mode, size, clients, server connections, waiting",
            columns: [
                .text("backend"), .text("database"), .text("identity"), .text("mode"), .text("state"), .int4("size"),
                .int4("reserve"), .int4("clients_active"), .int4("clients_waiting"), .int4("servers_active"),
                .int4("servers_idle"), .int4("servers_login"), .int8("max_wait_us"), .int8("leases"), .int8("waits"),
                .int8("wait_us"), .int8("timeouts"), .int8("opened"), .int8("open_failures"),
            ]
        ) { context, _ in .rows(await context.target.pools().map(controlRow)) }
    ]

    static let show: [Command] = [
        Command(
            "pools", summary: "pools by database and user",
            columns: [
                .text("database"), .text("user"), .int4("cl_active"), .int4("cl_waiting"),
                .int4("cl_active_cancel_req"), .int4("cl_waiting_cancel_req"), .int4("sv_active"),
                .int4("sv_active_cancel"), .int4("sv_being_canceled"), .int4("sv_idle"), .int4("sv_used"),
                .int4("sv_tested"), .int4("sv_login"), .int4("maxwait"), .int4("maxwait_us"), .text("pool_mode"),
                .text("load_balance_hosts"),
            ]
        ) { context, _ in
            let servers = await context.target.servers()
            let canceled = Dictionary(grouping: servers.filter { $0.state == .beingCanceled }, by: \.pool)
            return .rows(await context.target.pools().map { showRow($0, canceled: canceled[$0.key]?.count ?? 0) })
        },
        Command(
            "peer_pools", summary: "empty: there are no peers",
            columns: [
                .int4("peer_id"), .int4("cl_active_cancel_req"), .int4("cl_waiting_cancel_req"),
                .int4("sv_active_cancel"), .int4("sv_login"),
            ]
        ) { _, _ in .rows([]) },
    ]

    private static func controlRow(_ pool: PoolInfo) -> [Value] {
        let figures = pool.statistics
        return [
            .text(pool.key.backend), .text(pool.key.name), .text(pool.key.identity), .text(pool.mode.rawValue),
            .text(state(pool)), .number(pool.settings.size),
            .number(pool.settings.reserve), .number(figures.clActive), .number(figures.clWaiting),
            .number(figures.svActive), .number(figures.svIdle), .number(figures.svLogin),
            .number(figures.maxWait / 1000), .number(figures.leases), .number(figures.waits),
            .number(figures.waitTime / 1000), .number(figures.deadlines), .number(figures.opened),
            .number(figures.openFailures),
        ]
    }

    private static func state(_ pool: PoolInfo) -> String {
        if pool.statistics.isDraining { return "draining" }
        if pool.isRetired { return "retired" }
        return pool.statistics.isPaused ? "paused" : "active"
    }

    /// Cancel requests have connections of their own here, which belong to no pool.
    private static func showRow(_ pool: PoolInfo, canceled: Int) -> [Value] {
        let figures = pool.statistics
        return [
            .text(pool.key.name), .text(pool.key.identity), .number(figures.clActive), .number(figures.clWaiting),
            0,
            0, .number(figures.svActive), 0, .number(canceled), .number(figures.svIdle), .number(figures.svUsed),
            .number(figures.svTested), .number(figures.svLogin), .number(figures.maxWait / 1_000_000_000),
            .number(figures.maxWait / 1000 % 1_000_000), .text(pool.mode.rawValue), .null,
        ]
    }
}
