internal import Bytes
internal import WirePostgres

/// A statement bound for execution.
struct ConsolePortal: Equatable {
    /// Nil is the empty statement.
    var statement: ConsoleStatement?
    var formats: [ResultFormat]
    /// Rows that are still to be sent; nil before it has run.
    var rows: ArraySlice<[Value]>?
}

/// The extended query protocol: the same statements, without parameters.
extension ConsoleMachine {
    /// One message once the session runs.
    /// - Parameter payload: the bytes behind the header.
    /// - Throws: for what the protocol does not allow; the connection ends then.
    mutating func messageReceived(
        _ type: FrontendMessageType, payload: UnsafeRawBufferPointer
    ) throws(PostgresWireError) -> Step {
        switch type {
        case .query:
            let text = try QueryMessage(payload: payload).text
            return queryReceived(String(decoding: payload[text], as: UTF8.self))
        case .parse: return parseReceived(try ParseMessage(payload: payload), payload)
        case .bind: return try bindReceived(try BindMessage(payload: payload), payload)
        case .describe: return describeReceived(try DescribeMessage(payload: payload), payload)
        case .execute: return executeReceived(try ExecuteMessage(payload: payload), payload)
        case .close: return closeReceived(try CloseMessage(payload: payload), payload)
        case .sync:
            isSkipping = false
            if status == .idle { portals.removeAll() }
            return Step(messages: [.ready(status)])
        case .functionCall:
            guard !isSkipping else { return Step() }
            let notice = PostgresNotice(.error, .featureNotSupported, "the console has no functions")
            return Step(messages: [failed(notice), .ready(status)])
        // A copy that failed may still be sending; PostgreSQL passes over it too.
        case .flush, .copyData, .copyDone, .copyFail: return Step()
        case .terminate: return Step(next: .close)
        case .password: throw .unexpectedMessage(type: type.rawValue)
        }
    }

    private mutating func parseReceived(_ message: ParseMessage, _ payload: UnsafeRawBufferPointer) -> Step {
        guard !isSkipping else { return Step() }
        let name = String(decoding: payload[message.statement], as: UTF8.self)
        do throws(ControlError) {
            let parsed = try ConsoleStatement.parse(String(decoding: payload[message.query], as: UTF8.self))
            guard parsed.count <= 1 else {
                throw ControlError(.syntax, "cannot insert multiple commands into a prepared statement")
            }
            if !name.isEmpty, statements[name] != nil {
                return skip(.duplicatePreparedStatement, "prepared statement \"\(name.prefix(64))\" already exists")
            }
            if let refusal = parsed.first.flatMap({ refusal(of: $0) }) { return skip(refusal) }
            guard statements.count < Self.longestList || statements[name] != nil else {
                return skip(.programLimitExceeded, "more than \(Self.longestList) prepared statements")
            }
            statements[name] = .some(parsed.first)
            return Step(messages: [.parseComplete])
        } catch {
            return skip(PostgresNotice(error))
        }
    }

    private mutating func bindReceived(
        _ message: BindMessage, _ payload: UnsafeRawBufferPointer
    ) throws(PostgresWireError) -> Step {
        let body = UnsafeRawBufferPointer(rebasing: payload[message.body])
        let parameters = try BindParameters(payload: body)
        guard !isSkipping else { return Step() }
        let name = String(decoding: payload[message.portal], as: UTF8.self)
        let source = String(decoding: payload[message.statement], as: UTF8.self)
        guard let statement = statements[source] else { return noStatement(source) }
        guard parameters.valueCount == 0 else {
            return skip(
                .protocolViolation,
                "bind message supplies \(parameters.valueCount) parameters, but the statement takes 0")
        }
        let columns = statement?.columns.count ?? 0
        guard let formats = Self.formats(body[parameters.resultFormats], columns: columns) else {
            return skip(.protocolViolation, "the result formats don't fit the statement's \(columns) columns")
        }
        if !name.isEmpty, portals[name] != nil {
            return skip(.duplicateCursor, "portal \"\(name.prefix(64))\" already exists")
        }
        guard portals.count < Self.longestList || portals[name] != nil else {
            return skip(.programLimitExceeded, "more than \(Self.longestList) portals")
        }
        portals[name] = ConsolePortal(statement: statement, formats: formats)
        return Step(messages: [.bindComplete])
    }

    /// One for each column; nil when the number of formats, or one of them, is wrong.
    private static func formats(_ codes: Slice<UnsafeRawBufferPointer>, columns: Int) -> [ResultFormat]? {
        var formats: [ResultFormat] = []
        var index = codes.startIndex
        while index + 1 < codes.endIndex {
            guard let format = ResultFormat(rawValue: UInt16(codes[index]) << 8 | UInt16(codes[index + 1])) else {
                return nil
            }
            formats.append(format)
            index += 2
        }
        switch formats.count {
        case 0: return Array(repeating: .text, count: columns)
        case 1: return Array(repeating: formats[0], count: columns)
        case columns: return formats
        default: return nil
        }
    }

    private mutating func describeReceived(_ message: DescribeMessage, _ payload: UnsafeRawBufferPointer) -> Step {
        guard !isSkipping else { return Step() }
        let name = String(decoding: payload[message.name], as: UTF8.self)
        switch message.target {
        case .statement:
            guard let statement = statements[name] else { return noStatement(name) }
            return Step(messages: [.parameterDescription, Self.description(statement, [])])
        case .portal:
            guard let portal = portals[name] else { return noPortal(name) }
            return Step(messages: [Self.description(portal.statement, portal.formats)])
        }
    }

    private static func description(_ statement: ConsoleStatement?, _ formats: [ResultFormat]) -> ConsoleMessage {
        let columns = statement?.columns ?? []
        return columns.isEmpty ? .noData : .rowDescription(columns, formats)
    }

    private mutating func executeReceived(_ message: ExecuteMessage, _ payload: UnsafeRawBufferPointer) -> Step {
        guard !isSkipping else { return Step() }
        let name = String(decoding: payload[message.portal], as: UTF8.self)
        guard let portal = portals[name] else { return noPortal(name) }
        guard let statement = portal.statement else { return Step(messages: [.emptyQuery]) }
        if let refusal = refusal(of: statement) { return skip(refusal) }
        let maximumRows = message.maximumRows > 0 ? Int(message.maximumRows) : Int.max
        if portal.rows == nil {
            if statement.definition != nil {
                running = .portal(name, maximumRows: maximumRows)
                return Step(next: .run(statement))
            }
            let rows = answer(statement)
            portals[name]?.rows = rows[...]
        } else if statement.columns.isEmpty {
            return skip(.objectNotInPrerequisiteState, "portal \"\(name.prefix(64))\" cannot be run again")
        }
        let tag = statement.definition == nil ? complete(statement) : statement.tag
        return sendRows(of: name, statement, maximumRows, tag: tag)
    }

    mutating func portalFinished(
        _ name: String, _ maximumRows: Int, _ result: Result<CommandResult, ControlError>
    ) -> Step {
        guard let statement = portals[name]?.statement else { return Step() }
        switch result {
        case .failure(let error): return skip(PostgresNotice(error))
        case .success(.rows(let rows)):
            portals[name]?.rows = rows[...]
            return sendRows(of: name, statement, maximumRows, tag: statement.tag)
        case .success(.done(_, let notices)):
            portals[name]?.rows = []
            return Step(messages: notices.map(ConsoleMessage.notice) + [.complete(statement.tag)])
        case .success(.shutdown(let immediate)):
            portals[name]?.rows = []
            return Step(messages: [.complete(statement.tag)], next: .shutdown(immediate: immediate))
        }
    }

    private mutating func sendRows(
        of name: String, _ statement: ConsoleStatement, _ maximumRows: Int, tag: String
    ) -> Step {
        guard var portal = portals[name], let rows = portal.rows else { return Step() }
        let sent = Array(rows.prefix(maximumRows))
        portal.rows = rows.dropFirst(sent.count)
        let isSuspended = portal.rows?.isEmpty == false
        let formats = portal.formats
        portals[name] = portal
        let end: ConsoleMessage = isSuspended ? .portalSuspended : .complete(tag)
        return Step(messages: sent.isEmpty ? [end] : [.rows(sent, statement.columns, formats), end])
    }

    private mutating func closeReceived(_ message: CloseMessage, _ payload: UnsafeRawBufferPointer) -> Step {
        guard !isSkipping else { return Step() }
        let name = String(decoding: payload[message.name], as: UTF8.self)
        switch message.target {
        case .statement: statements[name] = nil
        case .portal: portals[name] = nil
        }
        return Step(messages: [.closeComplete])
    }

    // MARK: Errors

    private mutating func noStatement(_ name: String) -> Step {
        skip(.invalidStatementName, "prepared statement \"\(name.prefix(64))\" does not exist")
    }

    private mutating func noPortal(_ name: String) -> Step {
        skip(.invalidCursorName, "portal \"\(name.prefix(64))\" does not exist")
    }

    private mutating func skip(_ state: SQLState, _ message: String) -> Step {
        skip(PostgresNotice(.error, state, message))
    }

    private mutating func skip(_ notice: PostgresNotice) -> Step {
        isSkipping = true
        return Step(messages: [failed(notice)])
    }
}
