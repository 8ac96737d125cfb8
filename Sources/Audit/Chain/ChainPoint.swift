internal import Credentials

/// A line from which a chain can be followed without what stands before: the first of a file, or a checkpoint.
struct ChainPoint {
    static let header: StaticString = "file_opened"
    static let checkpoint: StaticString = "checkpoint"

    /// More lines and checkpoints than any log has; sums of two can't overflow.
    private static let limit: UInt64 = 1 << 60

    let line: ChainedLine
    let isCheckpoint: Bool
    /// The chain before it.
    let previous: ChainHead
    /// Of the next checkpoint.
    let nextNumber: UInt64
    let nextKey: [UInt8]

    init?(_ line: ChainedLine) {
        isCheckpoint = line.isEvent(Self.checkpoint)
        guard isCheckpoint || line.isEvent(Self.header), let lines = line.number("lines"), lines < Self.limit,
            let number = line.number("number"), number < Self.limit,
            let hash = line.text("previous").flatMap(ChainHash.init),
            let key = line.text(isCheckpoint ? "next_key" : "key").flatMap(Hex.decode), key.count == Ed25519.keyBytes
        else { return nil }
        self.line = line
        previous = ChainHead(lines: lines, hash: hash)
        nextNumber = isCheckpoint ? number + 1 : number
        nextKey = key
    }

    /// The chain after it, as it says itself.
    var head: ChainHead { ChainHead(lines: previous.lines &+ 1, hash: line.hash) }

    func isSigned(by key: [UInt8]) -> Bool {
        guard let signed = line.signed, let signature = line.text("signature").flatMap(Hex.decode) else { return false }
        return Ed25519.isValid(signature, of: Array(signed), key: key)
    }
}
