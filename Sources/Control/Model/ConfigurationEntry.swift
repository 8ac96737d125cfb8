/// A setting in force.
public struct ConfigurationEntry: Sendable, Equatable {
    /// Dotted path such as `timeouts.query` or `backends.main.pool.size`.
    public var key: String
    /// As one would write it; nil is not set. Secrets are masked by whoever makes this.
    public var value: String?
    public var defaultValue: String?
    /// A reload applies it; otherwise it takes a restart.
    public var isChangeable: Bool

    public init(key: String, value: String?, defaultValue: String?, isChangeable: Bool) {
        self.key = key
        self.value = value
        self.defaultValue = defaultValue
        self.isChangeable = isChangeable
    }
}
