/// What a message sent to a server is answered with.
@frozen
public enum ResponseKind: UInt8, Sendable, CaseIterable {
    /// Any number of results, one ReadyForQuery.
    case query
    /// ParseComplete.
    case parse
    /// BindComplete.
    case bind
    /// ParameterDescription, then RowDescription or NoData.
    case describeStatement
    /// RowDescription or NoData.
    case describePortal
    /// Rows, then CommandComplete, EmptyQueryResponse or PortalSuspended; or a copy, then CommandComplete.
    case execute
    /// CloseComplete.
    case close
    /// ReadyForQuery.
    case sync
    /// FunctionCallResponse, then ReadyForQuery.
    case functionCall
    /// An extended-query message that the proxy itself refuses: an ErrorResponse of ours, after which the client's
    /// messages up to its Sync are discarded. Always synthesised.
    case refusal
    /// No answer: marks where the client's CopyDone or CopyFail lies in the order. The tracker's own.
    case copyEnd
}

/// Who gets an answer.
@frozen
public enum ResponseDisposition: UInt8, Sendable {
    /// The client asked and gets it.
    case forward
    /// The proxy asked: it is dropped.
    case swallow
    /// The client asked, the server does not know of it: the proxy answers when its turn comes.
    case synthesize
}

/// One answer that is still to come.
@frozen
public struct ExpectedResponse: Equatable, Sendable {
    public let kind: ResponseKind
    public let disposition: ResponseDisposition
    /// The caller's own number.
    public let tag: UInt32

    @inlinable
    public init(_ kind: ResponseKind, _ disposition: ResponseDisposition = .forward, tag: UInt32 = 0) {
        self.kind = kind
        self.disposition = disposition
        self.tag = tag
    }
}

/// Whether a message of the client's may go on.
@frozen
public enum ExpectResult: Equatable, Sendable {
    /// In the queue. Send the message, unless it is synthesised; then take `nextFollowUp` until nil.
    case accepted
    /// Do not send it and answer nothing: an earlier error makes the server ignore it, or it means nothing here. It has
    /// no effect, so undo what was noted down for it.
    case discarded
    /// The client may not send this now (inside a copy), or its effect cannot be known: end the session.
    case refused
}

/// What to do with one message from the server.
@frozen
public struct ResponseAction: Equatable, Sendable {
    @frozen
    public enum Delivery: UInt8, Sendable {
        /// To the client, unchanged.
        case forward
        case drop
        /// The message has no place here: close the server connection, and tell the client so.
        case violation
    }

    @frozen
    public enum Step: UInt8, Sendable {
        /// A part of an answer, or of none.
        case none
        /// One statement of a simple query, or a function call, is answered; ReadyForQuery is still to come.
        case statement
        /// The answer is complete and the entry has left the queue.
        case completed
        /// Likewise, by PortalSuspended: the portal has more rows.
        case suspended
        /// An ErrorResponse. A query, Sync or function call stays until ReadyForQuery; others have left the queue.
        case failed
        /// ReadyForQuery: `status` is new and the entry has left the queue.
        case ready
        case copyIn
        case copyOut
        case copyBoth
        /// An ErrorResponse while nothing was asked: the server is about to close the connection.
        case unsolicited
    }

    public let delivery: Delivery
    public let step: Step
    /// Of the entry this belongs to, nil when to none.
    public let kind: ResponseKind?
    /// Of the entry this belongs to, 0 when to none.
    public let tag: UInt32

    @inlinable
    public init(_ delivery: Delivery, _ step: Step = .none, kind: ResponseKind? = nil, tag: UInt32 = 0) {
        self.delivery = delivery
        self.step = step
        self.kind = kind
        self.tag = tag
    }

    @inlinable static var violation: ResponseAction { ResponseAction(.violation) }
}

/// What to do after a message, in order.
@frozen
public enum ResponseFollowUp: Equatable, Sendable {
    /// Answer the client yourself now, behind what was forwarded so far.
    case synthesize(ExpectedResponse)
    /// This message never took effect and is never answered: an error before it made the server ignore it.
    case discarded(ExpectedResponse)
}
