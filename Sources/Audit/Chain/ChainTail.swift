/// The end of a file, followed from its last checkpoint or, without one, its first line.
struct ChainTail {
    /// Where it was followed from.
    let point: ChainPoint
    /// After the last line that belongs to the chain.
    let head: ChainHead
    /// Bytes of the file behind that line.
    let rest: [UInt8]

    /// Checkpoints are never farther apart than `AuditWriter.checkpointBytes` and what is written in one go.
    static let maxBytes: Int64 = 128 << 20

    /// - Parameter length: of the file.
    /// - Returns: nil when there is nothing to follow the chain from.
    static func read(
        _ files: any AuditFileAccess, _ descriptor: Int32, length: Int64, _ sealer: ChainSealer
    ) throws(AuditFileError) -> ChainTail? {
        var window = min(length, 1 << 20)
        while true {
            let bytes = try files.read(descriptor, at: length - window, count: Int(window))
            if let tail = follow(bytes, isWhole: window == length, sealer) { return tail }
            guard window < min(length, maxBytes) else { return nil }
            window = min(length, window * 2, maxBytes)
        }
    }

    /// - Parameter isWhole: the first byte is the file's first; otherwise a line may begin before it.
    private static func follow(_ bytes: [UInt8], isWhole: Bool, _ sealer: ChainSealer) -> ChainTail? {
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        // Behind the last newline.
        let torn = lines.removeLast()
        if !isWhole, !lines.isEmpty { lines.removeFirst() }
        let found = lines.indices.reversed().lazy.compactMap { index in
            ChainedLine(lines[index]).flatMap(ChainPoint.init).map { (index, $0) }
        }.first
        guard let (index, point) = found else { return nil }
        var head = point.previous
        var end = lines[index].startIndex
        for line in lines[index...] {
            guard let line = ChainedLine(line) else { break }
            let next = line.body.withUnsafeBytes { sealer.next(after: head, body: $0) }
            guard next.hash == line.hash else { break }
            head = next
            end = line.body.startIndex + line.body.count + ChainLink.byteCount
        }
        guard end > lines[index].startIndex else { return nil }
        return ChainTail(point: point, head: head, rest: Array(bytes[end..<torn.endIndex]))
    }
}
