import ArgumentParser
internal import Glibc

/// Reads a password where nobody can see it: never from the command line.
enum PasswordPrompt {
    static let limit = 1024

    /// From the terminal twice and without echo; from a pipe or file its first line.
    static func read() throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try checked(readLine()) }
        let password = try checked(hidden("Password: "))
        guard try hidden("Again: ") == password else { throw ValidationError("the two passwords differ") }
        return password
    }

    private static func checked(_ text: String?) throws -> String {
        guard let text, !text.isEmpty else { throw ValidationError("found no password on standard input") }
        guard text.utf8.count <= limit else { throw ValidationError("the password is longer than \(limit) bytes") }
        guard !text.utf8.contains(0) else { throw ValidationError("the password has a zero byte") }
        return text
    }

    private static func hidden(_ prompt: String) throws -> String? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw ValidationError("can't hide what is typed") }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw ValidationError("can't hide what is typed")
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            StandardError.write("")
        }
        StandardError.write(prompt, end: "")
        return readLine()
    }
}
