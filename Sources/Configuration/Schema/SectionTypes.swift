internal import Core
internal import Yams

extension SettingType where Value: Equatable & Sendable {
    /// A mapping with these settings; keys that it lacks keep the value's own. `fresh` shows the defaults.
    static func section(_ settings: [Setting<Value>], fresh: Value) -> SettingType {
        SettingType(
            schema: .section(settings.map { $0.describe(fresh) }),
            decode: { node, value, context in decodeSection(node, &value, settings, context) },
            render: { _ in nil },
            compare: { old, new, path, effect, span in
                old == new && span == .differing
                    ? [] : settings.flatMap { $0.compare(old, new, path, effect, span) }
            })
    }
}

/// - Parameter key: the setting by which elements are told apart, unique in the list.
func listType<Element: Equatable & Sendable>(
    of settings: [Setting<Element>], fresh: Element, key: String, _ keyPath: any KeyPath<Element, String> & Sendable,
) -> SettingType<[Element]> {
    SettingType(
        schema: .list(.section(settings.map { $0.describe(fresh) })),
        decode: { node, list, context in
            guard !node.isNull else { return }
            guard case .sequence(let nodes) = node else {
                return context.report("found \(node.kindName), expected a list of mappings (`- { … }`)")
            }
            var seen: [String: Int] = [:]
            list = []
            for (index, item) in nodes.enumerated() where !context.isExhausted {
                var element = fresh
                context.enter("[\(index)]", at: item) { decodeSection(item, &element, settings, context) }
                let name = element[keyPath: keyPath]
                if let first = seen[name], !name.isEmpty {
                    let path = "\(context.path)[\(index)].\(key)"
                    context.report(
                        path: path, "found \"\(name)\" again, expected another \(key) than that of [\(first)]")
                } else {
                    seen[name] = index
                }
                list.append(element)
            }
        },
        render: { _ in nil },
        compare: { old, new, path, effect, span in
            guard old != new || span == .everything else { return [] }
            return compareLists(old, new, path, effect, keyPath) { element, successor, path in
                guard element != successor || span == .everything else { return [] }
                return settings.flatMap { $0.compare(element, successor, path, effect, span) }
            }
        })
}

/// A list of sections that have no names of their own; a change of any is a change of the list.
func itemsType<Element: Equatable & Sendable>(
    of settings: [Setting<Element>], fresh: Element
) -> SettingType<[Element]> {
    SettingType(
        schema: .list(.section(settings.map { $0.describe(fresh) })),
        decode: { node, list, context in
            guard !node.isNull else { return }
            guard case .sequence(let nodes) = node else {
                return context.report("found \(node.kindName), expected a list of mappings (`- { … }`)")
            }
            list = []
            for (index, item) in nodes.enumerated() where !context.isExhausted {
                var element = fresh
                context.enter("[\(index)]", at: item) { decodeSection(item, &element, settings, context) }
                list.append(element)
            }
        },
        render: { _ in nil },
        compare: { old, new, path, effect, span in
            guard old != new || span == .everything else { return [] }
            return [.init(path: path, effect: effect, before: "\(old.count) entries", after: "\(new.count) entries")]
        })
}

private func compareLists<Element: Equatable & Sendable>(
    _ old: [Element], _ new: [Element], _ path: String, _ effect: ReloadEffect,
    _ key: any KeyPath<Element, String> & Sendable, each: (Element, Element, String) -> [Configuration.Change]
) -> [Configuration.Change] {
    let after = Dictionary(new.map { ($0[keyPath: key], $0) }, uniquingKeysWith: { first, _ in first })
    let before = Set(old.map { $0[keyPath: key] })
    var changes: [Configuration.Change] = []
    for element in old {
        let name = element[keyPath: key]
        guard let successor = after[name] else {
            changes.append(.init(path: "\(path)[\(name)]", effect: effect, before: "present", after: "none"))
            continue
        }
        changes += each(element, successor, "\(path)[\(name)]")
    }
    for element in new where !before.contains(element[keyPath: key]) {
        let name = element[keyPath: key]
        changes.append(.init(path: "\(path)[\(name)]", effect: effect, before: "none", after: "present"))
    }
    return changes
}

/// Decodes a mapping: unknown keys, missing required ones and every setting's own problems are reported.
func decodeSection<Value>(
    _ node: Node, _ value: inout Value, _ settings: [Setting<Value>], _ context: DecodingContext,
) {
    var nodes: [String: Node] = [:]
    if case .mapping(let mapping) = node {
        context.reportUnknownKeys(of: mapping, known: settings.map(\.name))
        for (key, item) in mapping {
            if let name = key.scalar?.string { nodes[name] = item }
        }
    } else if !node.isNull {
        context.report("found \(node.kindName), expected a mapping of settings")
        return
    }
    for setting in settings {
        if let item = nodes[setting.name] { setting.decode(item, &value, context) }
        setting.inherit?(nodes[setting.name], &value, context)
        if setting.required, nodes[setting.name] == nil { context.report("`\(setting.name)` is missing") }
    }
}

extension DecodingContext {
    func reportUnknownKeys(of mapping: Node.Mapping, known: [String]) {
        for (key, _) in mapping {
            guard case .scalar(let scalar) = key else {
                report("found \(key.kindName) as a key, expected a setting's name", at: key.mark)
                continue
            }
            if !known.contains(scalar.string) { report(Self.unknownKey(scalar.string, known), at: key.mark) }
        }
    }

    private static func unknownKey(_ name: String, _ known: [String]) -> String {
        if let nearest = EditDistance.nearest(to: name, among: known) {
            return "found unknown setting \(shown(name)); did you mean \(shown(nearest))?"
        }
        return "found unknown setting \(shown(name)), expected one of \(known.joined(separator: ", "))"
    }
}
