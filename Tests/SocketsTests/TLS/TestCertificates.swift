import Foundation

/// A small authority made by the `openssl` command in a directory of its own, once per test run.
struct TestCertificates: Sendable {
    static let shared = TestCertificates()

    let directory: String

    /// `server` names db.example and 127.0.0.1; `other` is a second certificate for the same names, `edwards` one with
    /// an Ed25519 signature of its own, `sha384` one hashed by SHA-384. `mallory` is revoked by `revoked.crl`, not by
    /// `empty.crl`. `stranger` comes from another authority. `expired` is out of date.
    private static let script = """
        set -e
        cat >ca.cnf <<EOF
        [ca]
        default_ca = own
        [own]
        database = index.txt
        default_md = sha256
        default_crl_days = 30
        EOF
        : >index.txt
        root() {
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$1" \\
                -addext keyUsage=critical,keyCertSign,cRLSign -keyout $1.key -out $1.pem
        }
        issue() { # name, subject, subjectAltName, authority, further options
            name=$1 subject=$2 names=$3 authority=$4
            shift 4
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$subject" \\
                -keyout $name.key -out $name.csr
            echo "subjectAltName=$names" >$name.ext
            openssl x509 -req -in $name.csr -CA $authority.pem -CAkey $authority.key -CAcreateserial -days 30 \\
                -extfile $name.ext -out $name.pem "$@"
        }
        root ca
        root elsewhere
        issue server /CN=db.example DNS:db.example,IP:127.0.0.1 ca
        issue other /CN=db.example DNS:db.example,IP:127.0.0.1 ca
        issue sha384 /CN=db.example DNS:db.example ca -sha384
        issue alice /O=Example/CN=alice DNS:alice.example,email:alice@example.org ca
        issue mallory /CN=mallory DNS:mallory.example ca
        issue stranger /CN=alice DNS:alice.example elsewhere
        openssl req -x509 -newkey ed25519 -nodes -days 30 -subj /CN=db.example -keyout edwards.key -out edwards.pem
        openssl ec -in server.key -aes256 -passout pass:secret -out encrypted.key
        openssl ca -config ca.cnf -keyfile ca.key -cert ca.pem -gencrl -out empty.crl
        openssl ca -config ca.cnf -keyfile ca.key -cert ca.pem -revoke mallory.pem
        openssl ca -config ca.cnf -keyfile ca.key -cert ca.pem -gencrl -out revoked.crl
        """

    private init() {
        directory = NSTemporaryDirectory() + "/tls-\(ProcessInfo.processInfo.processIdentifier)"
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TestCertificates.shared.directory) }
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", Self.script]
        shell.currentDirectoryURL = URL(fileURLWithPath: directory)
        shell.standardOutput = FileHandle.nullDevice
        let log = directory + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        shell.standardError = FileHandle(forWritingAtPath: log)
        try? shell.run()
        shell.waitUntilExit()
        precondition(shell.terminationStatus == 0, (try? String(contentsOfFile: log, encoding: .utf8)) ?? "no log")
    }

    func file(_ name: String) -> String { directory + "/" + name }
}
