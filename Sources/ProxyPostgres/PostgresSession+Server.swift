internal import Bytes
internal import Core
internal import Logging
internal import Proxy
internal import Sockets
internal import Telemetry
internal import WirePostgres

// From the server: the tracker says whom each message is for. Messages for the client form runs that are sent straight
// from the input buffer; those that answer the proxy's own requests are left out, and answers it gives itself go between.
extension PostgresSession {
    /// One read and all that it brought. True when anything moved.
    func receiveFromServer(_ server: PostgresServer) -> Bool {
        switch server.stream.read(into: server.input.space()) {
        case .bytes(let count):
            server.input.advance(count)
            record.bytesFromServer += UInt64(count)
            takeServerInput(server)
            return true
        case .wouldBlock, .wantsRead, .wantsWrite:
            server.input.releaseIfEmpty()
            return false
        case .end, .failed:
            serverDied(server)
            return true
        }
    }

    private func takeServerInput(_ server: PostgresServer) {
        var cursor = FrameCursor()
        while self.server === server, phase != .ended {
            if server.streaming > 0 {
                guard streamServerBytes(&cursor, server) else { break }
                continue
            }
            let rest = UnsafeRawBufferPointer(rebasing: server.input.readable[cursor.offset...])
            do throws(PostgresWireError) {
                guard let (header, type) = try PostgresFrameHeader.peekBackend(rest) else { break }
                if rest.count < header.frameCount, !Self.isStreamed(type) {
                    sendRun(&cursor, server)
                    if header.frameCount > BufferPool.bufferSize { server.input.grow(to: header.frameCount) }
                    break
                }
                try take(type, header, &cursor, server)
            } catch {
                context.service.logger.error(
                    "server broke the protocol", metadata: ["backend": "\(route.backend.name)", "error": "\(error)"])
                context.metrics.add(route.metrics.backendError("protocol"))
                serverDied(server)
                return
            }
        }
        if self.server === server { sendRun(&cursor, server) }
        answersRelayed(server)
    }

    /// More of a message that is passed on in pieces. False when the buffer holds no more of it.
    private func streamServerBytes(_ cursor: inout FrameCursor, _ server: PostgresServer) -> Bool {
        let part = min(server.input.count - cursor.offset, server.streaming)
        guard part > 0 else { return false }
        server.streaming -= part
        if server.streamingForwards { cursor.forward(part) } else { leaveOut(part, &cursor, server) }
        if server.streaming == 0, server.tracker.hasFollowUp { followUp(&cursor, server) }
        return true
    }

    /// Messages that need not be understood are passed on before they are complete.
    private static func isStreamed(_ type: BackendMessageType) -> Bool {
        switch type {
        case .dataRow, .copyData, .rowDescription, .functionCallResponse, .parameterDescription, .errorResponse,
            .noticeResponse:
            true
        default: false
        }
    }

    /// Sends the run and drops what was dealt with.
    private func sendRun(_ cursor: inout FrameCursor, _ server: PostgresServer) {
        if cursor.runStart < cursor.offset {
            let run = UnsafeRawBufferPointer(rebasing: server.input.readable[cursor.runStart..<cursor.offset])
            record.bytesToClient += UInt64(run.count)
            if server.stream.canRead { sendToClient(run) } else { gatherForClient(run) }
        }
        // The client's end, found out just now, may have cost the server connection, and its bytes with it.
        if cursor.offset > 0, self.server === server { server.input.consume(cursor.offset) }
        cursor = FrameCursor()
    }

    /// Puts the run into the output, so that something else can follow it in order.
    private func cutRun(_ cursor: inout FrameCursor, _ server: PostgresServer) {
        if cursor.runStart < cursor.offset, client.isOpen {
            let run = UnsafeRawBufferPointer(rebasing: server.input.readable[cursor.runStart..<cursor.offset])
            record.bytesToClient += UInt64(run.count)
            output.append(run)
        }
        cursor.runStart = cursor.offset
    }

    private func leaveOut(_ count: Int, _ cursor: inout FrameCursor, _ server: PostgresServer) {
        cutRun(&cursor, server)
        cursor.skip(count)
    }

    // MARK: One message

    @inline(__always)
    private func take(
        _ type: BackendMessageType, _ header: PostgresFrameHeader, _ cursor: inout FrameCursor, _ server: PostgresServer
    ) throws(PostgresWireError) {
        let held = min(header.frameCount, server.input.count - cursor.offset)
        server.streaming = header.frameCount - held
        let start = cursor.offset + PostgresFrameHeader.size
        let payload = UnsafeRawBufferPointer(rebasing: server.input.readable[start..<(cursor.offset + held)])
        let action = server.tracker.received(type, status: payload.first ?? 0)
        guard action.delivery != .violation else { throw .unexpectedMessage(type: type.rawValue) }
        var forwards = action.delivery == .forward
        if addsStatements, forwards, isAdded(type, action, server) { forwards = false }
        if action.step != .none {
            record.bytesInRun = UInt64(cursor.offset - cursor.runStart + (forwards ? header.frameCount : 0))
        }
        switch type {
        case .dataRow:
            if isProbing, !forwards { probeRow(payload, server) }
        case .copyData:
            break
        case .commandComplete:
            answered(action, rows: CommandComplete.rows(tag: payload.dropTerminator()) ?? 0, server)
        case .errorResponse:
            let flight = server.flights.update(action.tag) { $0 }
            failed(action, payload, server)
            if forwards, let refusal = flight?.refusal, action.step == .failed {
                cutRun(&cursor, server)
                refusal.notice.encode(onto: &output)
                forwards = false
            } else if forwards, sharesStatements, server.streaming == 0 {
                cutRun(&cursor, server)
                forwards = !rewriteNotice(payload, .errorResponse, action.step == .failed ? flight : nil)
            }
        case .noticeResponse:
            // A warning about a text whose names were changed.
            let flight = server.flights.first
            if forwards, sharesStatements, server.streaming == 0, flight?.naming != nil {
                cutRun(&cursor, server)
                forwards = !rewriteNotice(payload, .noticeResponse, flight)
            }
        case .readyForQuery:
            becameReady(action, server)
        case .parameterStatus:
            forwards = takeParameter(payload, server, isClients: forwards)
        default:
            if action.step != .none { answered(action, rows: 0, server) }
        }
        server.streamingForwards = forwards
        if forwards { cursor.forward(held) } else { leaveOut(held, &cursor, server) }
        if server.streaming == 0, server.tracker.hasFollowUp { followUp(&cursor, server) }
    }

    /// A reported value changed. True when that is news to the client.
    private func takeParameter(
        _ payload: UnsafeRawBufferPointer, _ server: PostgresServer, isClients: Bool
    ) -> Bool {
        guard let status = try? ParameterStatus(payload: payload) else { return true }
        let name = payload.slice(status.name).text
        let value = payload.slice(status.value).text
        server.parameters.set(name, value)
        // While the client's own settings are restored, it knows them already.
        guard !isRestoring, isClients, TrackedFeature.parameters.isOn else { return false }
        settings.reported(name, value)
        guard reported[name] != value else { return false }
        reported.set(name, value)
        if name == "application_name" { applicationRenamed(value) }
        return true
    }

    /// What the tracker wants done behind the last message: answers of the proxy's own, and requests that came to nothing.
    private func followUp(_ cursor: inout FrameCursor, _ server: PostgresServer) {
        cutRun(&cursor, server)
        takeFollowUps(server)
    }

    func takeFollowUps(_ server: PostgresServer) {
        while let next = server.tracker.nextFollowUp() {
            switch next {
            case .synthesize(let entry):
                switch entry.kind {
                case .parse: output.appendEmptyMessage(BackendMessageType.parseComplete)
                case .close: output.appendEmptyMessage(BackendMessageType.closeComplete)
                default: break
                }
                server.flights.land(through: entry.tag)
            case .discarded(let entry):
                if let flight = server.flights.update(entry.tag, { $0 }) { undoSkipped(flight, server) }
                server.flights.land(through: entry.tag)
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Without the zero byte that ends a string.
    func dropTerminator() -> UnsafeRawBufferPointer {
        last == 0 ? UnsafeRawBufferPointer(rebasing: dropLast()) : self
    }

    func contains(_ needle: some Collection<UInt8>) -> Bool {
        guard let first = needle.first, count >= needle.count else { return false }
        for start in 0...(count - needle.count) where self[start] == first {
            if self[start..<(start + needle.count)].elementsEqual(needle) { return true }
        }
        return false
    }
}

extension [UInt8] {
    mutating func replaceAll(_ old: some Collection<UInt8>, with new: [UInt8]) {
        guard !old.isEmpty else { return }
        var index = 0
        while index + old.count <= count {
            if self[index..<(index + old.count)].elementsEqual(old) {
                replaceSubrange(index..<(index + old.count), with: new)
                index += new.count
            } else {
                index += 1
            }
        }
    }
}
