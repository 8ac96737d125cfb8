internal import COpenSSL

/// Hashes over OpenSSL's implementations, fetched once per process. Safe on any thread.
public enum Digest {
    /// 16 bytes; nil where the machine's policy forbids MD5 (FIPS).
    public static func md5(_ bytes: [UInt8]) -> [UInt8]? { hash(COSSL_MD5, bytes, count: 16) }

    /// 20 bytes; nil where the machine's policy forbids SHA-1.
    public static func sha1(_ bytes: [UInt8]) -> [UInt8]? { hash(COSSL_SHA1, bytes, count: 20) }

    /// 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        guard let digest = hash(COSSL_SHA256, bytes, count: 32) else { outOfMemory() }
        return digest
    }

    private static func hash(_ algorithm: some BinaryInteger, _ bytes: [UInt8], count: Int) -> [UInt8]? {
        let digest = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            let done = cossl_digest(Int32(algorithm), bytes, bytes.count, out.baseAddress)
            filled = done == 1 ? count : 0
        }
        return digest.isEmpty ? nil : digest
    }
}

/// A SHA-256 that is fed piece by piece. One thread at a time.
public final class SHA256 {
    private let context: OpaquePointer

    public init() {
        guard let context = cossl_sha256_new() else { outOfMemory() }
        self.context = context
    }

    deinit { cossl_sha256_free(context) }

    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard cossl_sha256_update(context, bytes.baseAddress, bytes.count) == 1 else { outOfMemory() }
    }

    /// The hash of all that was given since the last call: 32 bytes.
    public func finish(into out: UnsafeMutablePointer<UInt8>) {
        guard cossl_sha256_finish(context, out) == 1 else { outOfMemory() }
    }
}

public enum HMAC {
    /// HMAC-SHA-256 (RFC 2104): 32 bytes. About a microsecond for short messages.
    public static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { out, filled in
            guard cossl_hmac_sha256(key, key.count, message, message.count, out.baseAddress) == 1 else {
                outOfMemory()
            }
            filled = 32
        }
    }
}

public enum PBKDF2 {
    /// PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2) of one block: 32 bytes. Takes 1 to 2 ms per 4,096 iterations, so **never
    /// call it on a loop**. `iterations`: 1 ... Int32.max, others are moved to the nearest.
    public static func sha256(password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
        let rounds = max(1, Int32(clamping: iterations))
        return [UInt8](unsafeUninitializedCapacity: 32) { out, filled in
            guard cossl_pbkdf2_sha256(password, password.count, salt, salt.count, rounds, out.baseAddress) == 1 else {
                outOfMemory()
            }
            filled = 32
        }
    }
}

public enum SecureRandom {
    /// From OpenSSL's generator, seeded by the kernel.
    public static func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            // Without randomness no secret is one: nothing may go on.
            guard cossl_random(out.baseAddress, count) == 1 else { outOfMemory() }
            filled = count
        }
    }
}

/// Compares secrets: the time depends on the lengths only.
public func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && cossl_equal(a, b, a.count) == 1
}

/// SHA-256, signing and the generator fail only when memory ran out or the library is broken; no peer's input leads here.
func outOfMemory() -> Never { preconditionFailure("OpenSSL has no memory or lacks an algorithm") }

/// `a` XOR `b`, as long as the shorter.
func exclusiveOr(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] { zip(a, b).map { $0 ^ $1 } }
