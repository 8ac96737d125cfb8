internal import Credentials

/// The key that signs the next checkpoint, and where the chain stood at the last one. Lives in a file of the owner's
/// beside the log. A signature uses it up: its successor is its hash, so no later key tells an earlier one.
struct ChainKey: Equatable {
    /// Of the checkpoint it will sign, from 1.
    private(set) var number: UInt64 = 1
    /// The chain after the last checkpoint.
    private(set) var head = ChainHead.start
    private var seed: [UInt8]

    /// Checkpoints that a key file may lag behind the log; it lags by one when the process ended between the two.
    static let maxLag: UInt64 = 1000
    static let maxFileBytes = 512
    private static let magic = "articdbm-audit-key-1"

    /// A new chain's first.
    init() { seed = SecureRandom.bytes(Ed25519.seedBytes) }

    /// From the file's text; nil for anything else.
    init?(_ text: [UInt8]) {
        let fields = text.split(separator: UInt8(ascii: " "))
        guard text.last == 0x0a, fields.count == 5, fields[0].elementsEqual(Self.magic.utf8),
            let number = UInt64(String(decoding: fields[1], as: UTF8.self)), number > 0,
            let lines = UInt64(String(decoding: fields[2], as: UTF8.self)), let hash = ChainHash(fields[3]),
            let seed = Hex.decode(fields[4].dropLast()), seed.count == Ed25519.seedBytes
        else { return nil }
        self.number = number
        head = ChainHead(lines: lines, hash: hash)
        self.seed = seed
    }

    var text: [UInt8] {
        Array("\(Self.magic) \(number) \(head.lines) \(head.hash.text) ".utf8) + Hex.encode(seed) + [0x0a]
    }

    var publicKey: [UInt8] { Ed25519.publicKey(seed: seed) }

    /// - Returns: hexadecimal.
    func sign(_ message: [UInt8]) -> String { Hex.encode(Ed25519.sign(message, seed: seed)) }

    /// The successor's public key.
    var nextPublicKey: [UInt8] {
        var next = Self.successor(of: seed)
        defer { erase(&next) }
        return Ed25519.publicKey(seed: next)
    }

    /// After its checkpoint: the successor takes its place.
    mutating func advance(to head: ChainHead) {
        let next = Self.successor(of: seed)
        erase(&seed)
        seed = next
        number += 1
        self.head = head
    }

    mutating func forget() { erase(&seed) }

    private static func successor(of seed: [UInt8]) -> [UInt8] {
        let hash = SHA256()
        Array("articdbm audit key".utf8).withUnsafeBytes { hash.update($0) }
        seed.withUnsafeBytes { hash.update($0) }
        return [UInt8](unsafeUninitializedCapacity: Ed25519.seedBytes) { out, filled in
            if let base = out.baseAddress { hash.finish(into: base) }
            filled = Ed25519.seedBytes
        }
    }
}
