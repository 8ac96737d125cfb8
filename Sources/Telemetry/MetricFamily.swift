/// What a family of series measures; fixed at build time in `MetricCatalogue`.
public struct MetricFamily: Sendable, Hashable {
    public enum Kind: String, Sendable { case counter, gauge, histogram }

    public let name: String
    public let kind: Kind
    public let help: String
    /// Label names in the order in which values are given. Values come from the configuration or from a closed list of
    /// reasons; never from a peer.
    public let labels: [String]

    init(_ name: String, _ kind: Kind, _ help: String, _ labels: [String] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }
}

/// A number read at scrape time.
public enum MetricValue: Sendable, Equatable {
    case integer(Int64)
    /// Shown in seconds, exactly.
    case nanoseconds(UInt64)
    case real(Double)
}
