internal import Yams

/// What a changed setting asks of a running server.
public enum ReloadEffect: String, Sendable, CaseIterable {
    /// In force at once for new work.
    case live
    /// The listen socket is opened anew; sessions stay.
    case reopen
    /// Pools are replaced; old connections end at their next release.
    case pool
    /// In force after a restart only.
    case restart
}

/// One line of a section: name, place in the model, type and meaning. Decoding, validation of single values, the
/// JSON Schema, the reference tables and the comparison for reload all come from it.
struct Setting<Root>: Sendable {
    let name: String
    let required: Bool
    /// Takes a value from the file.
    let decode: @Sendable (Node, inout Root, DecodingContext) -> Void
    /// Runs after the section, whether or not the file has the setting, with its node if it has.
    let inherit: (@Sendable (Node?, inout Root, DecodingContext) -> Void)?
    /// Takes the default from a fresh root.
    let describe: @Sendable (Root) -> SchemaEntry
    let compare: Comparison<Root>

    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ type: SettingType<Value>, _ doc: String,
        required: Bool = false, effect: ReloadEffect? = nil,
        base: (@Sendable (Root, DecodingContext) -> Value)? = nil,
    ) {
        self.name = name
        self.required = required
        let decode: @Sendable (Node, inout Root, DecodingContext) -> Void = { node, root, context in
            context.enter(name, at: node) { type.decode(node, &root[keyPath: path], context) }
        }
        if let base {
            self.decode = { _, _, _ in }
            inherit = { node, root, context in
                root[keyPath: path] = base(root, context)
                if let node { decode(node, &root, context) }
            }
        } else {
            self.decode = decode
            inherit = nil
        }
        describe = { root in
            SchemaEntry(
                name: name, doc: doc, required: required, default: required ? nil : type.render(root[keyPath: path]),
                schema: type.schema)
        }
        compare = { old, new, parent, inherited, span in
            type.compare(old[keyPath: path], new[keyPath: path], Path.join(parent, name), effect ?? inherited, span)
        }
    }
}

/// How a value is written in the file. `decode` reports what is wrong to the context and then leaves the value alone.
struct SettingType<Value>: Sendable {
    var schema: Schema
    var decode: @Sendable (Node, inout Value, DecodingContext) -> Void
    /// The value as it would stand in the file; nil for nothing. Secrets render as `***`.
    var render: @Sendable (Value) -> JSON?
    var compare: Comparison<Value>
}

/// Compares a place of two configurations: the value before and after, its path, and what a change of it asks for.
typealias Comparison<Value> =
    @Sendable (Value, Value, String, ReloadEffect, ComparisonSpan) -> [Configuration.Change]

enum ComparisonSpan {
    case differing
    /// What is the same too.
    case everything
}

extension SettingType where Value: Equatable & Sendable {
    init(
        schema: Schema, decode: @escaping @Sendable (Node, inout Value, DecodingContext) -> Void,
        render: @escaping @Sendable (Value) -> JSON?,
    ) {
        self.init(schema: schema, decode: decode, render: render) { old, new, path, effect, span in
            guard old != new || span == .everything else { return [] }
            let (before, after) = (render(old)?.plain ?? "none", render(new)?.plain ?? "none")
            return [Configuration.Change(path: path, effect: effect, before: before, after: after)]
        }
    }
}

enum Path {
    static func join(_ parent: String, _ name: String) -> String { parent.isEmpty ? name : "\(parent).\(name)" }
}
