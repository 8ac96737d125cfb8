import Inspection
import Testing

@testable import ProxyPostgres
@testable import WirePostgres

/// A session's doubts and the tracker of its server connection.
private final class Requests {
    private var doubts = Doubts()
    private var tracker = ResponseTracker()

    func send(_ kind: ResponseKind, _ flight: Flight = Flight()) {
        doubts.note(flight, kind)
        _ = tracker.expect(kind)
    }

    func receive(_ type: BackendMessageType) { _ = tracker.received(type) }

    func wait(for subject: Doubts.Subject) -> Doubts.Wait { doubts.wait(for: subject, tracker) }
}

@Suite struct DoubtsTests {
    private func flight(_ kind: Flight.Kind, _ text: String) -> Flight {
        var flight = Flight(kind: kind)
        flight.statement = StatementInfo(summary: StatementSummary(text), texts: [])
        return flight
    }

    @Test func withinABatchOnlyWhatTextsDoIsWaitedFor() {
        let requests = Requests()
        var parse = flight(.parse, "SET datestyle = German")
        parse.name = [0x61]
        requests.send(.parse, parse)
        #expect(requests.wait(for: .names) == .nothing)
        #expect(requests.wait(for: .parsing) == .nothing)
        requests.send(.execute, flight(.execute, "SET datestyle = German"))
        #expect(requests.wait(for: .names) == .nothing)
        #expect(requests.wait(for: [.names, .parsing]) == .answers)
        requests.send(.execute, flight(.execute, "DEALLOCATE ALL"))
        #expect(requests.wait(for: .names) == .answers)
        requests.receive(.parseComplete)
        requests.receive(.commandComplete)
        requests.receive(.commandComplete)
        #expect(requests.wait(for: .names) == .nothing, "answered")
    }

    @Test func anotherBatchWaitsUntilTheServerIsReady() {
        let requests = Requests()
        var parse = flight(.parse, "SELECT 1")
        parse.name = [0x61]
        requests.send(.parse, parse)
        requests.send(.sync)
        #expect(requests.wait(for: .names) == .ready)
        #expect(requests.wait(for: .parsing) == .nothing)
    }

    @Test func namesOfATextAreUntold() {
        let requests = Requests()
        var execute = flight(.execute, "EXECUTE a")
        let naming = Naming()
        let info = StatementInfo(summary: StatementSummary("SET timezone = 'UTC'"), texts: [])
        naming.mean(
            PreparedStatement(number: 1, source: .parse, body: [0], statement: info, parsing: ParseSettings()), [0x61])
        execute.naming = naming
        requests.send(.execute, execute)
        #expect(requests.wait(for: .names) == .answers)
        #expect(requests.wait(for: .parsing) == .answers)
    }
}
