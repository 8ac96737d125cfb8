/// The five characters of an SQLSTATE, as one number so that it compares in one step and needs no memory.
///
/// Source: PostgreSQL documentation, appendix "PostgreSQL Error Codes".
public struct SQLState: Hashable, Sendable, CustomStringConvertible {
    /// The five ASCII characters, the first in the lowest byte.
    public let packed: UInt64

    /// Anything but five characters of 0-9 and A-Z becomes XX000.
    public init(_ code: StaticString) {
        let bytes = unsafe UnsafeRawBufferPointer(start: code.utf8Start, count: code.utf8CodeUnitCount)
        self = unsafe SQLState(bytes: bytes) ?? SQLState(packed: 0x30_3030_5858)
    }

    /// Nil for anything but five characters of 0-9 and A-Z.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 5 else { return nil }
        var packed: UInt64 = 0
        for index in 0..<5 {
            let byte = unsafe bytes[index]
            guard byte &- 48 < 10 || byte &- 65 < 26 else { return nil }
            packed |= UInt64(byte) << UInt64(8 * index)
        }
        self.packed = packed
    }

    private init(packed: UInt64) {
        self.packed = packed
    }

    /// The character at `index`, 0...4.
    @inlinable
    public func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: packed >> UInt64(8 &* index))
    }

    public var description: String {
        String(decoding: (0..<5).map(byte), as: UTF8.self)
    }

    /// The first two characters as in "08": connection exceptions and the like share them.
    @inlinable
    public func isInClass(of other: SQLState) -> Bool {
        packed & 0xFFFF == other.packed & 0xFFFF
    }
}

extension SQLState {
    public static let successfulCompletion = SQLState("00000")
    public static let warning = SQLState("01000")

    public static let connectionException = SQLState("08000")
    public static let sqlClientUnableToEstablishConnection = SQLState("08001")
    public static let connectionDoesNotExist = SQLState("08003")
    public static let serverRejectedConnection = SQLState("08004")
    public static let connectionFailure = SQLState("08006")
    public static let protocolViolation = SQLState("08P01")

    public static let featureNotSupported = SQLState("0A000")
    public static let invalidParameterValue = SQLState("22023")
    public static let characterNotInRepertoire = SQLState("22021")

    public static let activeTransaction = SQLState("25001")
    public static let readOnlyTransaction = SQLState("25006")
    public static let noActiveTransaction = SQLState("25P01")
    public static let inFailedTransaction = SQLState("25P02")
    public static let idleInTransactionTimeout = SQLState("25P03")
    public static let transactionTimeout = SQLState("25P04")

    public static let invalidStatementName = SQLState("26000")
    public static let invalidAuthorization = SQLState("28000")
    public static let invalidPassword = SQLState("28P01")
    public static let invalidCursorName = SQLState("34000")
    public static let invalidCatalogName = SQLState("3D000")
    public static let serializationFailure = SQLState("40001")
    public static let deadlockDetected = SQLState("40P01")

    public static let syntaxErrorOrAccessRule = SQLState("42000")
    public static let syntaxError = SQLState("42601")
    /// Not PostgreSQL's: refused for what it looks like.
    public static let statementBlocked = SQLState("ZA001")
    public static let insufficientPrivilege = SQLState("42501")
    public static let undefinedObject = SQLState("42704")
    public static let undefinedTable = SQLState("42P01")
    public static let duplicateCursor = SQLState("42P03")
    public static let duplicatePreparedStatement = SQLState("42P05")

    public static let insufficientResources = SQLState("53000")
    public static let outOfMemory = SQLState("53200")
    public static let tooManyConnections = SQLState("53300")
    public static let configurationLimitExceeded = SQLState("53400")
    public static let programLimitExceeded = SQLState("54000")
    public static let statementTooComplex = SQLState("54001")

    public static let objectNotInPrerequisiteState = SQLState("55000")
    public static let cannotChangeRuntimeParameter = SQLState("55P02")
    public static let lockNotAvailable = SQLState("55P03")

    public static let queryCanceled = SQLState("57014")
    public static let adminShutdown = SQLState("57P01")
    public static let crashShutdown = SQLState("57P02")
    public static let cannotConnectNow = SQLState("57P03")
    public static let databaseDropped = SQLState("57P04")
    public static let idleSessionTimeout = SQLState("57P05")

    public static let systemError = SQLState("58000")
    public static let inputOutputError = SQLState("58030")
    public static let internalError = SQLState("XX000")
}
