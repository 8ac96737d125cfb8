import Bytes
import Testing

@Suite
struct ByteReaderTests {
    private func read<T>(
        _ bytes: [UInt8], _ body: (inout ByteReader) throws(ByteReaderError) -> T
    ) throws(ByteReaderError) -> T {
        var outcome: Result<T, ByteReaderError>?
        bytes.withUnsafeBytes { raw in
            outcome = raw.withReader { reader in
                do throws(ByteReaderError) {
                    return .success(try body(&reader))
                } catch {
                    return .failure(error)
                }
            }
        }
        return try outcome!.get()
    }

    @Test func readsNumbersInBothOrders() throws {
        let bytes: [UInt8] = [1, 0x80, 0x01, 0xFF, 0xFF, 0xFF, 0xFE, 1, 2, 3, 4, 5, 6, 7, 8]
        try read(bytes) { reader throws(ByteReaderError) in
            #expect(try reader.u8() == 1)
            #expect(try reader.i16() == -32767)
            #expect(try reader.i32() == -2)
            #expect(try reader.i64() == 0x0102_0304_0506_0708)
            let isAtEnd = reader.isAtEnd
            #expect(isAtEnd)
        }
        try read(bytes) { reader throws(ByteReaderError) in
            try reader.skip(1)
            #expect(try reader.i16LE() == 0x0180)
            #expect(try reader.i32LE() == Int32(bitPattern: 0xFEFF_FFFF))
            #expect(try reader.i64LE() == 0x0807_0605_0403_0201)
        }
    }

    @Test func refusesToReadBehindTheEnd() {
        #expect(throws: ByteReaderError.truncated(need: 4, have: 3)) {
            try read([1, 2, 3]) { reader throws(ByteReaderError) in try reader.i32() }
        }
        #expect(throws: ByteReaderError.truncated(need: 1, have: 0)) {
            try read([]) { reader throws(ByteReaderError) in try reader.u8() }
        }
        for count in [-1, Int.min, 4, Int.max] {
            #expect(throws: ByteReaderError.truncated(need: count, have: 3)) {
                try read([1, 2, 3]) { reader throws(ByteReaderError) in try reader.range(count) }
            }
        }
    }

    @Test func aFailedReadTakesNothing() throws {
        try read([1, 2, 3]) { reader throws(ByteReaderError) in
            _ = try? reader.i64()
            _ = try? reader.cString()
            _ = try? reader.skip(9)
            #expect(reader.offset == 0)
            #expect(try reader.range(3) == 0..<3)
        }
    }

    @Test func readsStringsAsRanges() throws {
        try read(Array("ab\0\0cd\0e".utf8)) { reader throws(ByteReaderError) in
            #expect(try reader.cString() == 0..<2)
            #expect(try reader.cString() == 3..<3)
            #expect(try reader.cStringText() == "cd")
            #expect(reader.peek() == UInt8(ascii: "e"))
            #expect(reader.text(reader.rest()) == "e")
            #expect(reader.peek() == nil)
        }
        #expect(throws: ByteReaderError.unterminated(at: 1)) {
            try read([0, 1, 2]) { reader throws(ByteReaderError) in
                _ = try reader.cString()
                _ = try reader.cString()
            }
        }
        #expect(throws: ByteReaderError.unterminated(at: 0)) {
            try read([]) { reader throws(ByteReaderError) in try reader.cString() }
        }
    }

    @Test func finishRefusesLeftovers() {
        #expect(throws: ByteReaderError.trailing(count: 2)) {
            try read([1, 2]) { reader throws(ByteReaderError) in try reader.finish() }
        }
    }

    @Test func spansAreBounded() throws {
        try read([1, 2, 3]) { reader throws(ByteReaderError) in
            #expect(try reader.span(2).byteCount == 2)
            #expect(reader.remaining == 1)
        }
    }
}
