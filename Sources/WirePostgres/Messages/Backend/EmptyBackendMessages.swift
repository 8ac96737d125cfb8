public import Bytes

/// The server's messages that are their type alone.
@frozen
public enum EmptyBackendMessage: Sendable {
    /// 1: answers a Parse.
    case parseComplete
    /// 2: answers a Bind.
    case bindComplete
    /// 3: answers a Close.
    case closeComplete
    /// n: answers a Describe of what returns no rows.
    case noData
    /// I: stands for CommandComplete where the text was empty.
    case emptyQueryResponse
    /// s: an Execute reached its number of rows.
    case portalSuspended

    @inlinable public var type: BackendMessageType {
        switch self {
        case .parseComplete: .parseComplete
        case .bindComplete: .bindComplete
        case .closeComplete: .closeComplete
        case .noData: .noData
        case .emptyQueryResponse: .emptyQueryResponse
        case .portalSuspended: .portalSuspended
        }
    }

    @inlinable
    public func encode(onto out: inout ByteBuffer) {
        out.appendEmptyMessage(type)
    }
}
