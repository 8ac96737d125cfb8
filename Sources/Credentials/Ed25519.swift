internal import COpenSSL

/// Signatures by Ed25519 (RFC 8032). A private key is its seed of 32 bytes; some 50 µs for each operation.
public enum Ed25519 {
    public static let seedBytes = 32
    public static let keyBytes = 32
    public static let signatureBytes = 64

    /// - Parameter seed: 32 bytes.
    public static func publicKey(seed: [UInt8]) -> [UInt8] {
        precondition(seed.count == seedBytes)
        return [UInt8](unsafeUninitializedCapacity: keyBytes) { out, filled in
            guard cossl_ed25519_public_key(seed, out.baseAddress) == 1 else { outOfMemory() }
            filled = keyBytes
        }
    }

    /// - Parameter seed: 32 bytes.
    public static func sign(_ message: [UInt8], seed: [UInt8]) -> [UInt8] {
        precondition(seed.count == seedBytes)
        return [UInt8](unsafeUninitializedCapacity: signatureBytes) { out, filled in
            guard cossl_ed25519_sign(seed, message, message.count, out.baseAddress) == 1 else { outOfMemory() }
            filled = signatureBytes
        }
    }

    /// False for a key or signature of another length, too.
    public static func isValid(_ signature: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
        guard signature.count == signatureBytes, key.count == keyBytes else { return false }
        return cossl_ed25519_verify(key, message, message.count, signature) == 1
    }
}

/// Overwrites a secret that is no longer needed, where no other copy of the array shares its memory.
public func erase(_ secret: inout [UInt8]) {
    secret.withUnsafeMutableBytes { cossl_cleanse($0.baseAddress, $0.count) }
    secret = []
}
