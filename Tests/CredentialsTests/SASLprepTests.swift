import Testing

@testable import Credentials

@Suite struct SASLprepTests {
    /// The examples of RFC 4013 §3 first; refused ones come back as they are.
    @Test(arguments: [
        ("I\u{ad}X", "IX"), ("user", "user"), ("USER", "USER"), ("\u{aa}", "a"), ("\u{2168}", "IX"), ("\u{7}", "\u{7}"),
        ("\u{627}\u{31}", "\u{627}\u{31}"),
        // Spaces, and what is mapped to nothing.
        ("pass\u{a0}word", "pass word"), ("\u{fb01}\u{200b}x\u{2060}", "fi x"), ("\u{ad}", "\u{ad}"),
        // Normalization: compatibility, composition, canonical order, Hangul, singletons, the supplementary planes.
        ("\u{2460}\u{bd}", "11\u{2044}2"), ("e\u{301}", "\u{e9}"), ("a\u{301}\u{327}", "\u{e1}\u{327}"),
        ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"), ("\u{ffa1}\u{ffc2}", "\u{ac00}"), ("\u{212b}", "\u{c5}"),
        ("\u{1d400}", "A"), ("x\u{327}\u{f75}", "x\u{f71}\u{f74}\u{327}"), ("\u{ff21}\u{301}", "\u{c1}"),
        // Right-to-left throughout, and mixed.
        ("\u{627}\u{31}\u{628}", "\u{627}\u{31}\u{628}"), ("\u{fefb}", "\u{644}\u{627}"),
        ("\u{fefb}x\u{627}", "\u{fefb}x\u{627}"),
        // Forbidden: a control character, unassigned in Unicode 3.2, private use.
        ("\u{7}\u{fb01}", "\u{7}\u{fb01}"), ("\u{fb01}\u{221}", "\u{fb01}\u{221}"),
        ("\u{fb01}\u{e000}", "\u{fb01}\u{e000}"),
    ])
    func examples(password: String, prepared: String) {
        #expect(SASLprep.prepare(Array(password.utf8)) == Array(prepared.utf8))
    }

    @Test func invalidUTF8StaysAsItIs() {
        for bytes: [UInt8] in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xe2, 0x85, 0xa8, 0xff]] {
            #expect(SASLprep.prepare(bytes) == bytes)
        }
    }

    @Test func nothingIsLeftEmpty() {
        for value in stride(from: UInt32(0), through: 0x10ffff, by: 7) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let prepared = SASLprep.prepare(Array(String(Character(scalar)).utf8))
            if prepared.isEmpty { Issue.record("nothing left of \(value)") }
        }
    }
}
