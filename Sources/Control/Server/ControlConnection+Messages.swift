internal import Bytes
internal import Glibc
internal import Sockets
internal import WirePostgres

extension ControlConnection {
    /// What runs in a task of its own.
    enum Work: Sendable {
        case line(Command, [String])
        case statement(ConsoleStatement)
        case shutdown(immediate: Bool)

        var command: (Command, [String])? {
            switch self {
            case .line(let command, let arguments): (command, arguments)
            case .statement(let statement): statement.definition.map { ($0.command, $0.arguments) }
            case .shutdown: nil
            }
        }
    }

    /// Takes complete messages out of the input, up to one that is to be run.
    func readMessages() -> Work? {
        while !input.isEmpty, !isEnding, shutdown == nil {
            switch mode {
            case .unknown:
                mode = input.readable[0] == UInt8(ascii: "{") ? .lines : .console
            case .lines:
                guard let line = takeLine() else { return nil }
                if let work = lineReceived(line) { return work }
            case .console:
                guard let step = takePacket() else { return nil }
                if let work = perform(step) { return work }
            }
        }
        return nil
    }

    // MARK: Lines

    /// The next line without its end; nil while it is not complete.
    private func takeLine() -> [UInt8]? {
        let bytes = input.readable
        guard let end = bytes[scanned...].firstIndex(of: 0x0A) else {
            scanned = bytes.count
            if scanned > limit { refuseLine("a line is longer than \(limit) bytes") }
            return nil
        }
        let line = Array(bytes[..<end])
        input.consume(end + 1)
        scanned = 0
        guard line.count <= limit else {
            refuseLine("a line is longer than \(limit) bytes")
            return nil
        }
        return line
    }

    private func refuseLine(_ why: String) {
        JSONReply.encode(ControlError(.syntax, why), onto: &output)
        isEnding = true
    }

    private func lineReceived(_ line: [UInt8]) -> Work? {
        hasStarted = true
        guard line.contains(where: { $0 > 0x20 }) else { return nil }
        do throws(ControlError) {
            let request = try JSONRequest(line: line)
            guard let command = CommandTable.control[request.command] else {
                throw CommandTable.control.unknown("command", request.command, help: "see help")
            }
            try command.check(request.arguments)
            return .line(command, request.arguments)
        } catch {
            JSONReply.encode(error, onto: &output)
            return nil
        }
    }

    // MARK: Packets

    /// What the next packet leads to; nil while it is not complete, or when it ended the connection.
    private func takePacket() -> ConsoleMachine.Step? {
        do throws(PostgresWireError) {
            return machine.isStarted ? try takeMessage() : try takeStartup()
        } catch {
            let notice = PostgresNotice(.fatal, .protocolViolation, "the client broke the protocol: \(error)")
            // Before the start there is no telling what the peer speaks.
            if machine.isStarted { ConsoleMessage.failure(notice).encode(onto: &output) }
            isEnding = true
            return nil
        }
    }

    private func takeStartup() throws(PostgresWireError) -> ConsoleMachine.Step? {
        let bytes = input.readable
        guard let length = try StartupPacket.peek(bytes), bytes.count >= length else { return nil }
        let packet = try StartupPacket(packet: UnsafeRawBufferPointer(rebasing: bytes[..<length]))
        input.consume(length)
        return machine.startupReceived(packet)
    }

    private func takeMessage() throws(PostgresWireError) -> ConsoleMachine.Step? {
        let bytes = input.readable
        guard let (header, type) = try PostgresFrameHeader.peekFrontend(bytes) else { return nil }
        guard header.length <= limit else {
            throw .lengthTooLarge(type: header.type, length: header.length, limit: limit)
        }
        guard bytes.count >= header.frameCount else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[PostgresFrameHeader.size..<header.frameCount])
        defer { input.consume(header.frameCount) }
        return try machine.messageReceived(type, payload: payload)
    }

    private func perform(_ step: ConsoleMachine.Step) -> Work? {
        for message in step.messages { message.encode(onto: &output) }
        if step.messages.contains(where: { if case .ready = $0 { true } else { false } }) { hasStarted = true }
        switch step.next {
        case .read: return nil
        case .run(let statement): return .statement(statement)
        case .shutdown(let immediate): shutdown = immediate
        case .cancel(let request):
            forwardCancel(request)
            isEnding = true
        case .close: isEnding = true
        }
        return nil
    }

    // MARK: Answers

    func answer(_ result: Result<CommandResult, ControlError>, to work: Work) {
        switch work {
        case .line(let command, _):
            switch result {
            case .success(let success):
                JSONReply.encode(success, of: command, onto: &output)
                if case .shutdown(let immediate) = success { shutdown = immediate }
            case .failure(let error): JSONReply.encode(error, onto: &output)
            }
        case .statement:
            queued = perform(machine.finished(result))
        case .shutdown: break
        }
    }

    func sayFarewell(_ reason: End) {
        let (state, text) = farewell(reason)
        switch mode {
        case .unknown: break
        case .lines: JSONReply.encode(ControlError(.state, text), onto: &output)
        case .console:
            guard machine.isStarted else { return }
            ConsoleMessage.failure(PostgresNotice(.fatal, state, text)).encode(onto: &output)
        }
    }

    private func farewell(_ reason: End) -> (SQLState, String) {
        switch reason {
        case .stopping: (.adminShutdown, "the control socket closes: the proxy is ending")
        case .replaced: (.tooManyConnections, "too many control connections: this one was idle longest")
        case .idle: (.idleSessionTimeout, "the control connection was idle too long")
        case .late: (.connectionFailure, "the control connection was too slow")
        }
    }
}
