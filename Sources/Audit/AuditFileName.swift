/// A log's path, split so that files set aside sort by age: `audit.jsonl` becomes `audit-20261123T171720.123456Z.jsonl`.
struct AuditFileName: Equatable {
    let directory: String
    private let stem: String
    private let suffix: String

    init(_ path: String) {
        let slash = path.lastIndex(of: "/")
        directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        // A leading dot is part of the name, not the start of a suffix.
        if let dot = name.lastIndex(of: "."), dot != name.startIndex {
            stem = String(name[..<dot])
            suffix = String(name[dot...])
        } else {
            stem = String(name)
            suffix = ""
        }
    }

    /// - Parameter wall: nanoseconds since the epoch.
    func aside(_ wall: UInt64) -> String {
        var time = Timestamp()
        let text = String(unsafeUninitializedCapacity: Timestamp.length) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            var cursor = LineCursor(position: base)
            time.write(wall, to: &cursor)
            return Timestamp.length
        }
        return "\(directory)/\(stem)-\(text.filter { $0 != "-" && $0 != ":" })\(suffix)"
    }

    /// Those of `names` that `aside` makes, the oldest first.
    func asides(among names: [String]) -> [String] {
        names.filter { name in
            guard name.hasPrefix("\(stem)-"), name.hasSuffix(suffix) else { return false }
            let middle = Array(name.utf8.dropFirst(stem.utf8.count + 1).dropLast(suffix.utf8.count))
            guard middle.count == 23, middle[8] == 84, middle[15] == 46, middle[22] == 90 else { return false }
            return middle.enumerated().allSatisfy { [8, 15, 22].contains($0.offset) || (48...57).contains($0.element) }
        }
        .sorted()
    }
}
