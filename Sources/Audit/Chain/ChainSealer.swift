internal import Credentials
import Glibc

/// Links lines. One thread at a time.
final class ChainSealer {
    private let hash = SHA256()
    private let digest: UnsafeMutablePointer<UInt8> = .allocate(capacity: 32)

    deinit { digest.deallocate() }

    /// - Parameter body: a line up to its link.
    func next(after head: ChainHead, body: UnsafeRawBufferPointer) -> ChainHead {
        head.hash.withBytes { hash.update($0) }
        hash.update(body)
        hash.finish(into: digest)
        return ChainHead(lines: head.lines &+ 1, hash: ChainHash(digest: digest))
    }

    /// Fills the links of a chunk's lines. May be done again when something else comes to stand before it.
    func seal(_ chunk: AuditChunk, after head: ChainHead) {
        var head = head
        var start = chunk.base
        let end = chunk.base + chunk.count
        while start < end, let newline = memchr(start, 0x0a, end - start) {
            let next = newline.assumingMemoryBound(to: UInt8.self) + 1
            precondition(next - start >= ChainLink.byteCount)
            let link = next - ChainLink.byteCount
            head = self.next(after: head, body: UnsafeRawBufferPointer(start: start, count: link - start))
            let place = link + ChainLink.key.utf8CodeUnitCount
            head.hash.withBytes { UnsafeMutableRawBufferPointer(start: place, count: $0.count).copyMemory(from: $0) }
            start = next
        }
        chunk.sealed = head
    }
}
