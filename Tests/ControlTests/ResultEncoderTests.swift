import Bytes
import Testing
import WirePostgres

@testable import Control

@Suite struct ResultEncoderTests {
    /// Values of one row as the client gets them.
    private func fields(_ row: [Value], _ columns: [Column], _ format: ResultFormat) throws -> [[UInt8]?] {
        var out = ByteBuffer()
        ResultEncoder.encode(row, columns, columns.map { _ in format }, onto: &out)
        let payload = UnsafeRawBufferPointer(rebasing: out.readable[PostgresFrameHeader.size...])
        var fields: [[UInt8]?] = []
        try DataRow.forEachField(in: payload) { fields.append($0.map { Array(payload[$0]) }) }
        return fields
    }

    @Test func text() throws {
        let row: [Value] = [.null, "é", 7, .int(1 << 40), .bool(true)]
        let columns: [Column] = [.text("a"), .text("b"), .int8("c"), .int4("d"), .bool("e")]
        #expect(
            try fields(row, columns, .text)
                == [nil, Array("é".utf8), Array("7".utf8), Array("2147483647".utf8), Array("t".utf8)])
    }

    @Test func binary() throws {
        let row: [Value] = [.null, "x", -2, 258, .bool(true)]
        let columns: [Column] = [.int4("a"), .text("b"), .int4("c"), .int8("d"), .bool("e")]
        #expect(
            try fields(row, columns, .binary)
                == [nil, [0x78], [0xFF, 0xFF, 0xFF, 0xFE], [0, 0, 0, 0, 0, 0, 1, 2], [1]])
    }

    /// As PostgreSQL's numeric_send writes them.
    @Test(
        arguments: [
            (0, [0, 0, 0, 0]), (7, [1, 0, 0, 0, 7]), (10_000, [1, 1, 0, 0, 1]),
            (120_003_400, [3, 2, 0, 0, 1, 2000, 3400]),
            (50_000_000, [1, 1, 0, 0, 5000]), (-12_345, [2, 1, 0x4000, 0, 1, 2345]),
        ] as [(Int64, [UInt16])])
    func binaryNumeric(_ number: Int64, _ words: [UInt16]) throws {
        let bytes = words.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        #expect(try fields([.int(number)], [.numeric("n")], .binary) == [bytes])
    }

    @Test func description() throws {
        var out = ByteBuffer()
        ResultEncoder.encode([.numeric("n"), .int4("i")], [.binary], onto: &out)
        let payload = UnsafeRawBufferPointer(rebasing: out.readable[PostgresFrameHeader.size...])
        let description = try RowDescription(payload: payload)
        #expect(description.columns.map(\.type) == [1700, 23])
        #expect(description.columns.map(\.format) == [1, 0])
    }
}
