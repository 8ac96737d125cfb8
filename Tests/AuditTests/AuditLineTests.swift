import Testing

@testable import Audit

@Suite struct AuditLineTests {
    static let wall: UInt64 = 1_795_454_240_123_456_789

    private static func time(_ wall: UInt64) -> String {
        String(unsafeUninitializedCapacity: 64) { buffer in
            var cursor = LineCursor(position: buffer.baseAddress.unsafelyUnwrapped)
            var time = Timestamp()
            time.write(wall, to: &cursor)
            return cursor.position - buffer.baseAddress.unsafelyUnwrapped
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399_999_999_999, "2000-02-28T23:59:59.999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_795_454_240_123_456_789, "2026-11-23T17:17:20.123456Z"),
            (4_107_542_400_000_001_000, "2100-03-01T00:00:00.000001Z"),
        ] as [(UInt64, String)])
    func timestamps(wall: UInt64, text: String) {
        #expect(Self.time(wall) == text)
        #expect(Timestamp.parse(text.utf8) == wall / 1_000_000_000 * 1_000_000_000)
    }

    @Test func everyDayOfFourCenturiesFollowsTheOneBefore() {
        var last = Timestamp.date(days: 0)
        for day: UInt64 in 1..<146_097 {
            let date = Timestamp.date(days: day)
            let isNextDay = date.year == last.year && date.month == last.month && date.day == last.day + 1
            let isNextMonth = date.day == 1 && (27...31).contains(last.day)
            #expect(isNextDay || isNextMonth)
            last = date
        }
    }

    @Test func decimals() {
        var numbers: [UInt64] = [0, 9, 10, 99, 100, 12345, .max]
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            numbers += [power - 1, power, power + 1]
        }
        for number in numbers {
            let text = String(unsafeUninitializedCapacity: 32) { buffer in
                var cursor = LineCursor(position: buffer.baseAddress.unsafelyUnwrapped)
                cursor.put(decimal: number)
                return cursor.position - buffer.baseAddress.unsafelyUnwrapped
            }
            #expect(text == String(number))
        }
    }

    private static func escape(_ bytes: [UInt8], limit: Int = 1000) -> (String, Bool) {
        var output: [UInt8] = []
        let isCut = bytes.withUnsafeBytes { JSONText.append($0, limit: limit, to: &output) }
        return (String(validating: output, as: UTF8.self) ?? "invalid", isCut)
    }

    @Test func escaping() {
        #expect(Self.escape(Array("a\"b\\c\n\r\t\u{1}\u{7f}é€😀".utf8)).0 == #"a\"b\\c\n\r\t\u0001\u007fé€😀"#)
        #expect(Self.escape([0]).0 == #"\u0000"#)
        // Latin-1, overlong, surrogate, beyond Unicode, lone continuation, truncated.
        let broken: [[UInt8]] = [
            [0xe9], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80], [0xe2, 0x82],
        ]
        for bytes in broken {
            #expect(Self.escape(bytes).0 == String(repeating: "\u{fffd}", count: bytes.count))
        }
    }

    @Test func everyByteAndPairGivesValidText() {
        for first in 0...255 {
            for second in 0...255 {
                let text = Self.escape([UInt8(first), UInt8(second), 65]).0
                #expect(text != "invalid" && text.utf8.last == 65)
            }
        }
    }

    @Test func cutsAtWholeCharacters() {
        #expect(Self.escape(Array("ab€".utf8), limit: 4) == ("ab", true))
        #expect(Self.escape(Array("ab€".utf8), limit: 5) == ("ab€", false))
    }

    @Test func errorCodes() {
        #expect(AuditErrorCode("42P01".utf8)?.count == 5)
        #expect(AuditErrorCode("a\"b".utf8) == nil)
        #expect(AuditErrorCode("".utf8) == nil)
        #expect(AuditErrorCode("abcdefghijklmnopqrstuvw".utf8)?.count == 15)
    }
}
