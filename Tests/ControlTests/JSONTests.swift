import Bytes
import Testing

@testable import Control

@Suite struct JSONTests {
    private func request(_ text: String) throws(ControlError) -> JSONRequest { try JSONRequest(line: Array(text.utf8)) }

    private func reply(_ body: (inout ByteBuffer) -> Void) -> String {
        var out = ByteBuffer()
        body(&out)
        return String(decoding: out.readable, as: UTF8.self)
    }

    @Test func requests() throws {
        let plain = try request(#"{"command":"status"}"#)
        #expect(plain.command == "status" && plain.arguments == [])
        let spaced = try request(" { \"args\" : [ \"a b\" , 7 ] , \"command\" : \"kill\" } \r")
        #expect(spaced.command == "kill" && spaced.arguments == ["a b", "7"])
        let escaped = try request(#"{"command":"x","args":["\"\\\/\b\f\n\r\té\ud83d\ude00","ü"]}"#)
        #expect(escaped.arguments == ["\"\\/\u{8}\u{C}\n\r\té😀", "ü"])
    }

    @Test(arguments: [
        "", "{", "{}", "[]", "7", #"{"command"}"#, #"{"command":}"#, #"{"command":7}"#, #"{"command":"x",}"#,
        #"{"command":"x"} x"#, #"{"command":"x","args":"y"}"#, #"{"command":"x","args":[{}]}"#,
        #"{"command":"x","args":["y",]}"#, #"{"command":"x","more":1}"#, #"{"command":"x"#, #"{"command":"\q"}"#,
        #"{"command":"\u12"}"#, #"{"command":"\ud800"}"#, #"{"command":"\ud800\u0041"}"#, #"{"command":"\udc00"}"#,
        "{\"command\":\"a\u{1}\"}", #"{"args":[]}"#, #"{"command":"x" "args":[]}"#, #"{"command":"x","args":[-"#,
        #"{"command":"\"#, #"{"command":"\u"#,
    ])
    func badRequests(_ text: String) {
        #expect(throws: ControlError.self) { try request(text) }
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: ControlError.self) {
            try JSONRequest(line: Array("{\"command\":\"".utf8) + [0xFF, 0x22, 0x7D])
        }
    }

    @Test func tables() {
        let command = Command("x", summary: "", columns: [.text("a"), .int8("b\"")]) { _, _ in .rows([]) }
        let rows: [[Value]] = [["x", 1], [.null, -9_223_372_036_854_775_808], [.bool(true), .bool(false)]]
        #expect(
            reply { JSONReply.encode(.rows(rows), of: command, onto: &$0) }
                == #"{"columns":["a","b\""],"rows":[["x",1],[null,-9223372036854775808],[true,false]]}"# + "\n")
        #expect(
            reply { JSONReply.encode(.rows([]), of: command, onto: &$0) } == #"{"columns":["a","b\""],"rows":[]}"#
                + "\n")
    }

    @Test func messagesAndErrors() {
        let command = Command("x", summary: "") { _, _ in .done("") }
        #expect(
            reply { JSONReply.encode(.done("reloaded", notices: ["a", "b"]), of: command, onto: &$0) }
                == #"{"message":"reloaded\na\nb"}"# + "\n")
        #expect(
            reply { JSONReply.encode(ControlError(.failed, "no", details: ["line 1: \"x\""]), onto: &$0) }
                == #"{"error":"no\nline 1: \"x\""}"# + "\n")
    }

    @Test func hostileTextStaysOneLineAndHarmless() {
        let text = reply { JSONReply.encode("\u{1B}[2J\u{7F}\u{85}\u{9F}\u{0}\t\r\n\\é😀\u{2028}", onto: &$0) }
        #expect(text == #""\u001b[2J\u007f\u0085\u009f\u0000\t\r\n\\é😀"# + "\u{2028}\"")
    }
}
