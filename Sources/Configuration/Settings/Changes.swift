extension Configuration {
    /// One setting that differs between two configurations.
    public struct Change: Sendable, Equatable, CustomStringConvertible {
        /// `timeouts.query`, `backends[main].address`.
        public var path: String
        public var effect: ReloadEffect
        /// Values as in the file; `none`, `present` for a whole element; secrets are `***`.
        public var before: String
        public var after: String

        public var description: String {
            let note =
                switch effect {
                case .live: ""
                case .reopen: " (opens the socket anew)"
                case .pool: " (new pools)"
                case .restart: " (needs a restart)"
                }
            return "\(path): \(before) → \(after)\(note)"
        }
    }

    /// Settings in which `new` differs, in the order of the tables; elements of lists are matched by name.
    public func changes(to new: Configuration) -> [Change] {
        guard self != new else { return [] }
        return Self.settings.flatMap { $0.compare(self, new, "", .live, .differing) }
    }

    /// Every setting: `after` is its value, `before` its default.
    public var entries: [Change] {
        Self.settings.flatMap { $0.compare(defaults, self, "", .live, .everything) }
    }

    /// Everything at its default, with elements of the same names.
    private var defaults: Configuration {
        var plain = Configuration()
        plain.listeners = listeners.map { element in
            var plain = Listener()
            plain.name = element.name
            return plain
        }
        plain.backends = backends.map { element in
            var plain = Backend()
            plain.name = element.name
            return plain
        }
        plain.databases = databases.map { element in
            var plain = Database()
            plain.name = element.name
            return plain
        }
        plain.groups = groups.map { element in
            var plain = Group()
            plain.name = element.name
            return plain
        }
        plain.users = users.map { element in
            var plain = User()
            plain.name = element.name
            return plain
        }
        return plain
    }
}
