internal import Bytes
internal import Pooling
internal import Sockets
internal import WirePostgres

/// A stream during login, on either hop: messages one at a time, each held whole, until a deadline. Confined to its loop.
final class LoginStream {
    enum End: Error, Equatable {
        /// The peer closed, or the socket broke.
        case closed
        case timedOut
        case wire(PostgresWireError)
        case tls(String)
        /// The server said no.
        case refused(PoolConnectError)
    }

    let stream: SocketStream
    let signal: Signal
    private(set) var input: StreamBuffer
    var output = ByteBuffer()
    private let timer: LoopTimer
    private let deadlineNs: UInt64

    /// - Parameter deadlineNs: on the loop's clock; 0 is none.
    init(stream: SocketStream, signal: Signal, deadlineNs: UInt64) {
        self.stream = stream
        self.signal = signal
        self.deadlineNs = deadlineNs
        input = StreamBuffer(pool: stream.loop.buffers)
        timer = LoopTimer(loop: stream.loop) { [unowned stream] in
            stream.isAbandoned = true
            signal.notify()
        }
        if deadlineNs > 0 { timer.arm(at: deadlineNs) }
    }

    deinit { timer.cancel() }

    /// Hands what was read too much to the session.
    func takeInput() -> StreamBuffer {
        timer.cancel()
        var taken = StreamBuffer(pool: stream.loop.buffers)
        swap(&taken, &input)
        return taken
    }

    func stopClock() { timer.cancel() }

    var hasExpired: Bool { deadlineNs > 0 && stream.loop.nowNs >= deadlineNs }

    /// Lets time pass, up to the deadline.
    func pause(_ nanoseconds: UInt64) async throws(End) {
        let until = stream.loop.nowNs &+ nanoseconds
        let signal = signal
        let alarm = LoopTimer(loop: stream.loop) { signal.notify() }
        alarm.arm(at: until)
        defer { alarm.cancel() }
        while stream.loop.nowNs < until { try await wait() }
    }

    private func wait() async throws(End) {
        if deadlineNs > 0, stream.loop.nowNs >= deadlineNs { throw .timedOut }
        await signal.wait()
        if deadlineNs > 0, stream.loop.nowNs >= deadlineNs { throw .timedOut }
    }

    // MARK: Reading

    /// Reads until at least `count` bytes are held.
    func fill(_ count: Int) async throws(End) {
        while input.count < count {
            guard stream.canRead else {
                try await wait()
                continue
            }
            switch stream.read(into: input.space()) {
            case .bytes(let read): input.advance(read)
            case .wouldBlock, .wantsRead, .wantsWrite:
                input.releaseIfEmpty()
                try await wait()
            case .end, .failed: throw .closed
            }
        }
    }

    /// Looks at what the socket holds, at most `limit` bytes, without taking it; waits until there is more than `count`.
    /// Before TLS only. As much as before when the peer sends no more.
    func peekMore(than count: Int, limit: Int) async throws(End) -> [UInt8] {
        while true {
            var bytes = [UInt8](repeating: 0, count: limit)
            switch bytes.withUnsafeMutableBytes({ stream.peek(into: $0) }) {
            case .bytes(let seen) where seen > count || stream.channel.isHungUp: return Array(bytes[..<seen])
            case .bytes, .wouldBlock, .wantsRead, .wantsWrite: try await wait()
            case .end, .failed: throw .closed
            }
        }
    }

    func takeByte() -> UInt8 {
        let byte = input.readable.first ?? 0
        input.consume(min(1, input.count))
        return byte
    }

    /// Takes `count` bytes off the socket that `peek` has seen.
    func skip(_ count: Int) async throws(End) {
        var left = count
        while left > 0 {
            var bytes = [UInt8](repeating: 0, count: left)
            switch bytes.withUnsafeMutableBytes({ stream.read(into: $0) }) {
            case .bytes(let read): left -= read
            case .wouldBlock, .wantsRead, .wantsWrite: try await wait()
            case .end, .failed: throw .closed
            }
        }
        // Whatever else there is has had its event already.
        stream.channel.isReadable = true
    }

    /// The next startup packet, with its length.
    func startupPacket() async throws(End) -> [UInt8] {
        try await fill(4)
        return try await take(try startupLength())
    }

    private func startupLength() throws(End) -> Int {
        do throws(PostgresWireError) {
            return try StartupPacket.peek(input.readable) ?? 0
        } catch {
            throw .wire(error)
        }
    }

    private func take(_ length: Int) async throws(End) -> [UInt8] {
        try await fill(length)
        let bytes = Array(input.readable[..<length])
        input.consume(length)
        return bytes
    }

    /// The next message, at most `limit` bytes long: its type byte and payload.
    func message(limit: Int) async throws(End) -> (type: UInt8, payload: [UInt8]) {
        try await fill(PostgresFrameHeader.size)
        let header = try peekHeader(limit: limit)
        if header.frameCount > BufferPool.bufferSize { input.grow(to: header.frameCount) }
        let frame = try await take(header.frameCount)
        return (header.type, Array(frame.dropFirst(PostgresFrameHeader.size)))
    }

    private func peekHeader(limit: Int) throws(End) -> PostgresFrameHeader {
        do throws(PostgresWireError) {
            guard let header = try PostgresFrameHeader.peek(input.readable, limit: limit) else {
                throw .malformed(type: 0, .truncated(need: PostgresFrameHeader.size, have: input.count))
            }
            return header
        } catch {
            throw .wire(error)
        }
    }

    // MARK: Writing

    /// Sends everything in `output`.
    func flush() async throws(End) {
        while !output.isEmpty {
            switch stream.write(output.readable) {
            case .bytes(let count): output.consume(count)
            case .wouldBlock, .wantsRead, .wantsWrite: try await wait()
            case .end, .failed: throw .closed
            }
        }
    }

    // MARK: TLS

    func acceptTLS(_ context: TLSContext) async throws(End) {
        do throws(TLSError) { try await stream.acceptTLS(context) } catch { throw tlsEnd(error) }
    }

    func connectTLS(_ context: TLSContext, host: String) async throws(End) {
        do throws(TLSError) { try await stream.connectTLS(context, host: host) } catch { throw tlsEnd(error) }
    }

    private func tlsEnd(_ error: TLSError) -> End {
        deadlineNs > 0 && stream.loop.nowNs >= deadlineNs ? .timedOut : .tls("\(error)")
    }
}
