internal import Audit
internal import Bytes
internal import Core
internal import Pooling
internal import Proxy
internal import Sockets
internal import WirePostgres

// From the client: frames are recognised one by one. Those that need no change form a run that is sent straight from the
// input buffer; a changed one is written anew into the server's output, after the run before it.
extension PostgresSession {
    /// Messages that must be understood are held whole up to this size; of a larger one the front is judged, the rest
    /// streamed.
    static let heldMessage = 1 << 20

    /// Takes what the client has to say, if the other side can take it. True when anything moved.
    func receiveFromClient() -> Bool {
        if isInputBlocked {
            guard canForward else { return false }
            isInputBlocked = false
            wait = .nothing
            _ = takeClientInput()
            return !isInputBlocked
        }
        guard client.canRead, !isAtEnd, canForward else { return false }
        switch client.read(into: input.space()) {
        case .bytes(let count):
            input.advance(count)
            record.bytesFromClient += UInt64(count)
            _ = takeClientInput()
            return true
        case .wouldBlock, .wantsRead, .wantsWrite:
            input.releaseIfEmpty()
            return false
        case .end:
            // Nothing more will come; looking again would keep the loop busy for as long as the answers take.
            client.channel.isReadable = false
            isAtEnd = true
            clientHungUp()
            return false
        case .failed:
            clientDied()
            return true
        }
    }

    /// Requests are acted on only while their way is free: nothing waits for a lease, and both sides take bytes.
    private var canForward: Bool {
        guard lease.phase == .idle, output.count < Self.outputLimit, context.audit?.canAccept ?? true || !isAuditFull
        else { return false }
        guard let server else { return true }
        switch wait {
        case .nothing: break
        case .ready: if server.tracker.awaitsReady { return false }
        case .answers: if server.tracker.outstanding > 0 { return false }
        }
        // What the probe finds may have to be put right first.
        if isProbing, settings.hasStartup { return false }
        return server.output.isEmpty && !server.tracker.isFull && !(waitsForQuiet && !server.tracker.isQuiescent)
    }

    /// Bytes waiting for a client that does not read, beyond which its requests wait too.
    static let outputLimit = 256 * 1024

    /// Acts on the frames held. True when something was consumed.
    func takeClientInput() -> Bool {
        var cursor = FrameCursor()
        var goesOn = true
        while goesOn, phase == .open {
            if streaming > 0 {
                goesOn = streamClientBytes(&cursor)
                continue
            }
            let rest = UnsafeRawBufferPointer(rebasing: input.readable[cursor.offset...])
            do throws(PostgresWireError) {
                guard let (header, type) = try PostgresFrameHeader.peekFrontend(rest) else { break }
                guard rest.count >= header.frameCount || isStreamable(type, header, held: rest.count) else {
                    // Held whole: the frame begins the buffer, which grows to its size.
                    settle(&cursor)
                    if header.frameCount > BufferPool.bufferSize {
                        input.grow(to: min(header.frameCount, Self.heldMessage + PostgresFrameHeader.size))
                    }
                    break
                }
                goesOn = try take(type, header, &cursor)
            } catch {
                violation(error)
                return true
            }
        }
        let moved = cursor.offset > 0
        settle(&cursor)
        return moved
    }

    /// Sends what goes to the server and drops what was dealt with.
    func settle(_ cursor: inout FrameCursor) {
        if let server {
            if cursor.runStart < cursor.offset {
                sendToServer(server, UnsafeRawBufferPointer(rebasing: input.readable[cursor.runStart..<cursor.offset]))
            }
            if !server.output.isEmpty { _ = flushToServer(server) }
        }
        if cursor.offset > 0, !input.isEmpty { input.consume(min(cursor.offset, input.count)) }
        cursor = FrameCursor()
    }

    /// Puts the untouched frames so far into the server's output, so that something else can follow them in order.
    func cutRun(_ cursor: inout FrameCursor) {
        if cursor.runStart < cursor.offset, let server {
            server.output.append(UnsafeRawBufferPointer(rebasing: input.readable[cursor.runStart..<cursor.offset]))
        }
        cursor.runStart = cursor.offset
    }

    /// A message whose front says all that matters may be passed on before it is complete.
    private func isStreamable(_ type: FrontendMessageType, _ header: PostgresFrameHeader, held: Int) -> Bool {
        switch type {
        case .copyData, .functionCall: true
        case .query, .parse, .bind: header.frameCount > Self.heldMessage && held >= Self.heldMessage
        default: false
        }
    }

    /// More of a message that is passed on in pieces. False when the buffer holds no more of it.
    private func streamClientBytes(_ cursor: inout FrameCursor) -> Bool {
        let held = input.count - cursor.offset
        let part = min(held, streaming)
        guard part > 0 else { return false }
        streaming -= part
        if streamingForwards { cursor.forward(part) } else { drop(part, &cursor) }
        return true
    }

    /// Passes over a frame, or the held part of it, without sending it.
    func drop(_ count: Int, _ cursor: inout FrameCursor) {
        cutRun(&cursor)
        cursor.skip(count)
    }

    /// Forwards a frame as it is, streaming what is not held yet.
    func forward(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) {
        let held = min(header.frameCount, input.count - cursor.offset)
        cursor.forward(held)
        streaming = header.frameCount - held
        streamingForwards = true
    }

    /// Drops a frame, what is not held yet included.
    func discard(_ header: PostgresFrameHeader, _ cursor: inout FrameCursor) {
        let held = min(header.frameCount, input.count - cursor.offset)
        drop(held, &cursor)
        streaming = header.frameCount - held
        streamingForwards = false
    }

    /// The payload of the frame at the cursor, as far as it is held.
    func payload(_ header: PostgresFrameHeader, _ cursor: FrameCursor) -> UnsafeRawBufferPointer {
        let end = min(cursor.offset + header.frameCount, input.count)
        return UnsafeRawBufferPointer(rebasing: input.readable[(cursor.offset + PostgresFrameHeader.size)..<end])
    }

    // MARK: One frame

    /// Acts on the frame at the cursor. False: it stays where it is until the way is free.
    private func take(
        _ type: FrontendMessageType, _ header: PostgresFrameHeader, _ cursor: inout FrameCursor
    ) throws(PostgresWireError) -> Bool {
        if let refusal = queuedRefusal {
            // It waited for a lease that it will not get; the session lives on.
            queuedRefusal = nil
            access.hasCounted = false
            return try refuse(refusal, type, header, &cursor)
        }
        if isSkippingToSync || server?.tracker.isSkippingToSync ?? false, type != .sync, type != .terminate {
            // An error came before: the server would ignore this.
            discard(header, &cursor)
            return true
        }
        switch type {
        case .query: return try takeQuery(header, &cursor)
        case .parse: return try takeParse(header, &cursor)
        case .bind: return try takeBind(header, &cursor)
        case .describe: return try takeDescribe(header, &cursor)
        case .execute: return try takeExecute(header, &cursor)
        case .close: return try takeClose(header, &cursor)
        case .sync: return try takeSync(header, &cursor)
        case .flush:
            if server == nil { discard(header, &cursor) } else { forward(header, &cursor) }
            return true
        case .functionCall: return try takeFunctionCall(header, &cursor)
        case .copyData, .copyDone, .copyFail:
            takeCopy(type, header, &cursor)
            return true
        case .terminate:
            drop(header.frameCount, &cursor)
            settle(&cursor)
            finish(.clientTerminated)
            return false
        case .password:
            throw .unexpectedMessage(type: header.type)
        }
    }

    /// Data for a COPY; outside of one the server ignores it, so nothing is leased for it.
    private func takeCopy(_ type: FrontendMessageType, _ header: PostgresFrameHeader, _ cursor: inout FrameCursor) {
        guard let server, server.tracker.acceptsCopyData else { return discard(header, &cursor) }
        if type != .copyData, server.tracker.copyEnded() != .accepted { return discard(header, &cursor) }
        forward(header, &cursor)
    }

    /// The client broke the protocol: told so as PostgreSQL does, and closed.
    func violation(_ error: PostgresWireError) {
        fail(.protocolViolation(error))
    }
}

/// Where reading stands in the input: `[runStart, offset)` goes to the server as it is.
struct FrameCursor {
    private(set) var offset = 0
    var runStart = 0

    mutating func forward(_ count: Int) { offset += count }

    /// Only with an empty run: what is passed over must not be sent.
    mutating func skip(_ count: Int) {
        offset += count
        runStart = offset
    }
}
