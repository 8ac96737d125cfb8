extension InspectionRecord {
    /// One JSON object without a newline. Bytes that are no UTF-8 become U+FFFD.
    ///
    /// - Parameter id: what the caller calls the text; left out if nil.
    public func json(id: String?, _ thresholds: DetectionThresholds = .init()) -> String {
        var output = JSONObject()
        if let id { output.add("id", string: id) }
        output.add("verdict", string: detection.verdict(thresholds).rawValue)
        output.add("score", raw: String(detection.score))
        output.add("reasons", strings: detection.reasons.names.map(\.description))
        output.add("statements", objects: summary.statements.map { $0.json })
        output.add("shape", string: hexadecimal(shape))
        return output.text
    }

    private func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension BatchSummary.Statement {
    fileprivate var json: String {
        var output = JSONObject()
        output.add("kind", string: kind.rawValue)
        output.add("relations", objects: relations.merged.map { $0.json })
        output.add("actions", strings: actions.names.map(\.description))
        if !wide.isEmpty { output.add("wide", objects: wide.map(\.json)) }
        if !named.isEmpty { output.add("named", objects: named.map(\.json)) }
        if !calls.isEmpty { output.add("functions", strings: unique(calls.map(\.qualifiedName))) }
        if !operators.isEmpty { output.add("operators", strings: operators.map(\.description)) }
        if !outside.isEmpty { output.add("outside", strings: outside.names.map(\.description)) }
        if !opaque.isEmpty { output.add("opaque", strings: unique(opaque.map(\.reason.rawValue))) }
        if let preparedName { output.add("prepared", string: preparedName.description) }
        if changesNames { output.add("changes_names", raw: "true") }
        output.add("unparsed", raw: unparsed.map { $0.json } ?? "null")
        return output.text
    }

    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

extension NamedActions {
    fileprivate var json: String {
        var output = JSONObject()
        output.add("name", string: name)
        output.add("actions", strings: actions.names.map(\.description))
        return output.text
    }
}

extension WideReference {
    fileprivate var json: String {
        var output = JSONObject()
        output.add("scope", string: scope.rawValue)
        if let name { output.add("name", string: name.description) }
        output.add("actions", strings: actions.names.map(\.description))
        return output.text
    }
}

extension NamedObject {
    fileprivate var json: String {
        var output = JSONObject()
        output.add("meaning", string: meaning.rawValue)
        if let text { output.add("text", string: text.description) }
        output.add("by", string: taker.description)
        output.add("actions", strings: actions.names.map(\.description))
        if !relations.isEmpty { output.add("relations", objects: relations.merged.map(\.json)) }
        return output.text
    }
}

extension Unparsed {
    fileprivate var json: String {
        var output = JSONObject()
        output.add("offset", raw: String(offset))
        output.add("reason", string: reason.rawValue)
        return output.text
    }
}

extension FunctionCall {
    /// For people to read.
    public var qualifiedName: String { schema.map { "\($0).\(name)" } ?? name.description }
}

/// A JSON object in the making (RFC 8259).
private struct JSONObject {
    private var members: [String] = []

    var text: String { "{" + members.joined(separator: ",") + "}" }

    mutating func add(_ name: StaticString, raw: String) { members.append("\"\(name)\":\(raw)") }
    mutating func add(_ name: StaticString, string: String) { add(name, raw: Self.quoted(string)) }
    mutating func add(_ name: StaticString, strings: [String]) {
        add(name, raw: "[" + strings.map(Self.quoted).joined(separator: ",") + "]")
    }
    mutating func add(_ name: StaticString, objects: [String]) {
        add(name, raw: "[" + objects.joined(separator: ",") + "]")
    }

    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                output += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
