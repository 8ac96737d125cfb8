internal import Core
internal import Yams

extension SettingType where Value: Equatable & Sendable {
    /// A single value: `parse` returns nil for text that isn't one, `expected` says what it should be.
    static func scalar(
        kind: String, range: String = "", expected: String, json: [(String, JSON)],
        parse: @escaping @Sendable (String) -> Value?, render: @escaping @Sendable (Value) -> JSON?,
    ) -> SettingType {
        SettingType(
            schema: .scalar(kind: kind, range: range, json: json),
            decode: { node, value, context in
                guard let text = context.text(of: node, expected: expected) else { return }
                guard let parsed = parse(text) else {
                    return context.report("found \(shown(text)), expected \(expected)")
                }
                value = parsed
            },
            render: render)
    }

    /// The same, or `null`, or for a single value `off`.
    static func optional<Wrapped: Equatable & Sendable>(
        _ type: SettingType<Wrapped>, fresh: Wrapped,
    ) -> SettingType where Value == Wrapped? {
        SettingType(
            schema: type.schema,
            decode: { node, value, context in
                guard !node.isNull else {
                    value = nil
                    return
                }
                let errors = context.problems.count
                var wrapped = fresh
                type.decode(node, &wrapped, context)
                if context.problems.count == errors { value = wrapped }
            },
            render: { $0.flatMap(type.render) })
    }
}

/// Found text for a message, cut and on one line.
func shown(_ text: String) -> String {
    let line = text.unicodeScalars.prefix(80).map { $0.value < 0x20 ? "?" : String($0) }.joined()
    return "\"\(line)\(text.unicodeScalars.count > 80 ? "…" : "")\""
}

extension SettingType<Bool> {
    static var bool: SettingType {
        .scalar(
            kind: "boolean", expected: "true or false", json: [("type", .string("boolean"))],
            parse: parseBool, render: { .bool($0) })
    }
}

/// Also the words of YAML 1.1 and of environment variables.
func parseBool(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
}

extension SettingType<Int> {
    /// A whole number; `zero` says what 0 means when it is special.
    static func count(_ range: ClosedRange<Int>, zero: String? = nil) -> SettingType {
        let text =
            range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
        let full = zero.map { "\(text); 0: \($0)" } ?? text
        var json: [(String, JSON)] = [("type", .string("integer")), ("minimum", .int(range.lowerBound))]
        if range.upperBound != .max { json.append(("maximum", .int(range.upperBound))) }
        return .scalar(
            kind: "count", range: full, expected: "a whole number (\(full))", json: json,
            parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } }, render: { .int($0) })
    }

    /// Bytes: a bare number, or one with B, KiB, MiB, GiB (K, M, G and kB, MB, GB mean the same powers of 1024).
    static func bytes(_ range: ClosedRange<Int>, zero: String? = nil) -> SettingType {
        let bounds = "\(ByteCount.text(range.lowerBound)) to \(ByteCount.text(range.upperBound))"
        let full = zero.map { "\(bounds); 0: \($0)" } ?? bounds
        return .scalar(
            kind: "size", range: full, expected: "a size like 64KiB or 1MiB (\(full))",
            json: [
                ("type", .array([.string("string"), .string("integer")])), ("pattern", .string(ByteCount.pattern)),
            ],
            parse: { text in
                ByteCount.parse(text).flatMap { range.contains($0) || ($0 == 0 && zero != nil) ? $0 : nil }
            },
            render: { .string(ByteCount.text($0)) })
    }

    /// Permission bits in octal.
    static var permissions: SettingType {
        .scalar(
            kind: "octal", range: "0 to 0777", expected: "permission bits in octal like 0660",
            json: [("type", .array([.string("string"), .string("integer")]))],
            parse: { text in
                let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
                return Int(digits, radix: 8).flatMap { (0...0o777).contains($0) ? $0 : nil }
            },
            render: { .string("0" + String($0, radix: 8)) })
    }
}

extension SettingType<Double> {
    /// A share: 0 to 1, or a percentage.
    static var fraction: SettingType {
        .scalar(
            kind: "share", range: "0 to 1, or 0% to 100%", expected: "a share like 0.3 or 30%",
            json: [("type", .array([.string("number"), .string("string")])), ("pattern", .string("^[0-9.]+%?$"))],
            parse: { text in
                let percent = text.hasSuffix("%")
                guard let number = Double(percent ? text.dropLast() : text[...]) else { return nil }
                let value = percent ? number / 100 : number
                return (0...1).contains(value) ? value : nil
            },
            render: { .number($0) })
    }

    static func number(_ range: ClosedRange<Double>, zero: String) -> SettingType {
        let full = "\(JSON.number(range.lowerBound).text()) to \(JSON.number(range.upperBound).text()); 0: \(zero)"
        return .scalar(
            kind: "number", range: full, expected: "a number (\(full))",
            json: [
                ("type", .string("number")), ("minimum", .number(range.lowerBound)),
                ("maximum", .number(range.upperBound)),
            ],
            parse: { Double($0).flatMap { range.contains($0) ? $0 : nil } }, render: { .number($0) })
    }
}

extension SettingType<Duration> {
    /// A bare number is in seconds. Zero is always allowed when `zero` says what it means.
    static func duration(_ range: ClosedRange<Duration>, zero: String? = nil) -> SettingType {
        let bounds = "\(DurationText.render(range.lowerBound)) to \(DurationText.render(range.upperBound))"
        let full = zero.map { "\(bounds); 0: \($0)" } ?? bounds
        return .scalar(
            kind: "duration", range: full, expected: "a duration like 15s, 500ms, 5m or 1h (\(full))",
            json: [
                ("type", .array([.string("string"), .string("number")])), ("pattern", .string(DurationText.pattern)),
            ],
            parse: { text in
                guard let value = DurationText.parse(text) else { return nil }
                return range.contains(value) || (value == .zero && zero != nil) ? value : nil
            },
            render: { .string(DurationText.render($0)) })
    }
}

extension SettingType where Value: RawRepresentable<String> & CaseIterable & Equatable & Sendable {
    /// One of the enumeration's words. `refusals` are words with a reason of their own for not being taken.
    static func word(refusals: @escaping @Sendable (String) -> String? = { _ in nil }) -> SettingType {
        let words = Value.allCases.map(\.rawValue)
        let list = words.joined(separator: ", ")
        return SettingType(
            schema: .scalar(
                kind: "word", range: words.map { "`\($0)`" }.joined(separator: ", "),
                json: [("enum", .array(words.map { .string($0) }))]),
            decode: { node, value, context in
                guard let text = context.text(of: node, expected: "one of \(list)") else { return }
                if let parsed = Value(rawValue: text) {
                    value = parsed
                } else if let reason = refusals(text) {
                    context.report("found \(shown(text)), \(reason)")
                } else {
                    let nearest = EditDistance.nearest(to: text, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
                    context.report("found \(shown(text)), expected one of \(list)\(nearest)")
                }
            },
            render: { .string($0.rawValue) })
    }
}
