/// A command as both front ends run it.
struct Command: Sendable {
    /// In lower case with underscores; both front ends compare without case.
    let name: String
    /// Its arguments as help shows them, `[database]…`.
    let usage: String
    let summary: String
    let arguments: ClosedRange<Int>
    /// Of the rows it gives; empty when it gives none.
    let columns: [Column]
    let execute: @Sendable (CommandContext, [String]) async throws(ControlError) -> CommandResult

    init(
        _ name: String, usage: String = "", summary: String, arguments: ClosedRange<Int> = 0...0,
        columns: [Column] = [],
        execute: @escaping @Sendable (CommandContext, [String]) async throws(ControlError) -> CommandResult
    ) {
        self.name = name
        self.usage = usage
        self.summary = summary
        self.arguments = arguments
        self.columns = columns
        self.execute = execute
    }

    /// Worth a line in the log: it tells nothing and changes something.
    var isAction: Bool { columns.isEmpty && name != "help" && name != "show" }

    /// - Throws: `syntax` when the number of arguments is wrong.
    func check(_ given: [String]) throws(ControlError) {
        guard arguments.contains(given.count) else {
            throw ControlError(.syntax, usage.isEmpty ? "\(name) takes no arguments" : "usage: \(name) \(usage)")
        }
    }
}

/// What a command came to.
enum CommandResult: Sendable, Equatable {
    /// As many values in each row as the command has columns.
    case rows([[Value]])
    /// Done, in a word; and what else there is to say, a line each.
    case done(String, notices: [String] = [])
    /// The process is to end, once this answer is on its way.
    case shutdown(immediate: Bool)
}

/// A column of a command's rows.
struct Column: Sendable, Equatable {
    enum ValueType: Sendable {
        case text
        case int4
        case int8
        case numeric
        case bool
    }

    let name: String
    let type: ValueType

    static func text(_ name: String) -> Column { Column(name: name, type: .text) }
    static func int4(_ name: String) -> Column { Column(name: name, type: .int4) }
    static func int8(_ name: String) -> Column { Column(name: name, type: .int8) }
    static func numeric(_ name: String) -> Column { Column(name: name, type: .numeric) }
    static func bool(_ name: String) -> Column { Column(name: name, type: .bool) }
}

/// One value of a row.
enum Value: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case null
    case int(Int64)
    case text(String)
    case bool(Bool)

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .int(value) }

    /// Counters beyond 2⁶³ stay there.
    static func number(_ value: some BinaryInteger) -> Value { .int(Int64(clamping: value)) }

    static func optional(_ text: String?) -> Value { text.map(Value.text) ?? .null }

    static func list(_ items: [String]) -> Value { .text(items.joined(separator: ", ")) }

    /// 1 or 0.
    static func flag(_ value: Bool) -> Value { .int(value ? 1 : 0) }

    /// Ns since the epoch as `2026-05-04 03:02:01 UTC`; null for 0.
    static func time(_ ns: UInt64) -> Value { ns == 0 ? .null : .text(Timestamp.text(ns)) }
}
