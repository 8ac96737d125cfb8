/// What INSERT, UPDATE, DELETE and MERGE have in common.
extension SummaryReader {
    /// The frame becomes a change of `kind`; the word is read.
    mutating func beginChange(_ verb: ReaderFrame.Verb, _ kind: SQLStatementKind) {
        if frame.verb == .none, !frame.isQuery { frame.queryLevel &+= 1 }
        if statement.kind == .unknown || statement.kind == .select, frames.isEmpty { statement.kind = kind }
        frame.verb = verb
        frame.isQuery = true
        frame.isInert = false
        frame.clause = .rest
        frame.state = .expression
        frame.fromMark = statement.relations.count
        advance()
    }

    /// The relation that is changed; false after a failure.
    mutating func target(_ name: NameChain) -> Bool {
        frame.target = note(relation: name, .write)
        return frame.target >= 0
    }

    /// Behind the target of an INSERT: columns, then rows, or a query.
    mutating func insertTail() {
        if token.kind == .leftParen {
            switch peek().word {
            case .select, .with, .table: return insertSource()
            case .values where peekSecond().kind == .leftParen: return insertSource()
            default: break
            }
            if peek().kind == .leftParen { return insertSource() }
            return open(.names, .expression)
        }
        switch token.word {
        case .select, .with, .table, .values: insertSource()
        case .default:
            advance()
            expect(.values)
            frame.state = .expression
        default: if !Source.change(&self) { fail(.unexpectedToken) }
        }
    }

    private mutating func insertSource() {
        frame.sourceNameMark = commonTables.count
        beginQuery()
    }

    /// ON CONFLICT of an INSERT: names of its query's WITH are out of scope.
    mutating func conflict() {
        advance()
        guard accept(.conflict) else { return fail(.unexpectedToken) }
        leaveSource()
        frame.clause = .conflict
        frame.state = .expression
    }

    mutating func returning() {
        // `json_object(… RETURNING type)`
        if frame.role == .call { return advance() }
        guard frame.target >= 0, frame.verb != .none, frame.verb != .select else { return fail(.unexpectedToken) }
        leaveSource()
        if frame.target < statement.relations.count {
            statement.relations[frame.target].traits.insert(.returned)
        }
        rest()
    }

    private mutating func leaveSource() {
        guard frame.verb == .insert, frame.sourceNameMark > 0 || frame.target >= 0 else { return }
        let mark = max(frame.sourceNameMark, frame.nameMark)
        if commonTables.count > mark { commonTables.removeLast(commonTables.count - mark) }
    }
}
