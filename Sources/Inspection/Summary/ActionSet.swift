/// What a statement does to a relation, in the words of permissions.
public struct ActionSet: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Rows are looked at.
    public static let read = ActionSet(rawValue: 1)
    /// Rows are added, changed, removed or locked.
    public static let write = ActionSet(rawValue: 2)
    /// The definition is made, changed or removed.
    public static let ddl = ActionSet(rawValue: 4)
    /// Rights, ownership, storage and statistics; what concerns the server and not its data.
    public static let admin = ActionSet(rawValue: 8)

    /// In the order of the values.
    public var names: [StaticString] {
        let all: [(ActionSet, StaticString)] = [(.read, "read"), (.write, "write"), (.ddl, "ddl"), (.admin, "admin")]
        return all.filter { contains($0.0) }.map(\.1)
    }
}
