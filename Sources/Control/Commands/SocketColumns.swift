/// The columns that SHOW CLIENTS, SHOW SERVERS and SHOW SOCKETS share.
enum SocketColumns {
    static let standard: [Column] = [
        .text("type"), .text("user"), .text("database"), .text("replication"), .text("state"), .text("addr"),
        .int4("port"), .text("local_addr"), .int4("local_port"), .text("connect_time"), .text("request_time"),
        .int4("wait"), .int4("wait_us"), .int4("close_needed"), .text("ptr"), .text("link"), .int4("remote_pid"),
        .text("tls"), .text("application_name"), .int4("prepared_statements"), .int8("id"),
    ]

    /// Positions in a peer's buffers; the loops lend buffers, so that there is nothing lasting to show.
    static let buffers: [Column] = [
        .int4("recv_pos"), .int4("pkt_pos"), .int4("pkt_remain"), .int4("send_pos"), .int4("send_remain"),
        .int4("pkt_avail"), .int4("send_avail"),
    ]

    /// An id in the form of the pointer that the column once held; KILL_CLIENT takes either.
    static func pointer(_ id: UInt64) -> String { "0x" + String(id, radix: 16) }

    /// `1.2.3.4:5`, `[::1]:5`, `unix` or `unix:path`; a Unix socket has port 0.
    static func split(_ text: String) -> (address: String, port: Int) {
        guard !text.hasPrefix("unix"), let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...])
        else { return (text.hasPrefix("unix") ? "unix" : text, 0) }
        let address = text[..<colon]
        return (String(address.hasPrefix("[") ? address.dropFirst().dropLast() : address), port)
    }
}
