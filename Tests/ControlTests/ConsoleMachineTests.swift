import Bytes
import Testing
import WirePostgres

@testable import Control

@Suite struct ConsoleMachineTests {
    typealias Step = ConsoleMachine.Step

    private static let key = BackendKeyData(processID: 5, key: [1, 2, 3, 4])

    private func machine() -> ConsoleMachine { ConsoleMachine(version: "v9", key: Self.key) }

    private func started() -> ConsoleMachine {
        var machine = machine()
        _ = machine.startupReceived(startup("articdbm"))
        return machine
    }

    private func startup(
        _ database: String?, version: ProtocolVersion = .v30, more: [(String, String)] = []
    ) -> StartupPacket {
        var parameters = [StartupMessage.Parameter("user", "ops")]
        if let database { parameters.append(.init("database", database)) }
        return .startup(StartupMessage(version: version, parameters: parameters + more.map { .init($0.0, $0.1) }))
    }

    private func failure(_ state: SQLState, in step: Step) -> Bool {
        step.messages.contains { if case .failure(let notice) = $0 { notice.state == state } else { false } }
    }

    /// A client's message as the machine gets it.
    private func send(
        _ machine: inout ConsoleMachine, _ encode: (inout ByteBuffer) throws -> Void
    ) throws -> Step {
        var bytes = ByteBuffer()
        try encode(&bytes)
        let (header, type) = try #require(try PostgresFrameHeader.peekFrontend(bytes.readable))
        #expect(header.frameCount == bytes.count)
        return try machine.messageReceived(
            type, payload: UnsafeRawBufferPointer(rebasing: bytes.readable[PostgresFrameHeader.size...]))
    }

    private func parse(_ machine: inout ConsoleMachine, _ name: String, _ query: String) throws -> Step {
        try send(&machine) { try ParseMessage.encode(statement: name, query: query, onto: &$0) }
    }

    private func bind(_ machine: inout ConsoleMachine, portal: String = "", _ name: String = "") throws -> Step {
        try send(&machine) { try BindMessage.encode(portal: portal, statement: name, onto: &$0) }
    }

    private func execute(_ machine: inout ConsoleMachine, portal: String = "", rows: Int32 = 0) throws -> Step {
        try send(&machine) { ExecuteMessage.encode(portal: portal, maximumRows: rows, onto: &$0) }
    }

    private func sync(_ machine: inout ConsoleMachine) throws -> Step {
        try send(&machine) { SyncMessage.encode(onto: &$0) }
    }

    // MARK: Start

    @Test func encryptionIsRefusedTwiceAtMost() {
        var machine = machine()
        #expect(machine.startupReceived(.gssEncryptionRequest) == Step(messages: [.refuseEncryption]))
        #expect(machine.startupReceived(.sslRequest) == Step(messages: [.refuseEncryption]))
        #expect(machine.startupReceived(.sslRequest) == Step(next: .close))
    }

    @Test(arguments: ["articdbm", "pgbouncer"])
    func start(_ database: String) {
        var machine = machine()
        let step = machine.startupReceived(startup(database, more: [("application_name", "psql")]))
        #expect(step.next == .read && machine.isStarted)
        #expect(step.messages.first == .authenticationOK)
        #expect(step.messages.contains(.parameterStatus("server_version", "17.0 (ArticDBM v9)")))
        #expect(step.messages.contains(.parameterStatus("application_name", "psql")))
        #expect(step.messages.suffix(2) == [.backendKeyData(Self.key), .ready(.idle)])
    }

    @Test func newerVersionsAndOptionsAreNegotiated() {
        var machine = machine()
        let version = ProtocolVersion(major: 3, minor: 9)
        let step = machine.startupReceived(startup("articdbm", version: version, more: [("_pq_.x", "1")]))
        #expect(step.messages.prefix(2) == [.negotiateVersion(options: ["_pq_.x"]), .authenticationOK])
    }

    @Test func otherDatabasesDoNotExist() {
        for database in ["app", nil] {
            var machine = machine()
            let step = machine.startupReceived(startup(database))
            #expect(failure(.invalidCatalogName, in: step) && step.next == .close && !machine.isStarted)
        }
        var replica = machine()
        let step = replica.startupReceived(startup("articdbm", more: [("replication", "database")]))
        #expect(failure(.featureNotSupported, in: step) && step.next == .close)
    }

    @Test func cancelRequestsGoToTheirConnection() {
        var machine = machine()
        let request = CancelRequest(processID: 9, key: [1, 1, 1, 1])
        #expect(machine.startupReceived(.cancel(request)) == Step(next: .cancel(request)))
    }

    // MARK: Simple queries

    @Test func showGivesColumnsRowsTagAndReady() throws {
        var machine = started()
        #expect(machine.queryReceived("SHOW VERSION;") == Step(next: .run(.show("version"))))
        let columns = [Column.text("version")]
        #expect(
            machine.finished(.success(.rows([["v9"]])))
                == Step(messages: [
                    .rowDescription(columns, []), .rows([["v9"]], columns, []), .complete("SHOW"), .ready(.idle),
                ]))
    }

    @Test func severalStatementsRunInTurnAndStopAtAnError() {
        var machine = started()
        #expect(
            machine.queryReceived("SET datestyle = iso; PAUSE a; RESUME; PAUSE b")
                == Step(
                    messages: [.complete("SET")], next: .run(.command("pause", ["a"]))))
        #expect(
            machine.finished(.success(.done("paused")))
                == Step(
                    messages: [.complete("PAUSE")], next: .run(.command("resume", []))))
        let error = ControlError(.notFound, "no such database: a")
        #expect(machine.finished(.failure(error)) == Step(messages: [.failure(PostgresNotice(error)), .ready(.idle)]))
    }

    @Test func emptyAndWrongText() {
        var machine = started()
        #expect(machine.queryReceived(" ; ") == Step(messages: [.emptyQuery, .ready(.idle)]))
        #expect(failure(.syntaxError, in: machine.queryReceived("SHOW NONSENSE")))
        #expect(failure(.featureNotSupported, in: machine.queryReceived("SELECT 1")))
        #expect(machine.queryReceived("SHOW VERSION").next == .run(.show("version")), "it goes on")
    }

    @Test func noticesComeBeforeTheTag() {
        var machine = started()
        _ = machine.queryReceived("RELOAD")
        #expect(
            machine.finished(.success(.done("reloaded", notices: ["x"])))
                == Step(messages: [.notice("x"), .complete("RELOAD"), .ready(.idle)]))
    }

    @Test func shutdownComesAfterItsAnswer() {
        var machine = started()
        _ = machine.queryReceived("SHUTDOWN")
        #expect(
            machine.finished(.success(.shutdown(immediate: true)))
                == Step(messages: [.complete("SHUTDOWN"), .ready(.idle)], next: .shutdown(immediate: true)))
    }

    @Test func transactionsAreAFormality() {
        var machine = started()
        #expect(machine.queryReceived("BEGIN") == Step(messages: [.complete("BEGIN"), .ready(.inTransaction)]))
        #expect(machine.queryReceived("nonsense").messages.last == .ready(.failed))
        #expect(failure(.inFailedTransaction, in: machine.queryReceived("SHOW VERSION")))
        #expect(machine.queryReceived("COMMIT") == Step(messages: [.complete("ROLLBACK"), .ready(.idle)]))
    }

    // MARK: Extended queries

    @Test func preparedShow() throws {
        var machine = started()
        #expect(try parse(&machine, "", "SHOW LISTS") == Step(messages: [.parseComplete]))
        let columns = [Column.text("list"), .int4("items")]
        #expect(
            try send(&machine) { DescribeMessage.encode(.statement, name: "", onto: &$0) }
                == Step(messages: [.parameterDescription, .rowDescription(columns, [])]))
        #expect(try bind(&machine) == Step(messages: [.bindComplete]))
        #expect(
            try send(&machine) { DescribeMessage.encode(.portal, name: "", onto: &$0) }
                == Step(messages: [.rowDescription(columns, [.text, .text])]))
        #expect(try execute(&machine) == Step(next: .run(.show("lists"))))
        let rows: [[Value]] = [["pools", 1]]
        #expect(
            machine.finished(.success(.rows(rows)))
                == Step(messages: [.rows(rows, columns, [.text, .text]), .complete("SHOW")]))
        #expect(try sync(&machine) == Step(messages: [.ready(.idle)]))
        #expect(failure(.invalidCursorName, in: try execute(&machine)), "Sync ends portals")
    }

    @Test func rowsInPortions() throws {
        var machine = started()
        _ = try parse(&machine, "s", "SHOW VERSION")
        _ = try bind(&machine, portal: "p", "s")
        #expect(try execute(&machine, portal: "p", rows: 2).next == .run(.show("version")))
        let columns = [Column.text("version")]
        #expect(
            machine.finished(.success(.rows([["1"], ["2"], ["3"]])))
                == Step(messages: [.rows([["1"], ["2"]], columns, [.text]), .portalSuspended]))
        #expect(
            try execute(&machine, portal: "p", rows: 2)
                == Step(messages: [.rows([["3"]], columns, [.text]), .complete("SHOW")]))
        #expect(try execute(&machine, portal: "p") == Step(messages: [.complete("SHOW")]))
    }

    @Test func actionsRunOnce() throws {
        var machine = started()
        _ = try parse(&machine, "", "PAUSE")
        #expect(try send(&machine) { DescribeMessage.encode(.statement, name: "", onto: &$0) }.messages.last == .noData)
        _ = try bind(&machine)
        #expect(try execute(&machine).next == .run(.command("pause", [])))
        #expect(machine.finished(.success(.done("paused"))) == Step(messages: [.complete("PAUSE")]))
        #expect(failure(.objectNotInPrerequisiteState, in: try execute(&machine)))
    }

    @Test func errorsPassOverEverythingUpToSync() throws {
        var machine = started()
        #expect(failure(.syntaxError, in: try parse(&machine, "", "SHOW NONSENSE")))
        #expect(try bind(&machine) == Step())
        #expect(try execute(&machine) == Step())
        #expect(machine.queryReceived("SHOW VERSION") == Step())
        #expect(try sync(&machine) == Step(messages: [.ready(.idle)]))
        #expect(machine.queryReceived("SHOW VERSION").next == .run(.show("version")))
    }

    @Test func emptyStatement() throws {
        var machine = started()
        _ = try parse(&machine, "", "")
        _ = try bind(&machine)
        #expect(
            try send(&machine) { DescribeMessage.encode(.portal, name: "", onto: &$0) } == Step(messages: [.noData]))
        #expect(try execute(&machine) == Step(messages: [.emptyQuery]))
    }

    @Test func whatDoesNotFitIsRefused() throws {
        var machine = started()
        #expect(failure(.syntaxError, in: try parse(&machine, "", "SHOW POOLS; SHOW LISTS")))
        _ = try sync(&machine)
        _ = try parse(&machine, "s", "SHOW POOLS")
        #expect(failure(.duplicatePreparedStatement, in: try parse(&machine, "s", "SHOW POOLS")))
        _ = try sync(&machine)
        #expect(failure(.invalidStatementName, in: try bind(&machine, "t")))
        _ = try sync(&machine)
        let valued = try send(&machine) { try BindMessage.encode(statement: "s", values: ["1"], onto: &$0) }
        #expect(failure(.protocolViolation, in: valued))
        _ = try sync(&machine)
        #expect(
            try send(&machine) { CloseMessage.encode(.statement, name: "s", onto: &$0) }
                == Step(messages: [.closeComplete]))
        #expect(failure(.invalidStatementName, in: try bind(&machine, "s")))
        #expect(throws: PostgresWireError.self) { try send(&machine) { try PasswordMessage.encode("x", onto: &$0) } }
    }

    @Test func listsAreBounded() throws {
        var machine = started()
        for number in 0..<ConsoleMachine.longestList { _ = try parse(&machine, "s\(number)", "SHOW POOLS") }
        #expect(failure(.programLimitExceeded, in: try parse(&machine, "more", "SHOW POOLS")))
    }

    @Test func terminate() throws {
        var machine = started()
        #expect(try send(&machine) { TerminateMessage.encode(onto: &$0) } == Step(next: .close))
    }
}
