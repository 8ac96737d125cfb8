@testable import Configuration

/// The documented shape of the file, every section in use.
let exampleText = """
    runtime:  { threads: auto }
    control:  { socket: articdbm.sock }
    metrics:  { listen: "127.0.0.1:9090" }
    audit:    { file: audit.jsonl }
    timeouts: { login: 15s, query: 0, idle_transaction: 0, client_idle: 0, queue: 30s, cancel: 10s, connect: 5s }
    listeners:
      - { name: pg, protocol: postgresql, listen: "127.0.0.1:6432", auth: managed, tls: { mode: allow, certificate: c.pem, key: k.pem } }
    backends:
      - { name: main, protocol: postgresql, address: "127.0.0.1:5432", role: primary, user: app, password: "${APP_PASSWORD}", tls: { mode: prefer }, pool: { mode: transaction, size: 20 } }
    databases:
      - { name: shop, backend: main, database: shop_prod, pool: { size: 40 } }
    users:
      - { name: alice, password: secret, databases: ["*"], require_tls: false, allowed_ips: ["127.0.0.0/8"], rate_limit: 0, max_connections: 0 }
    """

/// A small valid file in block style, for tests that change one line.
let minimalText = """
    listeners:
      - name: pg
        protocol: postgresql
        listen: "127.0.0.1:6432"
    backends:
      - name: main
        protocol: postgresql
        address: "127.0.0.1:5432"
        user: app
    users:
      - name: alice
        password: secret
    """

func parse(
    _ text: String, environment: [String: String] = [:], directory: String = "", checkFiles: Bool = false,
) throws -> Configuration.Loaded {
    try Configuration.parse(
        text, file: "c.yaml", directory: directory, environment: environment, checkFiles: checkFiles)
}

/// Problems as printed; warnings too when the text is valid.
func problems(
    _ text: String, environment: [String: String] = [:], directory: String = "", checkFiles: Bool = false,
) -> [String] {
    do throws(ConfigurationError) {
        return try Configuration.parse(
            text, file: "c.yaml", directory: directory, environment: environment, checkFiles: checkFiles
        ).warnings.map(\.description)
    } catch {
        return error.problems.map(\.description)
    }
}
