import Bytes
import WirePostgres

/// The bytes that `body` writes.
func encoded(_ body: (inout ByteBuffer) throws -> Void) rethrows -> [UInt8] {
    var buffer = ByteBuffer()
    try body(&buffer)
    return Array(buffer.readable)
}

/// What lies behind the 5 bytes of header.
func payload(_ body: (inout ByteBuffer) throws -> Void) rethrows -> [UInt8] {
    Array(try encoded(body).dropFirst(PostgresFrameHeader.size))
}

/// Decodes a whole payload.
func decode<Message: PostgresMessage>(_ type: Message.Type, _ payload: [UInt8]) throws(PostgresWireError) -> Message {
    try withRaw(payload) { raw throws(PostgresWireError) in try Message(payload: raw) }
}

/// `withUnsafeBytes` that keeps the type of what is thrown.
func withRaw<T, Failure: Error>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(Failure) -> T
) throws(Failure) -> T {
    let outcome: Result<T, Failure> = bytes.withUnsafeBytes { raw in
        do throws(Failure) {
            return .success(try body(raw))
        } catch {
            return .failure(error)
        }
    }
    return try outcome.get()
}

/// The text at a range of a payload.
func text(_ range: Range<Int>?, in payload: [UInt8]) -> String? {
    range.map { String(decoding: payload[$0], as: UTF8.self) }
}

/// Repeatable random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
