import Bytes
import Testing

@Suite
struct ByteBufferTests {
    @Test func writesAndConsumes() {
        var buffer = ByteBuffer()
        buffer.append(bigEndian: 0x0102 as UInt16)
        buffer.append(littleEndian: 0x0102 as UInt16)
        buffer.append(cString: "hé")
        #expect(Array(buffer.readable) == [1, 2, 2, 1, 0x68, 0xC3, 0xA9, 0])
        buffer.consume(4)
        #expect(buffer.count == 4)
        buffer.consume(4)
        #expect(buffer.count == 0)
    }

    @Test func writesDecimals() {
        for value in [0, 7, -1, Int.max, Int.min] {
            var buffer = ByteBuffer()
            buffer.append(decimal: value)
            #expect(String(decoding: Array(buffer.readable), as: UTF8.self) == String(value))
        }
    }

    @Test func keepsBytesWhileGrowing() {
        var buffer = ByteBuffer(capacity: 4)
        var expected: [UInt8] = []
        for round in 0..<2000 {
            let byte = UInt8(truncatingIfNeeded: round)
            buffer.append([byte, byte, byte])
            expected += [byte, byte, byte]
            if round % 3 == 0 {
                buffer.consume(2)
                expected.removeFirst(2)
            }
        }
        #expect(Array(buffer.readable) == expected)
    }

    @Test func patchesCountFromTheFirstUnreadByte() {
        var buffer = ByteBuffer()
        buffer.append([9, 9, 0, 0, 0, 0, 7])
        buffer.consume(2)
        buffer.patch(bigEndian: 0x0102_0304, at: 0)
        #expect(Array(buffer.readable) == [1, 2, 3, 4, 7])
    }
}
