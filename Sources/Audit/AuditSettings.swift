/// How the audit log is kept. All durations in nanoseconds.
public struct AuditSettings: Sendable, Equatable {
    /// When a session goes on after an event was recorded.
    public enum Durability: Sendable, Equatable {
        /// At once; the event is synced within `syncDelay`.
        case async
        /// A statement's reply waits until its event is synced.
        case beforeReply
        /// A statement is forwarded only after an event announcing it is synced.
        case beforeForward
    }

    /// What happens when the queue is full or, for `block`, as soon as the disk fails.
    public enum Overflow: Sendable, Equatable {
        /// Sessions wait.
        case block
        /// Events are counted and lost.
        case drop
    }

    public var path: String
    public var durability = Durability.async
    public var overflow = Overflow.block
    /// Bytes recorded but not yet synced, over all loops. In-flight statements may exceed it by one record each.
    public var maxQueuedBytes = 16 << 20
    /// A loop's buffer is handed to the writer when it holds this much.
    public var handOverBytes = 32 << 10
    /// …and after this time at the latest.
    public var handOverDelay: UInt64 = 10_000_000
    /// From the first unsynced write to its synchronisation; with the hand-over and the synchronisation itself an event
    /// is on disk within 100 ms.
    public var syncDelay: UInt64 = 75_000_000
    /// The file is set aside before it grows beyond this; 0 for never.
    public var rotateBytes: Int64 = 256 << 20
    /// The file is set aside when its first event is this old; 0 for never.
    public var rotateAge: UInt64 = 24 * 3600 * 1_000_000_000
    /// Files set aside that are kept, the newest; 0 keeps all.
    public var keepFiles = 30
    /// From a line to the checkpoint that signs it; 0 for checkpoints at the end of a file only.
    public var checkpointDelay: UInt64 = 10_000_000_000

    /// Where each checkpoint goes too.
    public var anchor: Anchor?
    public var syslog: Syslog?

    public init(path: String) { self.path = path }

    /// Where on the network something is taken. TLS always verifies the receiver's name.
    public struct Receiver: Sendable, Equatable {
        public enum Transport: Sendable, Equatable {
            case udp
            case tcp
            case tls
        }

        public var host: String
        public var port: UInt16
        public var transport: Transport
        /// PEM; nil trusts the system's authorities.
        public var authorityFile: String?
        public var certificateFile: String?
        public var keyFile: String?

        public init(host: String, port: UInt16, transport: Transport) {
            self.host = host
            self.port = port
            self.transport = transport
        }
    }

    public struct Syslog: Sendable, Equatable {
        public var receiver: Receiver
        /// False sends checkpoints only.
        public var sendsEvents = true
        /// 0...23; 13 is «log audit».
        public var facility: UInt8 = 13

        public init(_ receiver: Receiver) { self.receiver = receiver }
    }

    public enum Anchor: Sendable, Equatable {
        case file(String)
        /// By POST to a path, over TCP or TLS.
        case service(Receiver, path: String)
    }

    /// A loop's buffer, with room for the line that fills it.
    var chunkBytes: Int { handOverBytes + 4096 }
}

/// What a sink beside the file was given since the start.
public struct AuditSinkStatistics: Sendable, Equatable {
    public var lines: UInt64 = 0
    public var droppedLines: UInt64 = 0
    /// Attempts that failed.
    public var failures: UInt64 = 0
    public var queuedBytes = 0

    public init() {}
}

/// The audit log's state and its counters since the start.
public struct AuditStatistics: Sendable, Equatable {
    /// Events recorded, dropped ones included. A loop publishes its own at each hand-over.
    public var recordedEvents: UInt64 = 0
    /// Events synced to the file.
    public var writtenEvents: UInt64 = 0
    public var writtenBytes: UInt64 = 0
    /// Events lost because the queue was full, or because the disk had not healed at the end.
    public var droppedEvents: UInt64 = 0
    /// Bytes handed over and not yet synced.
    public var queuedBytes = 0
    /// Sessions wait, or events are being dropped.
    public var isFull = false
    /// Failed operations on the file.
    public var failures: UInt64 = 0
    /// `errno` of the failure that stops the log now; 0 when it is well.
    public var currentError: Int32 = 0
    public var syncs: UInt64 = 0
    public var rotations: UInt64 = 0
    /// Signed checkpoints written.
    public var checkpoints: UInt64 = 0
    /// Times the file did not go on where the chain stood.
    public var chainBreaks: UInt64 = 0

    public init() {}
}
