import Bytes
import Testing
import WirePostgres

/// Holds a decoder to what every decoder of a peer's bytes must do, for one sound payload.
struct DripVerifier {
    /// Throws for what is not sound; must never trap.
    let decode: (UnsafeRawBufferPointer) throws(PostgresWireError) -> Void
    /// The message's last field takes whatever is there, so that shorter or longer payloads may be sound too.
    var isOpenEnded = false

    func verify(_ payload: [UInt8], seed: UInt64 = 1, source: SourceLocation = #_sourceLocation) {
        #expect(accepts(payload), "sound payload refused", sourceLocation: source)
        for count in 0..<payload.count where accepts(Array(payload.prefix(count))) && !isOpenEnded {
            Issue.record("accepted when cut to \(count) of \(payload.count) bytes", sourceLocation: source)
        }
        if !isOpenEnded {
            #expect(!accepts(payload + [0]), "accepted with a byte too many", sourceLocation: source)
            #expect(!accepts(payload + payload + [1]), "accepted twice over", sourceLocation: source)
        }
        for bit in 0..<payload.count * 8 {
            var flipped = payload
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            _ = accepts(flipped)
        }
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let count = Int.random(in: 0...80, using: &generator)
            _ = accepts((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
            _ = accepts((0..<count).map { _ in [0, 0, 0, 1, 0xFF, 0x7F].randomElement(using: &generator)! })
        }
    }

    /// Copies to memory of exactly that size, where a sanitiser sees a read behind the end.
    private func accepts(_ payload: [UInt8]) -> Bool {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: payload.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: payload)
        do throws(PostgresWireError) {
            try decode(UnsafeRawBufferPointer(memory))
            return true
        } catch {
            return false
        }
    }
}

extension DripVerifier {
    init<Message: PostgresMessage>(_ type: Message.Type, isOpenEnded: Bool = false) {
        decode = { raw throws(PostgresWireError) in _ = try Message(payload: raw) }
        self.isOpenEnded = isOpenEnded
    }
}
