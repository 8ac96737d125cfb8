internal import Bytes
internal import CLinux
internal import Glibc
internal import Logging
internal import Sockets
internal import WirePostgres

/// One connection of the control socket. `@unchecked Sendable`: confined to the control loop.
///
/// One command runs at a time, in a child task; meanwhile input waits. Whatever the peer does, or leaves undone, has a
/// deadline, and costs at most `messageLimit` bytes and one answer.
final class ControlConnection: @unchecked Sendable {
    enum Mode {
        /// Nothing was read yet.
        case unknown
        case lines
        case console
    }

    /// Why the proxy ends a connection.
    enum End {
        case stopping
        case replaced
        case idle
        case late
    }

    /// Bytes of output from which on no further command is taken.
    private static let highWater = 1 << 20
    private static let readSize = 16 << 10

    let context: CommandContext
    let key: BackendKeyData
    let loop: EventLoop
    let logger: Logger
    private let settings: ControlSettings
    private let stream: SocketStream
    let signal: Signal
    private let onCancel: (CancelRequest) -> Void
    var mode = Mode.unknown
    var machine: ConsoleMachine
    var input = ByteBuffer()
    var output = ByteBuffer()
    /// Bytes of input known to hold no end of a line.
    var scanned = 0
    /// Command under way.
    var isRunning = false
    /// Answer what is complete, then close.
    var isEnding = false
    /// Statement of the same query to be run next.
    var queued: Work?
    /// To be done once the answer is sent.
    var shutdown: Bool?
    private var inputEnded = false
    private let acceptedNs: UInt64
    /// When the last bytes came or went; when a command ended.
    private var progressNs: UInt64
    /// When the first byte of an incomplete message came; 0 when there is none.
    private var messageNs: UInt64 = 0
    var hasStarted = false

    init(
        _ socket: AcceptedSocket, context: CommandContext, number: Int32, loop: EventLoop, logger: Logger,
        onCancel: @escaping (CancelRequest) -> Void
    ) throws(SocketError) {
        self.context = context
        self.loop = loop
        self.logger = logger
        self.onCancel = onCancel
        settings = context.settings
        signal = Signal()
        stream = try SocketStream(descriptor: socket.descriptor, loop: loop, signal: signal)
        acceptedNs = loop.nowNs
        progressNs = acceptedNs
        let secret = UInt32.random(in: .min ... .max)
        key = BackendKeyData(processID: number, key: (0..<4).map { UInt8(truncatingIfNeeded: secret >> ($0 * 8)) })
        machine = ConsoleMachine(version: settings.version, key: key)
    }

    var limit: Int { settings.messageLimit }

    /// Between commands, with nothing to send.
    var isIdle: Bool { !isRunning && output.isEmpty }
    var idleSinceNs: UInt64 { progressNs }

    /// Serves until either side ends it.
    func run() async {
        let signal = signal
        let timer = LoopTimer(loop: loop) { signal.notify() }
        await withDiscardingTaskGroup { group in
            while stream.isOpen {
                flush()
                if isEnding, !isRunning, output.isEmpty { break }
                if let work = nextWork() {
                    isRunning = true
                    group.addTask(executorPreference: loop) { await self.loop.home.run { await self.execute(work) } }
                    continue
                }
                // What the messages just read brought: an answer, or the end.
                if output.isEmpty ? isEnding && !isRunning : stream.channel.isWritable { continue }
                if fill() { continue }
                if inputEnded, !isRunning, output.isEmpty { break }
                guard await waited(timer) else { break }
            }
            timer.cancel()
            context.isCanceled = true
            stream.close()
        }
        if let shutdown { await context.target.shutdown(immediate: shutdown) }
    }

    /// Sleeps until something happens. False: the time for it is over.
    private func waited(_ timer: LoopTimer) async -> Bool {
        if isRunning, stream.channel.isHungUp, peerIsGone { context.isCanceled = true }
        let (deadline, reason) = deadline
        guard deadline > loop.nowNs else {
            end(because: reason)
            return false
        }
        // A sleeper of its own for each wait would cost more than a timer that fires early.
        if deadline == .max { timer.cancel() } else { timer.arm(at: deadline) }
        await signal.wait()
        return true
    }

    private var deadline: (UInt64, End) {
        if !output.isEmpty { return (progressNs &+ settings.progressTimeoutNs, .late) }
        if isRunning { return (.max, .idle) }
        if !hasStarted { return (acceptedNs &+ settings.startTimeoutNs, .late) }
        if messageNs > 0 { return (messageNs &+ settings.progressTimeoutNs, .late) }
        return settings.idleTimeoutNs > 0 ? (progressNs &+ settings.idleTimeoutNs, .idle) : (.max, .idle)
    }

    // MARK: Commands

    /// What is to be run, or sent on, next; nil when that takes more input.
    private func nextWork() -> Work? {
        guard !isRunning, !isEnding, output.count < Self.highWater else { return nil }
        if let shutdown {
            guard output.isEmpty else { return nil }
            self.shutdown = nil
            return .shutdown(immediate: shutdown)
        }
        if let queued {
            self.queued = nil
            return queued
        }
        let before = input.count
        let work = readMessages()
        if input.count != before || input.isEmpty { messageNs = 0 }
        if !input.isEmpty, messageNs == 0, work == nil { messageNs = max(loop.nowNs, 1) }
        if input.isEmpty { input.release() }
        return work
    }

    private func execute(_ work: Work) async {
        context.isCanceled = false
        if case .shutdown(let immediate) = work {
            await context.target.shutdown(immediate: immediate)
        } else if let (command, arguments) = work.command {
            if command.isAction {
                logger.info(
                    "control command", metadata: ["command": "\(command.name)", "arguments": "\(arguments)"])
            }
            let result: Result<CommandResult, ControlError>
            do throws(ControlError) {
                result = .success(try await command.execute(context, arguments))
            } catch {
                result = .failure(error)
            }
            answer(result, to: work)
        }
        isRunning = false
        progressNs = loop.nowNs
        signal.notify()
    }

    func cancel() { context.isCanceled = true }

    func forwardCancel(_ request: CancelRequest) { onCancel(request) }

    // MARK: Bytes

    private func flush() {
        while !output.isEmpty, stream.channel.isWritable {
            switch stream.write(output.readable) {
            case .bytes(let count):
                output.consume(count)
                progressNs = loop.nowNs
            case .wouldBlock: return
            case .wantsRead, .wantsWrite, .end, .failed: return stream.close()
            }
        }
        if output.isEmpty { output.release() }
    }

    /// Reads once. True when that changed something.
    private func fill() -> Bool {
        // A message that is too long is refused by its reader, before this is reached.
        guard stream.isOpen, !inputEnded, !isEnding, stream.canRead, input.count < limit + PostgresFrameHeader.size
        else {
            return false
        }
        switch stream.read(into: input.writable(Self.readSize)) {
        case .bytes(let count):
            input.advance(count)
            progressNs = loop.nowNs
            return true
        case .wouldBlock, .wantsRead, .wantsWrite:
            if input.isEmpty { input.release() }
            return false
        case .end:
            inputEnded = true
            return true
        case .failed:
            stream.close()
            return true
        }
    }

    /// Both directions are shut: nobody waits for an answer. After `shutdown(SHUT_WR)` somebody does.
    private var peerIsGone: Bool {
        var state = pollfd(fd: stream.channel.descriptor, events: 0, revents: 0)
        return poll(&state, 1, 0) > 0 && Int32(state.revents) & (POLLHUP | POLLERR) != 0
    }

    /// Says why, if that can be said at once, and closes. `run` ends soon.
    func end(because reason: End) {
        guard stream.isOpen else { return }
        context.isCanceled = true
        if output.isEmpty { sayFarewell(reason) }
        flush()
        stream.close()
        signal.notify()
    }
}
