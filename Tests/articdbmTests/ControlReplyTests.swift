import Testing

@testable import articdbm

@Suite struct ControlReplyTests {
    @Test func tableIsAligned() throws {
        let reply = try ControlReply(
            #"{"columns":["database","active","wait"],"rows":[["shop",12,0.5],["a longer one",3,null]]}"#)
        #expect(!reply.isError)
        #expect(
            reply.text == """
                database      active  wait
                shop              12   0.5
                a longer one       3
                """)
    }

    @Test func textOfClientsCannotDriveTheTerminal() throws {
        let reply = try ControlReply(#"{"columns":["user"],"rows":[["a\u001b[2J\nb"]]}"#)
        #expect(reply.text == "user\na [2J b")
    }

    @Test func otherForms() throws {
        #expect(try ControlReply(#"{"message":"draining"}"#).text == "draining")
        let error = try ControlReply(#"{"error":"no such session"}"#)
        #expect(error.isError)
        #expect(error.text == "error: no such session")
        #expect(try ControlReply(#"{"uptime":5,"state":"ready"}"#).text == "state   ready\nuptime  5")
        #expect(try ControlReply(#"{"columns":["a","b"],"rows":[]}"#).text == "a  b")
        #expect(throws: ControlError.self) { try ControlReply("oops") }
    }
}
