import Testing

@testable import Control

/// The names and the order that monitoring tools know from PgBouncer.
@Suite struct ColumnTests {
    static let sockets =
        "type user database replication state addr port local_addr local_port connect_time request_time wait wait_us "
        + "close_needed ptr link remote_pid tls application_name prepared_statements id"

    static let expected = [
        "pools": "database user cl_active cl_waiting cl_active_cancel_req cl_waiting_cancel_req sv_active "
            + "sv_active_cancel sv_being_canceled sv_idle sv_used sv_tested sv_login maxwait maxwait_us pool_mode "
            + "load_balance_hosts",
        "peer_pools": "peer_id cl_active_cancel_req cl_waiting_cancel_req sv_active_cancel sv_login",
        "peers": "peer_id host port pool_size",
        "clients": sockets,
        "servers": sockets,
        "sockets": sockets + " recv_pos pkt_pos pkt_remain send_pos send_remain pkt_avail send_avail",
        "active_sockets": sockets + " recv_pos pkt_pos pkt_remain send_pos send_remain pkt_avail send_avail",
        "stats": "database total_server_assignment_count total_xact_count total_query_count total_received total_sent "
            + "total_xact_time total_query_time total_wait_time total_client_parse_count total_server_parse_count "
            + "total_bind_count total_client_login_count avg_server_assignment_count avg_xact_count avg_query_count "
            + "avg_recv avg_sent avg_xact_time avg_query_time avg_wait_time avg_client_parse_count "
            + "avg_server_parse_count avg_bind_count avg_client_login_count",
        "stats_totals": "database server_assignment_count xact_count query_count bytes_received bytes_sent xact_time "
            + "query_time wait_time client_parse_count server_parse_count bind_count client_login_count",
        "stats_averages": "database server_assignment_count xact_count query_count bytes_received bytes_sent xact_time "
            + "query_time wait_time avg_client_parse_count avg_server_parse_count avg_bind_count avg_client_login_count",
        "totals": "name value",
        "databases": "name host port database force_user pool_size min_pool_size reserve_pool_size server_lifetime "
            + "pool_mode load_balance_hosts max_connections current_connections max_client_connections "
            + "current_client_connections paused disabled",
        "users": "name pool_size reserve_pool_size pool_mode max_user_connections current_connections "
            + "max_user_client_connections current_client_connections",
        "lists": "list items",
        "config": "key value default changeable",
        "version": "version",
        "mem": "name size used free memtotal",
        "state": "key value",
        "dns_hosts": "hostname ttl addrs",
        "dns_zones": "zonename serial count",
        "digests": "database hash kind count errors rows total_us mean_us max_us p50_us p95_us p99_us first_seen "
            + "last_seen statement",
        "fds": "",
        "help": "",
    ]

    @Test func everyItemHasItsColumns() {
        #expect(Set(CommandTable.show.all.map(\.name)) == Set(Self.expected.keys))
        for command in CommandTable.show.all {
            #expect(command.columns.map(\.name).joined(separator: " ") == Self.expected[command.name])
        }
    }

    @Test func typesAreKept() {
        func types(_ name: String) -> [Column.ValueType] { CommandTable.show[name]?.columns.map(\.type) ?? [] }
        #expect(types("stats") == [.text] + Array(repeating: .numeric, count: 24))
        #expect(types("pools") == [.text, .text] + Array(repeating: .int4, count: 13) + [.text, .text])
        #expect(types("lists") == [.text, .int4])
    }

    @Test func totalsNameEveryFigure() async throws {
        let command = try #require(CommandTable.show["totals"])
        let context = try await TestContext.make(ScriptedTarget())
        let rows = try await context.rows(command)
        let names =
            "server_assignment_count xact_count query_count client_bytes server_bytes xact_time query_time wait_time "
            + "ps_client_parse_count ps_server_parse_count ps_bind_count client_login_count"
        let expected =
            names.split(separator: " ").map { "total_\($0)" } + names.split(separator: " ").map { "avg_\($0)" }
        #expect(rows.map { $0[0] } == expected.map(Value.text))
    }
}
