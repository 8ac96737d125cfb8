public import Inspection

/// What a rule lets somebody do, or forbids.
public struct AccessAction: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let read = AccessAction(rawValue: 1)
    public static let write = AccessAction(rawValue: 2)
    public static let ddl = AccessAction(rawValue: 4)
    public static let admin = AccessAction(rawValue: 8)
    /// Functions and procedures that are no built-ins without side effects.
    public static let execute = AccessAction(rawValue: 16)
    public static let all: AccessAction = [.read, .write, .ddl, .admin, .execute]

    public init(_ actions: ActionSet) { self.init(rawValue: actions.rawValue & 15) }

    public static let names: [(action: AccessAction, name: StaticString)] = [
        (.read, "read"), (.write, "write"), (.ddl, "ddl"), (.admin, "admin"), (.execute, "execute"),
    ]

    /// In the order of the values, with commas.
    public var description: String {
        Self.names.filter { contains($0.action) }.map { "\($0.name)" }.joined(separator: ",")
    }
}
