import Bytes
import Testing

@testable import WirePostgres

@Suite
struct PostgresFrameHeaderTests {
    private func peek(_ bytes: [UInt8]) throws(PostgresWireError) -> PostgresFrameHeader? {
        try withRaw(bytes) { raw throws(PostgresWireError) in try PostgresFrameHeader.peek(raw) }
    }

    private func header(_ type: UInt8, _ length: UInt32) -> [UInt8] {
        encoded {
            $0.append(type)
            $0.append(bigEndian: length)
        }
    }

    @Test func waitsForFiveBytes() throws {
        for count in 0..<5 { #expect(try peek(Array(header(81, 9).prefix(count))) == nil) }
        let found = try #require(try peek(header(81, 9)))
        #expect(found.type == 81)
        #expect(found.length == 9)
        #expect(found.frameCount == 10)
        #expect(found.payloadCount == 5)
    }

    @Test(arguments: [0, 1, 2, 3] as [UInt32])
    func refusesALengthBelowItsOwn(length: UInt32) {
        #expect(throws: PostgresWireError.lengthTooSmall(type: 81, length: Int(length))) {
            try peek(header(81, length))
        }
    }

    @Test func refusesALengthAboveTheLimit() throws {
        #expect(try peek(header(81, 0x3FFF_FFFF))?.length == PostgresLimits.message)
        for length in [0x4000_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32] {
            #expect(
                throws: PostgresWireError.lengthTooLarge(
                    type: 81, length: Int(length), limit: PostgresLimits.message)
            ) { try peek(header(81, length)) }
        }
    }

    @Test func holdsEachTypeToItsLimit() throws {
        for type in FrontendMessageType.allCases {
            let limit = type.lengthLimit
            let found = try withRaw(header(type.rawValue, UInt32(limit))) { raw throws(PostgresWireError) in
                try PostgresFrameHeader.peekFrontend(raw)?.type
            }
            #expect(found == type)
            #expect(throws: PostgresWireError.self) {
                try withRaw(header(type.rawValue, UInt32(limit + 1))) { raw throws(PostgresWireError) in
                    _ = try PostgresFrameHeader.peekFrontend(raw)
                }
            }
        }
        for type in BackendMessageType.allCases {
            let limit = type.lengthLimit
            let found = try withRaw(header(type.rawValue, UInt32(limit))) { raw throws(PostgresWireError) in
                try PostgresFrameHeader.peekBackend(raw)?.type
            }
            #expect(found == type)
            #expect(throws: PostgresWireError.self) {
                try withRaw(header(type.rawValue, UInt32(limit + 1))) { raw throws(PostgresWireError) in
                    _ = try PostgresFrameHeader.peekBackend(raw)
                }
            }
        }
    }

    @Test func knowsNoOtherTypes() {
        let frontend = Set("BCdcfDEHFPpQSX".utf8)
        let backend = Set("RK23CWdcGHDIEVvnNAtS1sZT".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect((FrontendMessageType(rawValue: byte) != nil) == frontend.contains(byte))
            #expect((BackendMessageType(rawValue: byte) != nil) == backend.contains(byte))
        }
    }

    /// Every split of a stream of frames gives the same frames.
    @Test func framesSurviveAnySplit() throws {
        let stream = encoded { out in
            ReadyForQuery.encode(.idle, onto: &out)
            DataRow.encode(["a", nil], onto: &out)
            EmptyBackendMessage.parseComplete.encode(onto: &out)
        }
        for split in 0...stream.count {
            var buffer = ByteBuffer()
            var types: [UInt8] = []
            for piece in [stream[..<split], stream[split...]] {
                buffer.append(piece)
                while let header = try PostgresFrameHeader.peek(buffer.readable), header.frameCount <= buffer.count {
                    types.append(header.type)
                    buffer.consume(header.frameCount)
                }
            }
            #expect(types == Array("ZD1".utf8))
            #expect(buffer.count == 0)
        }
    }
}
