import ArgumentParser
internal import Credentials

struct HashPasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash-password", abstract: "Turn a password into a verifier for `users[].password`.",
        discussion: "Reads the password from the terminal without echo, or the first line of standard input.")

    @Option(help: "PBKDF2 rounds, 4096 to 10000000.")
    var iterations = 4096

    @Flag(name: .customLong("md5"), help: "Make an md5 verifier, which needs --user. Prefer SCRAM.")
    var isMD5 = false

    @Option(help: "User of an md5 verifier.")
    var user: String?

    func validate() throws {
        guard (4096...10_000_000).contains(iterations) else {
            throw ValidationError("--iterations is \(iterations), expected 4096 to 10000000")
        }
        if isMD5, user?.isEmpty ?? true { throw ValidationError("--md5 needs --user") }
    }

    func run() throws {
        let password = ClearPassword(try PasswordPrompt.read())
        guard isMD5, let user else {
            return print(SCRAMVerifier.derive(password: password, iterations: iterations).text)
        }
        guard let verifier = MD5Verifier(password: password, user: Array(user.utf8)) else {
            throw ValidationError("OpenSSL of this machine offers no MD5")
        }
        print(verifier.text)
    }
}
