internal import Inspection

/// Settings that differ from the server's defaults, in the order of their names.
struct SettingsMap: Equatable {
    struct Entry: Hashable {
        var name: SQLText
        var value: SQLText
    }

    private(set) var entries: [Entry] = []
    /// Equal for equal contents, 0 for none; different contents collide by chance only, and differently in each process.
    private(set) var fingerprint: UInt64 = 0

    subscript(name: SQLText) -> SQLText? {
        get {
            let index = place(of: name)
            return index < entries.count && entries[index].name == name ? entries[index].value : nil
        }
        set {
            let index = place(of: name)
            if index < entries.count, entries[index].name == name {
                fingerprint &-= Self.hash(entries[index])
                entries.remove(at: index)
            }
            guard let newValue else { return }
            entries.insert(Entry(name: name, value: newValue), at: index)
            fingerprint &+= Self.hash(entries[index])
        }
    }

    private func place(of name: SQLText) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func hash(_ entry: Entry) -> UInt64 { UInt64(bitPattern: Int64(entry.hashValue)) }
}

/// What a server connection's settings are, as the session that had it last left them.
struct ServerSettings {
    private(set) var map = SettingsMap()

    init(map: SettingsMap = SettingsMap()) { self.map = map }

    var fingerprint: UInt64 { map.fingerprint }

    mutating func adopt(_ settings: SessionSettings) { map = settings.map }
}
