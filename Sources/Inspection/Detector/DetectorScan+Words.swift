extension DetectorScan {
    // MARK: Words

    mutating func word() {
        wordCount &+= 1
        if previous.kind == .dot { return takeName() }
        if isTyping { return type() }
        if frame.role == .inert { return }
        if isAtRoot, verb == .none || startsImplicitly { return begin() }
        if structural() { return }
        takeName()
    }

    /// In Transact-SQL a word may begin a statement without a semicolon; only those that no query holds.
    @inline(__always)
    private var startsImplicitly: Bool {
        guard source.startsStatement(token), isExposedStatement else { return false }
        switch token.word {
        case .drop, .exec, .execute, .declare, .shutdown, .create, .alter, .truncate, .waitfor, .grant, .use:
            return true
        case .update, .insert, .delete, .select, .merge:
            guard !frame.expectsOperand, verb != .merge, verb != .create else { return false }
            switch frame.clause {
            case .values, .condition, .order, .assign, .having: return true
            default: return false
            }
        default: return false
        }
    }

    /// The words that give statements their structure. False: a name, or a word that means nothing here.
    @inline(__always)
    private mutating func structural() -> Bool {
        switch token.word {
        case .none: return false
        case .select: select()
        case .from: from()
        case .where: clause(.condition)
        case .on: on()
        case .having: clause(.having)
        case .and: and()
        case .or: connective(.or)
        case .not: break
        case .union, .intersect, .except: setOperation()
        case .order: order()
        case .group: if frame.hasSelect || isAtRoot { clause(.group) } else { return false }
        case .limit, .offset: if frame.hasSelect || isAtRoot { clause(.limit) } else { return false }
        case .values: values()
        case .set: return set()
        case .case: beginCase()
        case .when: when()
        case .then: then()
        case .else: elseBranch()
        case .end: endCase()
        case .null: operand([.null])
        case .in, .like, .ilike, .similar, .is, .between, .exists: predicate()
        case .as: alias()
        case .array: frame.expectsOperand = true
        case .by, .all, .distinct, .using, .collate: skipped()
        case .into: into()
        default: return other()
        }
        return true
    }

    private mutating func predicate() {
        switch token.word {
        case .in where frame.role == .call && frame.name == .pure: comma()
        case .is: isTest()
        case .between:
            comparison()
            frame.isBetween = true
        case .exists:
            operand(.exists)
            frame.expectsOperand = true
        default: comparison()
        }
    }

    private mutating func skipped() {
        if token.word == .using, frame.role == .call { isTyping = true }
        if token.word == .collate { isTyping = true }
    }

    /// Words that begin clauses only in some places.
    private mutating func other() -> Bool {
        switch token.word {
        case .join, .cross, .natural, .inner, .full: return join()
        case .left, .right:
            return (frame.clause == .from || frame.clause == .joinCondition)
                && (token.role != .functionName || !frame.expectsOperand)
        case .for: return forClause()
        case .desc, .first, .last, .key: return !frame.expectsOperand
        case .update where frame.clause == .joinCondition || frame.clause == .condition:
            // ON DUPLICATE KEY UPDATE
            clause(.assign)
            return true
        case .returning, .window, .fetch, .lock, .duplicate, .option:
            guard !frame.expectsOperand else { return false }
            finishCondition()
            frame.clause = token.word == .duplicate ? .joinCondition : .other
            return true
        default: return outside()
        }
    }

    private mutating func join() -> Bool {
        guard frame.clause == .from || frame.clause == .joinCondition else { return false }
        finishCondition()
        frame.clause = .from
        frame.expectsOperand = true
        return true
    }

    private mutating func forClause() -> Bool {
        if frame.role == .call {
            comma()
            return true
        }
        guard !frame.expectsOperand else { return false }
        finishCondition()
        frame.clause = .other
        return true
    }

    /// Words of what reaches outside of the database, or makes code.
    private mutating func outside() -> Bool {
        switch token.word {
        case .procedure where frame.hasSelect && verb != .create:
            // PROCEDURE ANALYSE
            if isExposedStatement { reasons.insert(.errorLeak) }
        case .procedure, .function, .proc:
            if verb == .create, !frame.hasSelect { reasons.insert(.routineDefinition) }
            return false
        case .program:
            guard verb == .copy, isAtRoot, previous.word == .from || previous.word == .to else { return false }
            reasons.insert(.programAccess)
        case .infile: if previous.word != .local { reasons.insert(.administrativeCall) }
        case .soname: reasons.insert(.programAccess)
        case .outfile, .dumpfile: reasons.insert(.fileAccess)
        case .openrowset, .openquery, .opendatasource: reasons.insert(.networkAccess)
        default: return false
        }
        return true
    }

    /// A type's name behind `::`, AS in a cast, or COLLATE.
    private mutating func type() {
        isTyping = false
        let meaning = self.meaning(token)
        if meaning == .numericType, frame.isExposed || frame.itemFacts.contains(.info) {
            leak(frame.term.union(frame.left))
        }
        if frame.role == .call, frame.name == .cast, meaning == .numericType { leak(frame.logic.union(frame.term)) }
    }

    /// A value that is no number is made one, so that the error message tells it.
    mutating func leak(_ facts: OperandFacts) {
        if !facts.isDisjoint(with: [.info, .catalog, .characterCode, .secret]), !facts.contains(.length) {
            reasons.insert(.errorLeak)
        } else if facts.contains(.query), facts.contains(.computed) {
            reasons.insert(.errorLeak)
        } else if facts.contains(.query), frame.isExposed {
            reasons.insert(.queryOperand)
        }
    }

    mutating func castOperator() {
        isTyping = true
        frame.endsInLiteral = false
        frame.isAdjacent = false
    }

    // MARK: Names

    mutating func takeName() {
        if frame.role == .inert { return }
        if Source.dialect == .mssql, frame.role == .call, frame.name == .convert, frame.argument == 0 {
            frame.isNumeric = meaning(token) == .numericType
            return
        }
        if previous.kind == .dot, isNamePending {
            nameEnd = Int32(truncatingIfNeeded: token.end)
            let meaning = self.meaning(token)
            if name == .catalogSchema || meaning == .catalog { noteCatalog() }
            if name == .catalogSchema || meaning != .none { name = meaning }
            return
        }
        if !frame.expectsOperand, frame.clause != .from, frame.clause != .target {
            return behindOperand()
        }
        name = token.kind == .word || token.kind == .quotedName ? meaning(token) : .none
        nameStart = Int32(truncatingIfNeeded: token.start)
        nameEnd = Int32(truncatingIfNeeded: token.end)
        isNamePending = true
        isNameReserved = token.role == .reserved
    }

    /// A word where an operator may stand: an operator in letters, or an alias.
    private mutating func behindOperand() {
        guard token.kind == .word else {
            if frame.clause == .items { frame.hasAlias = true }
            return
        }
        switch meaning(token) {
        case .xor: connective(.or)
        case .arithmetic: arithmetic()
        case .comparison: comparison()
        case .secret, .none: if frame.clause == .items { frame.hasAlias = true }
        default: break
        }
    }

    private mutating func noteCatalog() {
        if frame.clause == .from { frame.readsCatalog = true }
    }

    /// `pg_…`, which PostgreSQL keeps for its own relations.
    @inline(__always)
    private var isSystemName: Bool {
        let start = Int(nameStart)
        let width = Source.unitWidth
        return view[start] | 0x20 == 0x70 && view[start &+ width] | 0x20 == 0x67 && view[start &+ 2 &* width] == 0x5F
    }

    /// The pending name is no function.
    mutating func settleName() {
        isNamePending = false
        let meaning = name
        name = .none
        if frame.clause == .from || frame.clause == .target {
            if meaning == .catalog || isSystemName { noteCatalog() }
            frame.relations &+= frame.relations < 255 ? 1 : 0
            frame.expectsOperand = false
            if Source.dialect == .mssql, meaning != .shell { call(meaning) }
            return
        }
        switch meaning {
        case .truth: operand([.literal, .plain])
        case .falsehood: operand([.literal, .plain, .never])
        case .moment: operand(.moment)
        case .xor, .arithmetic,
            .comparison where !frame.expectsOperand:
            break
        case .prefix: break
        case .typeLiteral where token.kind == .string: break
        case .info: nameOperand([.column])
        case .userInfo where isBareWord && isNameReserved: nameOperand([.userInfo])
        case .secret: nameOperand([.column, .secret])
        case .program, .control, .file:
            if Source.dialect == .mssql { call(meaning) }
            nameOperand(.column)
        default: nameOperand(.column)
        }
    }

    @inline(__always)
    private var isBareWord: Bool { previous.kind == .word && Int(nameStart) == previous.start }

    private mutating func nameOperand(_ facts: OperandFacts) {
        let isFirst = frame.termCount == 0
        operand(facts)
        frame.termName = isFirst ? (nameStart, nameEnd) : (0, 0)
    }

    mutating func variable() {
        // `@@version` and its like: what the server says of itself.
        let isGlobal = view[token.start &+ Source.unitWidth] == 0x40
        operand(isGlobal && tellsServer ? .info : .parameter)
    }

    /// `@@version`, `@@hostname`, `@@datadir`, `@@basedir`, `@@servername` and their like.
    @inline(__always)
    private var tellsServer: Bool {
        var offset = token.start &+ 2 &* Source.unitWidth
        if Source.dialect == .mysql {
            // `@@global.version`
            for index in 0..<8 where view[offset &+ index] == 0x2E {
                offset &+= index &+ 1
                break
            }
        }
        let second = view[offset &+ Source.unitWidth] | 0x20
        switch view[offset] | 0x20 {
        case 0x76: return second == 0x65
        case 0x68: return second == 0x6F
        case 0x64, 0x62: return second == 0x61
        case 0x73: return second == 0x65 && view[offset &+ 2 &* Source.unitWidth] | 0x20 == 0x72
        default: return false
        }
    }
}
