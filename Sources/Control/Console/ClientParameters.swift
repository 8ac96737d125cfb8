/// PostgreSQL settings that drivers expect to be told of, to read, or to set at the start. The console's own texts are
/// in UTF-8 whatever is set.
enum ClientParameters {
    struct Parameter: Equatable {
        let name: String
        let value: String
    }

    /// Sent as ParameterStatus behind `server_version`, and readable by SHOW.
    static let reported = [
        Parameter(name: "server_encoding", value: "UTF8"), Parameter(name: "client_encoding", value: "UTF8"),
        Parameter(name: "DateStyle", value: "ISO, MDY"), Parameter(name: "IntervalStyle", value: "postgres"),
        Parameter(name: "TimeZone", value: "UTC"), Parameter(name: "integer_datetimes", value: "on"),
        Parameter(name: "standard_conforming_strings", value: "on"), Parameter(name: "is_superuser", value: "off"),
        Parameter(name: "in_hot_standby", value: "off"), Parameter(name: "default_transaction_read_only", value: "off"),
    ]

    private static let readable =
        reported + [
            Parameter(name: "default_transaction_isolation", value: "read committed"),
            Parameter(name: "transaction_isolation", value: "read committed"),
            Parameter(name: "transaction isolation level", value: "read committed"),
            Parameter(name: "transaction_read_only", value: "off"),
            Parameter(name: "search_path", value: "\"$user\", public"),
        ]

    private static let settable: Set<String> = [
        "application_name", "bytea_output", "characteristics", "client_encoding", "client_min_messages", "datestyle",
        "default_transaction_isolation", "default_transaction_read_only", "extra_float_digits", "idle_session_timeout",
        "intervalstyle", "lock_timeout", "names", "search_path", "standard_conforming_strings", "statement_timeout",
        "time", "timezone", "transaction",
    ]

    static func named(_ name: String) -> Parameter? { readable.first { $0.name.lowercased() == name } }

    static func canBeSet(_ name: String) -> Bool { settable.contains(name) }
}
