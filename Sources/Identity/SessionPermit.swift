public import Core

/// Leave to run a session, which everything after authentication asks for. Only `IdentitySnapshot.authorise` makes one.
public struct SessionPermit: Sendable {
    /// The user's record at the time of login.
    public let record: UserRecord
    /// As the client named it.
    public let database: String
    public let method: LoginMethod
    /// Nil on a Unix socket.
    public let address: IPAddress?
    public let isTLS: Bool
    public let isReplication: Bool
    public let backend: BackendIdentity
    /// `backend.key`, kept so that it is built once.
    public let identityKey: String
    /// Epoch of the snapshot that gave the permit.
    public let epoch: UInt64

    public var user: String { record.name }
    public var limits: UserLimits { record.limits }

    init(record: UserRecord, request: SessionRequest, method: LoginMethod, backend: BackendIdentity, epoch: UInt64) {
        self.record = record
        database = request.database
        address = request.address
        isTLS = request.isTLS
        isReplication = request.isReplication
        self.method = method
        self.backend = backend
        identityKey = backend.key
        self.epoch = epoch
    }
}

/// What a client asks for when it has proven who it is.
public struct SessionRequest: Sendable {
    public var database: String
    /// Nil on a Unix socket.
    public var address: IPAddress?
    public var isTLS: Bool
    public var isReplication: Bool

    public init(database: String, address: IPAddress?, isTLS: Bool, isReplication: Bool = false) {
        self.database = database
        self.address = address
        self.isTLS = isTLS
        self.isReplication = isReplication
    }
}
