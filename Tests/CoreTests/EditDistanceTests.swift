import Testing

@testable import Core

@Suite struct EditDistanceTests {
    @Test(
        arguments: [
            ("listeners", "lisseners", 1), ("query", "qeury", 1), ("pool", "poool", 1), ("", "abc", 3),
            ("same", "same", 0),
        ] as [(String, String, Int)])
    func editDistance(_ a: String, _ b: String, _ distance: Int) {
        #expect(EditDistance.between(Array(a.utf8), Array(b.utf8)) == distance)
    }

    @Test func nearestIsNotFarFetched() {
        #expect(EditDistance.nearest(to: "colour", among: ["level", "format"]) == nil)
        #expect(EditDistance.nearest(to: "LEVEL", among: ["level", "format"]) == "level")
    }
}
