/// The values that a server reports by ParameterStatus. A value type whose storage sessions share until one differs.
struct ReportedParameters: Equatable {
    struct Entry: Hashable {
        var name: String
        var value: String
    }

    private(set) var entries: [Entry] = []
    /// Equal for equal contents, whatever the order; different contents collide by chance only.
    private(set) var fingerprint: UInt64 = 0

    subscript(name: String) -> String? { entries.first { $0.name == name }?.value }

    mutating func set(_ name: String, _ value: String) {
        let entry = Entry(name: name, value: value)
        if let index = entries.firstIndex(where: { $0.name == name }) {
            guard entries[index] != entry else { return }
            fingerprint &-= Self.hash(entries[index])
            entries[index] = entry
        } else {
            entries.append(entry)
        }
        fingerprint &+= Self.hash(entry)
    }

    /// The entries whose value is not the one in `other`.
    func changes(from other: ReportedParameters) -> [Entry] {
        guard fingerprint != other.fingerprint else { return [] }
        return entries.filter { other[$0.name] != $0.value }
    }

    private static func hash(_ entry: Entry) -> UInt64 { UInt64(bitPattern: Int64(entry.hashValue)) }
}
