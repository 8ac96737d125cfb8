internal import Core
internal import Yams

extension SettingType<Secret?> {
    /// A secret: text, `${NAME}`, or `file:/path` whose content it is.
    static var secret: SettingType {
        SettingType(
            schema: Schema.secret,
            decode: { node, value, context in
                guard !node.isNull else {
                    value = nil
                    return
                }
                if let text = context.secret(of: node) { value = Secret(text) }
            },
            render: { $0 == nil ? nil : .string("***") })
    }
}

extension Schema {
    static let secret = Schema.scalar(
        kind: "secret", range: "text, `${NAME}`, `file:/path`", json: [("type", .string("string"))])
}

extension SettingType<[StoredCredential]> {
    /// One secret or a list of them, each a clear password or a verifier.
    static var credentials: SettingType {
        SettingType(
            schema: .oneOrMore(Schema.secret),
            decode: { node, list, context in
                list = []
                guard case .sequence(let nodes) = node else {
                    if !node.isNull, let credential = context.credential(of: node) { list = [credential] }
                    return
                }
                for (index, item) in nodes.enumerated() where !context.isExhausted {
                    context.enter("[\(index)]", at: item) {
                        if let credential = context.credential(of: item) { list.append(credential) }
                    }
                }
            },
            render: { $0.isEmpty ? nil : .string("***") })
    }
}

extension DecodingContext {
    static let secretLimit = 64 << 10

    func secret(of node: Node) -> String? {
        guard let text = text(of: node, expected: "a secret, `${NAME}` or `file:/path`") else { return nil }
        guard expandsReferences, case .scalar(let scalar) = node, scalar.string.hasPrefix("file:") else {
            if expandsReferences, !node.mentionsVariable { hasLiteralSecrets = true }
            return checked(text)
        }
        let path = resolve(String(text.dropFirst(5)))
        watch(path)
        switch FileReader.read(path, limit: Self.secretLimit) {
        case .failure(let failure):
            report("file \"\(path)\" can't be read: \(failure.reason)")
            return nil
        case .success(let bytes):
            guard var content = String(validating: bytes, as: UTF8.self) else {
                report("file \"\(path)\" isn't UTF-8 text")
                return nil
            }
            if content.hasSuffix("\r\n") || content.hasSuffix("\n") { content.removeLast() }
            return checked(content)
        }
    }

    private func checked(_ text: String) -> String? {
        guard !text.isEmpty else {
            report("found an empty secret, expected text")
            return nil
        }
        guard !text.utf8.contains(0) else {
            report("found a secret with a zero byte, expected text")
            return nil
        }
        return text
    }

    func credential(of node: Node) -> StoredCredential? {
        guard let text = secret(of: node) else { return nil }
        if text.hasPrefix("SCRAM-SHA-256$") {
            guard VerifierForm.isSCRAM(text) else {
                report("found a damaged SCRAM verifier, expected SCRAM-SHA-256$<iterations>:<salt>$<key>:<key>")
                return nil
            }
            return .scramVerifier(Secret(text))
        }
        return VerifierForm.isMD5(text) ? .md5Verifier(Secret(text)) : .password(Secret(text))
    }
}

/// The forms in which PostgreSQL keeps passwords.
enum VerifierForm {
    /// `md5` and 32 lower-case hexadecimal digits.
    static func isMD5(_ text: String) -> Bool {
        text.utf8.count == 35 && text.hasPrefix("md5")
            && text.utf8.dropFirst(3).allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// `SCRAM-SHA-256$<1...>:<base64 salt>$<base64 of 32 bytes>:<base64 of 32 bytes>`.
    static func isSCRAM(_ text: String) -> Bool {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return false }
        let first = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        let keys = parts[2].split(separator: ":", omittingEmptySubsequences: false)
        guard first.count == 2, keys.count == 2, let iterations = Int(first[0]) else { return false }
        return (1...10_000_000).contains(iterations) && (base64Length(first[1]) ?? 0) > 0
            && keys.allSatisfy { base64Length($0) == 32 }
    }

    /// Bytes that the padded base64 text stands for; nil if it isn't any.
    private static func base64Length(_ text: Substring) -> Int? {
        let body = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.utf8.count - body.count
        guard text.utf8.count % 4 == 0, padding <= 2, text.utf8.suffix(padding).allSatisfy({ $0 == 61 }) else {
            return nil
        }
        let isAlphabet = body.allSatisfy {
            switch $0 {
            case 48...57, 65...90, 97...122, 43, 47: true
            default: false
            }
        }
        return isAlphabet ? text.utf8.count / 4 * 3 - padding : nil
    }
}
