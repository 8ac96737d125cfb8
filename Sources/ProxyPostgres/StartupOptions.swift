/// The `options` of a startup packet: command-line switches of the server, of which a pool can honour settings only.
enum StartupOptions {
    /// `-c name=value` and `--name=value`, split at white space where no backslash stands before it (PostgreSQL's
    /// `pg_split_opts`). Nil for any other switch.
    static func parse(_ text: String) -> [(String, String)]? {
        var words = split(text)[...]
        var settings: [(String, String)] = []
        while let word = words.popFirst() {
            var assignment: Substring
            if word == "-c" {
                guard let next = words.popFirst() else { return nil }
                assignment = next[...]
            } else if word.hasPrefix("-c") || word.hasPrefix("--") {
                assignment = word.dropFirst(2)
            } else {
                return nil
            }
            guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else { return nil }
            let name = assignment[..<equals].replacing("-", with: "_")
            settings.append((String(name), String(assignment[assignment.index(after: equals)...])))
            assignment = ""
        }
        return settings
    }

    /// A value for a `-c` switch, so that it stays one word.
    static func escape(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            if character == "\\" || character.isWhitespace { text.append("\\") }
            text.append(character)
        }
    }

    private static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
