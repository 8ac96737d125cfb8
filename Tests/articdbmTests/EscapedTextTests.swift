import Testing

@testable import articdbm

@Suite struct EscapedTextTests {
    @Test(arguments: [
        ("", ""), ("SELECT 1", "SELECT 1"), (#"a\tb\nc\rd"#, "a\tb\nc\rd"), (#"\\n"#, #"\n"#), (#"\\\\"#, #"\\"#),
        (#"\0\v\f"#, "\u{0}\u{b}\u{c}"), (#"a\"#, #"a\"#), (#"\x\"#, #"\x\"#),
    ])
    func decodes(_ line: String, _ text: String) {
        #expect(EscapedText.decoded(Array(line.utf8)[...]) == Array(text.utf8))
    }
}
