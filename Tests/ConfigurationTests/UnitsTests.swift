import Testing

@testable import Configuration

@Suite struct UnitsTests {
    @Test(
        arguments: [
            ("15s", 15_000), ("500ms", 500), ("5m", 300_000), ("1h", 3_600_000), ("2d", 172_800_000), ("7", 7000),
            ("1.5", 1500), ("0", 0), ("0.25s", 250),
        ] as [(String, Int)])
    func durations(_ text: String, _ milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "s", "-1", "1e3", "inf", "0x10", "1 s", "15sec", "1.2.3", "99999999999d", "nan"])
    func wrongDurations(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: ["0", "500ms", "15s", "3m", "90s", "1h", "24h", "30d"])
    func durationsRenderAsWritten(_ text: String) {
        #expect(DurationText.parse(text).map(DurationText.render) == text)
    }

    @Test func sizes() {
        #expect(ByteCount.parse("10000") == 10_000)
        #expect(ByteCount.parse("64KiB") == 65_536)
        #expect(ByteCount.parse("1 mb") == 1 << 20)
        #expect(ByteCount.parse("2g") == 2 << 30)
        for wrong in ["", "KiB", "-1", "1.5M", "1T", "9999999999999999999", "9999999999G"] {
            #expect(ByteCount.parse(wrong) == nil, "\(wrong)")
        }
        #expect([0, 1000, 4096, 3 << 20, 1 << 30].map(ByteCount.text) == ["0", "1000", "4KiB", "3MiB", "1GiB"])
    }

    @Test func times() {
        #expect(Timestamp.parse("1970-01-01") == 0)
        #expect(Timestamp.parse("2024-02-29") == 1_709_164_800)
        #expect(Timestamp.parse("2027-01-31T12:00:00Z") == 1_801_396_800)
        #expect(Timestamp.parse("2027-01-31 12:00:00-01:30") == 1_801_402_200)
        #expect(Timestamp.render(1_801_396_800) == "2027-01-31T12:00:00Z")
        for wrong in [
            "", "2023-02-29", "2027-13-01", "2027-01-31T25:00:00Z", "2027-01-31T12:00:00", "27-01-31", "tomorrow",
        ] {
            #expect(Timestamp.parse(wrong) == nil, "\(wrong)")
        }
    }
}
