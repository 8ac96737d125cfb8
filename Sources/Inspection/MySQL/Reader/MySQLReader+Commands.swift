/// Statements by their first words.
extension SummaryReader<MySQLTokens> {
    mutating func command() {
        switch token.word {
        case .explain, .describe, .desc: explain()
        case .analyze: analyze()
        case .create: create()
        case .alter: alter()
        case .drop: drop()
        case .rename: rename()
        case .truncate: truncate()
        case .lock: lockTables()
        case .grant, .revoke: rights()
        case .load: load()
        case .handler: handler()
        case .check, .checksum, .optimize, .repair: maintain()
        case .cache: cacheIndex()
        case .show: show()
        case .set: set()
        case .call: callProcedure()
        case .prepare: prepare()
        case .execute: execute()
        case .do: expressions(.utility)
        case .help: plain(.show)
        default: if !sessionCommand(), !serverCommand() { beginQuery() }
        }
    }

    /// A statement that names no relation, whose rest is of no interest here.
    mutating func plain(_ kind: SQLStatementKind, _ actions: ActionSet = [], outside: OutsideAccess = []) {
        statement.kind = kind
        statement.actions.formUnion(actions)
        statement.outside.formUnion(outside)
        skipRest()
    }

    /// A statement whose rest may hold expressions.
    private mutating func expressions(_ kind: SQLStatementKind, _ actions: ActionSet = []) {
        statement.kind = kind
        statement.actions.formUnion(actions)
        advance()
        frame.state = .expression
    }

    // MARK: Session

    private mutating func sessionCommand() -> Bool {
        switch token.word {
        case .begin:
            if peek().word == .not { block() } else { plain(.transaction) }
        case .commit, .rollback, .savepoint, .release, .xa: plain(.transaction)
        case .start:
            // START REPLICA and its kin are the server's.
            if peek().word == .transaction { plain(.transaction) } else { plain(.utility, .admin, outside: .network) }
        case .if, .case, .loop, .while, .repeat, .for: if isMariaDB { block() } else { return false }
        case .use:
            statement.changesNames = true
            advance()
            guard token.isName else {
                fail(.unexpectedToken)
                return true
            }
            note(wide: .database, source.name(token), [])
            plain(.set)
        case .deallocate: deallocate()
        case .unlock: plain(.lock)
        case .signal, .resignal, .get: expressions(.utility)
        default: return false
        }
        return true
    }

    private mutating func serverCommand() -> Bool {
        switch token.word {
        case .kill: expressions(.utility, .admin)
        case .flush: flush()
        case .reset, .purge, .shutdown, .restart: expressions(.utility, .admin)
        case .change, .stop: plain(.utility, .admin, outside: .network)
        case .install, .uninstall: plain(.utility, .admin, outside: .library)
        case .clone: plain(.utility, .admin, outside: [.network, .serverFile])
        case .import: plain(.utility, [.admin, .ddl], outside: .serverFile)
        case .backup: backup()
        case .binlog:
            note(opaque: .remote, token.range)
            plain(.utility, .admin)
        default: return false
        }
        return true
    }

    /// Statements of a routine, run at once: `BEGIN NOT ATOMIC … END` and its kin of MariaDB.
    private mutating func block() {
        statement.kind = .block
        note(opaque: .codeBlock, token.range)
        skipBody()
    }

    private mutating func flush() {
        statement.kind = .utility
        statement.actions.insert(.admin)
        advance()
        if token.word == .local || source.functionName(token) == "no_write_to_binlog" { advance() }
        guard token.word == .tables || token.word == .table else { return skipRest() }
        advance()
        // FLUSH TABLES WITH READ LOCK
        if !isAtEnd, token.word != .with { tableList(.admin) }
        skipRest()
    }

    private mutating func backup() {
        advance()
        statement.actions.insert(.admin)
        statement.kind = .utility
        if accept(.lock) { tableList(.admin) }
        skipRest()
    }

    // MARK: Prepared statements

    /// `PREPARE s FROM 'text' | @v`
    private mutating func prepare() {
        statement.kind = .prepare
        advance()
        guard let name = acceptName() else { return fail(.unexpectedToken) }
        statement.preparedName = name
        expect(.from)
        dynamicStatement("prepare")
    }

    /// `EXECUTE s [USING …]`, `EXECUTE IMMEDIATE e`
    private mutating func execute() {
        statement.kind = .execute
        let start = token
        advance()
        if token.word == .immediate, isMariaDB {
            advance()
            return dynamicStatement("execute immediate")
        }
        note(opaque: .preparedStatement, start.range)
        guard let name = acceptName() else { return fail(.unexpectedToken) }
        statement.preparedName = name
        frame.state = .expression
    }

    /// A statement in a string, which is known where it is one literal.
    private mutating func dynamicStatement(_ taker: SQLText) {
        guard !hasFailed else { return }
        note(opaque: .dynamicSQL, token.range)
        let isWhole =
            token.kind == .string && (peek().kind == .end || peek().kind == .semicolon || peek().word == .using)
        note(named: .query, isWhole ? source.value(token) : nil, taker, [.read, .write], token.range)
        frame.state = .expression
    }

    private mutating func deallocate() {
        advance()
        expect(.prepare)
        statement.preparedName = acceptName()
        plain(.deallocate)
    }

    /// `CALL p[(…)]`
    private mutating func callProcedure() {
        statement.kind = .call
        note(opaque: .procedure, token.range)
        advance()
        guard let name = objectName() else { return }
        frame.state = .expression
        if token.kind == .leftParen { return call(name) }
        statement.calls.append(
            FunctionCall(schema: text(name.fromEnd(1)), name: source.functionName(name.last), range: name.range))
    }

    // MARK: SET

    private mutating func set() {
        statement.kind = .set
        advance()
        switch token.word {
        case .password, .role, .default: return plain(.set, .admin)
        case .statement: return setStatement()
        case .global where peek().isName: statement.actions.insert(.admin)
        default: if isGlobal { statement.actions.insert(.admin) }
        }
        frame.resumesAtComma = false
        frame.state = .expression
    }

    /// `PERSIST x = …`, `@@global.x = …`
    private var isGlobal: Bool {
        let text = view.text(token.range).lowercased.description
        return text.hasPrefix("persist") || text.hasPrefix("@@global") || text.hasPrefix("@@persist")
    }

    /// `SET STATEMENT x = … FOR statement` of MariaDB.
    private mutating func setStatement() {
        guard isMariaDB, frame.stage == 0 else { return fail(.unexpectedToken) }
        while !isAtEnd, token.word != .for {
            if token.kind == .leftParen { return fail(.unexpectedToken) }
            advance()
        }
        expect(.for)
        if hasFailed || token.word == .set { return fail(.unexpectedToken) }
        statement.kind = .unknown
        command()
    }

    // MARK: EXPLAIN

    /// `EXPLAIN statement`, `DESCRIBE t [column]`
    private mutating func explain() {
        statement.kind = .explain
        advance()
        while token.kind == .word {
            if token.word == .format || token.word == .analyze {
                advance()
                if isOperator(0x3D) {
                    advance()
                    advance()
                }
            } else if token.word == .for, peek().word == .connection {
                return plain(.show, .admin)
            } else if isExplainOption {
                advance()
            } else {
                break
            }
        }
        explained()
    }

    private var isExplainOption: Bool {
        mutating get {
            let name = source.functionName(token)
            guard name == "extended" || name == "partitions" else { return false }
            return peek().word == .select
        }
    }

    private mutating func explained() {
        switch token.word {
        case .select, .with, .insert, .replace, .update, .delete, .values: return frame.state = .statement
        case .table where token.role == .reserved: return frame.state = .statement
        default: break
        }
        if token.kind == .leftParen { return frame.state = .statement }
        statement.kind = .show
        guard let name = objectName() else { return }
        note(relation: name, .read)
        skipRest()
    }

    /// `ANALYZE TABLE t`, `ANALYZE [FORMAT = x] statement` of MariaDB.
    private mutating func analyze() {
        let next = peek()
        let isTable = next.word == .table || next.word == .tables || next.word == .local
        if isTable || source.functionName(next) == "no_write_to_binlog" { return maintain() }
        explain()
    }
}
