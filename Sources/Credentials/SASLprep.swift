@_spi(_Unicode) internal import Swift

/// SASLprep (RFC 4013) of passwords as PostgreSQL does it (`pg_saslprep`): both make the same verifier of a password.
public enum SASLprep {
    /// The bytes to derive keys from. ASCII stays as it is, control characters included; so does what is not UTF-8 or
    /// holds characters that stringprep forbids, which PostgreSQL uses as they are rather than to refuse them.
    ///
    /// As in PostgreSQL, forbidden characters and direction are looked for before normalization, and a ZERO WIDTH
    /// SPACE, which is in two tables, becomes a space.
    public static func prepare(_ password: [UInt8]) -> [UInt8] {
        guard !password.allSatisfy({ $0 < 0x80 }) else { return password }
        guard let text = String(validating: password, as: UTF8.self) else { return password }
        var mapped: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if StringprepClass.spaces.contains(scalar) {
                mapped.append(" ")
            } else if !StringprepClass.ignored.contains(scalar) {
                mapped.append(scalar)
            }
        }
        guard !mapped.isEmpty, !mapped.contains(where: StringprepClass.refused.contains), hasOneDirection(mapped) else {
            return password
        }
        return Array(normalized(mapped).utf8)
    }

    /// RFC 3454 §6: text with a right-to-left character has no left-to-right one, and begins and ends right-to-left.
    private static func hasOneDirection(_ text: [Unicode.Scalar]) -> Bool {
        guard text.contains(where: StringprepClass.rightToLeft.contains) else { return true }
        guard let first = text.first, let last = text.last else { return true }
        return !text.contains(where: StringprepClass.leftToRight.contains)
            && StringprepClass.rightToLeft.contains(first) && StringprepClass.rightToLeft.contains(last)
    }

    /// NFKC: compatibility decomposition by our table, then canonical decomposition, order and composition.
    private static func normalized(_ text: [Unicode.Scalar]) -> String {
        var replaced = String.UnicodeScalarView()
        for scalar in text {
            if let form = CompatibilityMapping.form(of: scalar) {
                replaced.append(contentsOf: form.compactMap { Unicode.Scalar($0) })
            } else {
                replaced.append(scalar)
            }
        }
        // The library's own normalization has no public name yet; this is the one that string comparison uses.
        // Composition alone takes U+0F75 and its like, which decompose into combining characters, for the end of a run
        // of these.
        var decomposed = String.UnicodeScalarView()
        decomposed.append(contentsOf: String(replaced)._nfd)
        var composed = String.UnicodeScalarView()
        composed.append(contentsOf: String(decomposed)._nfc)
        return String(composed)
    }
}
