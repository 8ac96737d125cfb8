internal import Core
internal import Yams

extension SettingType<String> {
    /// Any text; bytes of UTF-8, no control characters.
    static func text(kind: String = "text", _ length: ClosedRange<Int> = 1...1024) -> SettingType {
        .scalar(
            kind: kind,
            expected: "text of \(length.lowerBound) to \(length.upperBound) bytes without control characters",
            json: [
                ("type", .string("string")), ("minLength", .int(length.lowerBound)),
                ("maxLength", .int(length.upperBound)),
            ],
            parse: { text in
                let bytes = text.utf8
                return length.contains(bytes.count) && !bytes.contains { $0 < 32 || $0 == 127 } ? text : nil
            },
            render: { $0.isEmpty ? nil : .string($0) })
    }

    /// A name that appears in metrics and logs.
    static var label: SettingType {
        .scalar(
            kind: "name", range: "letters, digits, `_`, `-`, `.`; 1 to 63",
            expected: "1 to 63 letters, digits, underscores, hyphens or points",
            json: [("type", .string("string")), ("pattern", .string("^[A-Za-z0-9_.-]{1,63}$"))],
            parse: { text in
                let isValid = text.utf8.allSatisfy {
                    switch $0 {
                    case 48...57, 65...90, 97...122, 95, 45, 46: true
                    default: false
                    }
                }
                return isValid && (1...63).contains(text.utf8.count) ? text : nil
            },
            render: { $0.isEmpty ? nil : .string($0) })
    }

    /// A host's name or address, without a port.
    static var host: SettingType {
        .scalar(
            kind: "host", expected: "a host name or an address", json: [("type", .string("string"))],
            parse: { SettingType<Endpoint>.isHost($0) ? $0 : nil }, render: { $0.isEmpty ? nil : .string($0) })
    }

    /// A file's path, joined to the configuration's directory when relative.
    static var path: SettingType {
        let base = SettingType.text(kind: "path", 1...4096)
        return SettingType(
            schema: base.schema,
            decode: { node, value, context in
                var path = ""
                base.decode(node, &path, context)
                if !path.isEmpty { value = context.resolve(path) }
            },
            render: base.render)
    }
}

extension SettingType<Int?> {
    /// `auto` or a count.
    static var threads: SettingType {
        .scalar(
            kind: "count", range: "`auto` or 1 to 1024", expected: "auto or a whole number from 1 to 1024",
            json: [
                ("type", .array([.string("string"), .string("integer")])), ("pattern", .string("^(auto|[0-9]+)$")),
            ],
            parse: { text in
                if text == "auto" { return .some(nil) }
                return Int(text).flatMap { (1...1024).contains($0) ? .some(.some($0)) : nil }
            },
            render: { $0.map { .int($0) } ?? .string("auto") })
    }
}

extension SettingType<Endpoint> {
    /// An address to bind: numbers, `localhost`, `*` for every interface, or a Unix socket's path.
    static var listenAddress: SettingType {
        address(expected: "\"127.0.0.1:6432\", \"[::]:6432\", \"*:6432\" or \"unix:/path\"") { host, port in
            switch host {
            case "*": .tcp(host: "::", port: port)
            case "localhost": .tcp(host: "127.0.0.1", port: port)
            default: IPAddress(host) == nil ? nil : .tcp(host: host, port: port)
            }
        }
    }

    /// An address to connect to: name or numbers, or a Unix socket's path.
    static var connectAddress: SettingType {
        address(expected: "\"host:port\", \"[::1]:5432\" or \"unix:/path\"") { host, port in
            port > 0 && isHost(host) ? .tcp(host: host, port: port) : nil
        }
    }

    /// A name of letters, digits, hyphens, underscores and points, or an address.
    fileprivate static func isHost(_ text: String) -> Bool {
        if IPAddress(text) != nil { return true }
        let isName = text.utf8.allSatisfy {
            switch $0 {
            case 48...57, 65...90, 97...122, 95, 45, 46: true
            default: false
            }
        }
        // Digits and points alone can only be meant as an address.
        return isName && (1...253).contains(text.utf8.count) && text.utf8.contains { $0 > 57 }
    }

    private static func address(
        expected: String, _ tcp: @escaping @Sendable (String, UInt16) -> Endpoint?,
    ) -> SettingType {
        SettingType(
            schema: .scalar(kind: "address", range: "host:port or unix:/path", json: [("type", .string("string"))]),
            decode: { node, value, context in
                guard let text = context.text(of: node, expected: expected) else { return }
                let parsed = text.hasPrefix("unix:") ? unixSocket(text.dropFirst(5), context) : hostPort(text, tcp)
                if let parsed {
                    value = parsed
                } else {
                    context.report("found \(shown(text)), expected \(expected)")
                }
            },
            render: { .string($0.description) })
    }

    private static func unixSocket(_ text: Substring, _ context: DecodingContext) -> Endpoint? {
        let path = context.resolve(String(text))
        return text.isEmpty || path.utf8.count > 107 || path.utf8.contains(0) ? nil : .unix(path: path)
    }

    fileprivate static func hostPort(_ text: String, _ tcp: (String, UInt16) -> Endpoint?) -> Endpoint? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : tcp(String(host), port)
    }
}

extension SettingType<Configuration.Audit.Anchor> {
    /// A file's path, or an address to post to.
    static var anchor: SettingType {
        let path = SettingType<String>.path
        return SettingType(
            schema: .scalar(kind: "path or URL", range: "", json: [("type", .string("string"))]),
            decode: { node, value, context in
                let expected = "a path, \"http://host/path\" or \"https://host:port/path\""
                guard let text = context.text(of: node, expected: expected) else { return }
                guard text.contains("://") else {
                    var file = ""
                    path.decode(node, &file, context)
                    if !file.isEmpty { value = .file(file) }
                    return
                }
                guard let url = url(text) else { return context.report("found \(shown(text)), expected \(expected)") }
                value = url
            },
            render: { .string($0.description) })
    }

    /// Without user, password and fragment; printable ASCII.
    private static func url(_ text: String) -> Configuration.Audit.Anchor? {
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://"), text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        guard !path.contains("#"), !authority.contains("#") else { return nil }
        let hasPort = authority.hasSuffix("]") ? false : authority.contains(":")
        let place = hasPort ? String(authority) : "\(authority):\(isSecure ? 443 : 80)"
        guard
            case .tcp(let host, let port)? = SettingType<Endpoint>.hostPort(
                place, { SettingType<Endpoint>.isHost($0) && $1 > 0 ? .tcp(host: $0, port: $1) : nil })
        else { return nil }
        return .url(isSecure: isSecure, host: host, port: port, path: path.hasPrefix("/") ? String(path) : "/\(path)")
    }
}

extension Configuration.Audit.Anchor: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let path): path
        case .url(let isSecure, let host, let port, let path):
            "http\(isSecure ? "s" : "")://\(Endpoint.tcp(host: host, port: port))\(path)"
        }
    }
}

/// A list of single values of one type.
func valuesType<Element: Equatable & Sendable>(_ type: SettingType<Element?>) -> SettingType<[Element]> {
    SettingType(
        schema: .list(type.schema),
        decode: { node, list, context in
            guard case .sequence(let nodes) = node else {
                return context.report("found \(node.kindName), expected a list (`[a, b]`)")
            }
            list = []
            for (index, item) in nodes.enumerated() where !context.isExhausted {
                context.enter("[\(index)]", at: item) {
                    guard !item.isNull else { return context.report("found nothing, expected a \(type.schema.kind)") }
                    var element: Element?
                    type.decode(item, &element, context)
                    if let element { list.append(element) }
                }
            }
        },
        render: { .array($0.compactMap(type.render)) })
}

extension SettingType<CIDR?> {
    static var cidr: SettingType {
        .scalar(
            kind: "network", expected: "an address or network like 10.0.0.0/8 or 2001:db8::/32",
            json: [("type", .string("string"))], parse: { CIDR($0).map { .some($0) } },
            render: { cidr in
                guard let cidr else { return nil }
                let length = cidr.address.isV4 ? cidr.prefix - 96 : cidr.prefix
                return .string("\(cidr.address)/\(length)")
            })
    }
}
