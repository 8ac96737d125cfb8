extension ResponseTracker {
    /// A message came from the server. `status` is a ReadyForQuery's payload and of no meaning for others.
    @inlinable
    public mutating func received(_ type: BackendMessageType, status: UInt8 = 0) -> ResponseAction {
        if (type == .dataRow && phase == .rows) || (type == .copyData && phase == .copyOut) { return streaming }
        return receivedAny(type, status: status)
    }

    @usableFromInline
    mutating func receivedAny(_ type: BackendMessageType, status: UInt8) -> ResponseAction {
        switch type {
        case .noticeResponse, .parameterStatus: return asynchronous()
        case .notificationResponse: return ResponseAction(.forward)
        case .readyForQuery: return readyReceived(status)
        case .errorResponse: return errorReceived()
        case .authentication, .backendKeyData, .negotiateProtocolVersion: return .violation
        case .bindComplete, .closeComplete, .commandComplete, .copyBothResponse, .copyData, .copyDone, .copyInResponse,
            .copyOutResponse, .dataRow, .emptyQueryResponse, .functionCallResponse, .noData, .parameterDescription,
            .parseComplete, .portalSuspended, .rowDescription:
            return answerReceived(type)
        }
    }

    /// What the server says while it works for the proxy is not the client's; what comes before a ReadyForQuery in doubt is.
    private func asynchronous() -> ResponseAction {
        let isProxys = count > 0 && ring[head].disposition == .swallow && spareReady == 0
        return ResponseAction(isProxys ? .drop : .forward)
    }

    /// Follow-ups are still to be taken, so the first entry is not the server's. A fault of ours, met by giving up one
    /// connection and not the process.
    private var isUnsettled: Bool { hasFollowUp }

    private func action(_ entry: ExpectedResponse, _ step: ResponseAction.Step = .none) -> ResponseAction {
        ResponseAction(entry.disposition == .swallow ? .drop : .forward, step, kind: entry.kind, tag: entry.tag)
    }

    // MARK: Answers

    private mutating func answerReceived(_ type: BackendMessageType) -> ResponseAction {
        guard count > 0, !isUnsettled else { return .violation }
        let entry = ring[head]
        let action: ResponseAction
        switch entry.kind {
        case .query: action = queryAnswer(type, entry)
        case .execute: action = executeAnswer(type, entry)
        case .parse: action = simpleAnswer(type == .parseComplete, entry)
        case .bind: action = simpleAnswer(type == .bindComplete, entry)
        case .close: action = simpleAnswer(type == .closeComplete, entry)
        case .describeStatement: action = describeAnswer(type, entry)
        case .describePortal: action = simpleAnswer(type == .rowDescription || type == .noData, entry)
        case .functionCall: action = functionAnswer(type, entry)
        case .sync, .refusal, .copyEnd: return .violation
        }
        // Asked after the Syncs in doubt and answered: they were ignored.
        if action.delivery != .violation { settle() }
        return action
    }

    private mutating func simpleAnswer(_ fits: Bool, _ entry: ExpectedResponse) -> ResponseAction {
        guard fits else { return .violation }
        return complete(entry, .completed)
    }

    /// An extended-query message is answered in full.
    private mutating func complete(_ entry: ExpectedResponse, _ step: ResponseAction.Step) -> ResponseAction {
        finishFirst()
        isBatchOpen = true
        copySyncs = 0
        return action(entry, step)
    }

    private mutating func describeAnswer(_ type: BackendMessageType, _ entry: ExpectedResponse) -> ResponseAction {
        if phase == .waiting, type == .parameterDescription {
            phase = .parameters
            return action(entry)
        }
        return simpleAnswer(phase == .parameters && (type == .rowDescription || type == .noData), entry)
    }

    private mutating func functionAnswer(_ type: BackendMessageType, _ entry: ExpectedResponse) -> ResponseAction {
        guard phase == .waiting, type == .functionCallResponse else { return .violation }
        phase = .answered
        return action(entry, .statement)
    }

    private mutating func executeAnswer(_ type: BackendMessageType, _ entry: ExpectedResponse) -> ResponseAction {
        switch (phase, type) {
        case (.waiting, .dataRow):
            return stream(.rows, entry, .none)
        case (.waiting, .commandComplete), (.rows, .commandComplete), (.copyInEnded, .commandComplete),
            (.copyOutEnded, .commandComplete), (.waiting, .emptyQueryResponse):
            return complete(entry, .completed)
        case (.waiting, .portalSuspended), (.rows, .portalSuspended):
            return complete(entry, .suspended)
        case (.waiting, .copyInResponse), (.waiting, .copyOutResponse):
            return copyBegan(type, entry)
        default:
            return copyAnswer(type, entry)
        }
    }

    private mutating func queryAnswer(_ type: BackendMessageType, _ entry: ExpectedResponse) -> ResponseAction {
        switch (phase, type) {
        case (.waiting, .rowDescription), (.between, .rowDescription), (.copyOutEnded, .rowDescription),
            (.copyBothEnded, .rowDescription):
            return stream(.rows, entry, .none)
        case (.waiting, .commandComplete), (.between, .commandComplete), (.rows, .commandComplete),
            (.copyInEnded, .commandComplete), (.copyOutEnded, .commandComplete), (.copyBothEnded, .commandComplete),
            (.waiting, .emptyQueryResponse):
            phase = .between
            copySyncs = 0
            return action(entry, .statement)
        case (.waiting, .copyInResponse), (.between, .copyInResponse), (.waiting, .copyOutResponse),
            (.between, .copyOutResponse), (.waiting, .copyBothResponse), (.between, .copyBothResponse),
            // A base backup before PostgreSQL 15 is several copies without a CommandComplete between them.
            (.copyOutEnded, .copyOutResponse):
            return copyBegan(type, entry)
        default:
            return copyAnswer(type, entry)
        }
    }

    /// No ReadyForQuery is in doubt any more.
    private mutating func settle() {
        spareReady = 0
        isProbing = false
    }

    // MARK: Copies

    private mutating func stream(
        _ phase: Phase, _ entry: ExpectedResponse, _ step: ResponseAction.Step
    ) -> ResponseAction {
        self.phase = phase
        streaming = action(entry)
        return action(entry, step)
    }

    private mutating func copyBegan(_ type: BackendMessageType, _ entry: ExpectedResponse) -> ResponseAction {
        switch type {
        case .copyOutResponse:
            return stream(.copyOut, entry, .copyOut)
        case .copyBothResponse:
            guard let skipped = syncsBeforeCopyEnd(), skipped.syncs == 0 else { return .violation }
            phase = skipped.isEnded ? .copyBothClientEnded : .copyBoth
            removeBehindFirst(skipped.isEnded ? 1 : 0)
            return action(entry, .copyBoth)
        default:
            // A swallowed query must not ask the client for data.
            guard entry.disposition == .forward, let skipped = syncsBeforeCopyEnd() else { return .violation }
            copySyncs = skipped.syncs
            phase = skipped.isEnded ? .copyInEnded : .copyIn
            removeBehindFirst(skipped.syncs + (skipped.isEnded ? 1 : 0))
            return action(entry, .copyIn)
        }
    }

    /// What the client has sent behind the statement that has just begun to copy: Syncs, which the server ignores, up to
    /// the copy's end. Anything else there makes the server give up; nil then.
    private func syncsBeforeCopyEnd() -> (syncs: Int, isEnded: Bool)? {
        var syncs = 0
        while 1 + syncs < count {
            switch entry(1 + syncs).kind {
            case .sync: syncs += 1
            case .copyEnd: return (syncs, true)
            case .query, .parse, .bind, .describeStatement, .describePortal, .execute, .close, .functionCall, .refusal:
                return nil
            }
        }
        return (syncs, false)
    }

    private mutating func copyAnswer(_ type: BackendMessageType, _ entry: ExpectedResponse) -> ResponseAction {
        switch (phase, type) {
        case (.copyBoth, .copyData), (.copyBothClientEnded, .copyData), (.copyBothServerEnded, .copyData),
            (.copyBothEnded, .copyData):
            break
        case (.copyOut, .copyDone): phase = .copyOutEnded
        case (.copyBothClientEnded, .copyDone): phase = .copyBothEnded
        case (.copyBoth, .copyDone): phase = .copyBothServerEnded
        default: return .violation
        }
        return action(entry)
    }

    // MARK: Ends

    private mutating func readyReceived(_ byte: UInt8) -> ResponseAction {
        guard let status = TransactionStatus(rawValue: byte), !isUnsettled else { return .violation }
        guard count > 0, canBeReady(ring[head].kind) else { return spareReadyReceived(status) }
        let entry = ring[head]
        self.status = status
        isBatchOpen = false
        finishFirst()
        return action(entry, .ready)
    }

    private func canBeReady(_ kind: ResponseKind) -> Bool {
        switch kind {
        case .sync: true
        case .query: phase == .between || phase == .failed
        case .functionCall: phase == .answered || phase == .failed
        case .parse, .bind, .describeStatement, .describePortal, .execute, .close, .refusal, .copyEnd: false
        }
    }

    private mutating func spareReadyReceived(_ status: TransactionStatus) -> ResponseAction {
        guard spareReady > 0, phase == .waiting else { return .violation }
        spareReady -= 1
        isSkipping = false
        isBatchOpen = false
        self.status = status
        return ResponseAction(.forward, .ready)
    }

    private mutating func errorReceived() -> ResponseAction {
        guard !isUnsettled else { return .violation }
        guard count > 0 else { return ResponseAction(.forward, .unsolicited) }
        let entry = ring[head]
        if copySyncs > 0 {
            // If the server read one of these after the error, it did not ignore what lies behind it.
            guard onlySyncsFollow else { return .violation }
            spareReady += copySyncs
            copySyncs = 0
        }
        switch entry.kind {
        case .query, .functionCall:
            phase = .failed
            return action(entry, .failed)
        case .sync:
            return action(entry, .failed)
        case .parse, .bind, .describeStatement, .describePortal, .execute, .close:
            return skipToSync(entry)
        case .refusal, .copyEnd:
            return .violation
        }
    }

    private var onlySyncsFollow: Bool {
        for index in 1..<max(1, count) {
            let kind = entry(index).kind
            guard kind == .sync || kind == .copyEnd else { return false }
        }
        return true
    }

    /// Discards what the server discards. The error of a message of the proxy's is the client's when it costs the client
    /// anything, as that gets no other answer.
    private mutating func skipToSync(_ failed: ExpectedResponse) -> ResponseAction {
        finishFirst()
        var skipped = 0
        var isClients = failed.disposition == .forward
        var skipsQuery = false
        while skipped < count, entry(skipped).kind != .sync {
            if entry(skipped).kind == .query, entry(skipped).disposition == .forward { skipsQuery = true }
            isClients = isClients || (entry(skipped).kind != .copyEnd && entry(skipped).disposition != .swallow)
            skipped += 1
        }
        isSkipping = skipped == count
        // A query of the client's ahead of a Sync of the proxy's own: the Sync brings the ReadyForQuery for it.
        if skipsQuery, !isSkipping, entry(skipped).disposition == .swallow { forwardEntry(skipped) }
        if isSkipping || entry(skipped).disposition == .forward { isClients = true }
        discards = skipped
        return ResponseAction(isClients ? .forward : .drop, .failed, kind: failed.kind, tag: failed.tag)
    }
}
