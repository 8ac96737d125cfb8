internal import Core
public import Inspection

extension AccessPolicy {
    /// Judges every statement of a text: all may pass, or none.
    ///
    /// - Parameter now: seconds since 1970, UTC.
    public func judge(_ batch: BatchSummary, at place: PolicyPlace, now: Int64) -> Ruling {
        var judge = AccessJudge(policy: self, place: place, now: now)
        if batch.isCut, !allowsUnparsed { judge.refuse(.unparsed, .statement, "", []) }
        for statement in batch.statements where judge.refusal == nil {
            judge.statement(statement)
            // Names behind it are looked up elsewhere.
            if statement.changesNames { judge.place.searchPath = nil }
        }
        return Ruling(refusal: judge.refusal, expires: judge.expires)
    }

    /// What concerns the account or the server as a whole.
    public func judgeServer(_ actions: AccessAction, at place: PolicyPlace, now: Int64) -> Ruling {
        var judge = AccessJudge(policy: self, place: place, now: now)
        judge.database(actions)
        return Ruling(refusal: judge.refusal, expires: judge.expires)
    }

    /// What is called without a text: its name is not known.
    public func judgeCall(at place: PolicyPlace, now: Int64) -> Ruling {
        var judge = AccessJudge(policy: self, place: place, now: now)
        if !allowsUnparsed { judge.refuse(.unparsed, .function, "", .execute) }
        return Ruling(refusal: judge.refusal, expires: judge.expires)
    }
}

/// Judges one text.
private struct AccessJudge {
    var place: PolicyPlace
    let allowsUnparsed: Bool
    let grants: [AccessRule]
    let denials: [AccessRule]
    let expires: Int64?
    var refusal: Ruling.Refusal?

    init(policy: AccessPolicy, place: PolicyPlace, now: Int64) {
        func concerns(_ rule: AccessRule) -> Bool { rule.databases.contains { $0.matches(place.database) } }
        self.place = place
        allowsUnparsed = policy.allowsUnparsed
        let rules = (policy.grants + policy.denials).filter(concerns)
        expires = rules.compactMap { $0.boundary(after: now) }.min()
        grants = policy.grants.filter { concerns($0) && $0.isInForce(now) }
        denials = policy.denials.filter { concerns($0) && $0.isInForce(now) }
    }

    mutating func refuse(
        _ cause: Ruling.Refusal.Cause, _ kind: Ruling.Refusal.Kind, _ name: String, _ actions: AccessAction,
        rule: String = ""
    ) {
        guard refusal == nil else { return }
        refusal = Ruling.Refusal(cause: cause, kind: kind, name: name, actions: actions, rule: rule)
    }

    mutating func statement(_ statement: BatchSummary.Statement) {
        if statement.unparsed != nil, !allowsUnparsed { return refuse(.unparsed, .statement, "", []) }
        for part in statement.opaque where !isSeen(part.reason) { refuse(.unparsed, .statement, "", []) }
        for relation in statement.relations { self.relation(relation) }
        for wide in statement.wide { self.wide(wide) }
        for named in statement.named { self.named(named) }
        for call in statement.calls { function(schema: call.schema?.description, call.name) }
        let besides = AccessAction(statement.actions).intersection([.ddl, .admin]).subtracting(onObjects(statement))
        if !besides.isEmpty { database(besides) }
        if !statement.outside.subtracting(.clientFile).isEmpty { database(.admin) }
    }

    private func onObjects(_ statement: BatchSummary.Statement) -> AccessAction {
        var actions = ActionSet()
        for relation in statement.relations { actions.formUnion(relation.actions) }
        for wide in statement.wide { actions.formUnion(wide.actions) }
        for named in statement.named { actions.formUnion(named.actions) }
        return AccessAction(actions)
    }

    /// What is opaque to a summary and is judged all the same, or in another place.
    private func isSeen(_ reason: OpaquePart.Reason) -> Bool {
        switch reason {
        // When it was prepared; by its name, which is among the calls.
        case .preparedStatement, .procedure: true
        case .codeBlock, .routineBody, .dynamicSQL, .remote: allowsUnparsed
        }
    }

    // MARK: Objects

    private mutating func relation(_ relation: RelationReference) {
        var actions = AccessAction(relation.actions)
        if relation.traits.contains(.returned) { actions.insert(.read) }
        if let database = relation.database, database.description != place.serverDatabase {
            return refuse(.notGranted, .table, relation.qualifiedName, actions)
        }
        table(schema: relation.schema?.description, relation.name.description, actions)
    }

    private mutating func table(schema: String?, _ name: String, _ actions: AccessAction) {
        let shown = schema.map { "\($0).\(name)" } ?? name
        for rule in denials where !rule.actions.isDisjoint(with: actions) && rule.covers(table: name) {
            // A name without a schema may be in any: it must not be in one that is denied.
            if schema.map({ rule.covers(schema: $0) }) ?? mayBeIn(rule, name) {
                return refuse(.denied, .table, shown, actions.intersection(rule.actions), rule: rule.id)
            }
        }
        guard let candidates = candidates(schema, name) else {
            return require(actions, .table, shown) { $0.covers(table: name) && $0.schemas.contains(.any) }
        }
        for candidate in candidates where !isReadable(candidate, name, actions) {
            require(actions, .table, shown) { $0.covers(table: name) && $0.covers(schema: candidate) }
        }
    }

    private func mayBeIn(_ denial: AccessRule, _ name: String) -> Bool {
        guard let candidates = candidates(nil, name) else { return true }
        return candidates.contains { denial.covers(schema: $0) }
    }

    /// The schemas in which a name may be found; nil when that is not known.
    private func candidates(_ schema: String?, _ name: String) -> [String]? {
        if let schema { return [schema] }
        guard let path = place.searchPath else { return nil }
        guard Catalogues.mayBeOwn(name), !path.contains(Catalogues.own) else { return path }
        // Not named in the path, the catalogue comes before it: what is known to be there is found there.
        return Catalogues.readable.contains(name) ? [Catalogues.own] : [Catalogues.own] + path
    }

    private func isReadable(_ schema: String, _ name: String, _ actions: AccessAction) -> Bool {
        guard actions == .read else { return false }
        return schema == Catalogues.information || schema == Catalogues.own && Catalogues.readable.contains(name)
    }

    private mutating func wide(_ wide: WideReference) {
        let actions = AccessAction(wide.actions)
        guard wide.scope == .schema, let schema = wide.name?.description else { return database(actions) }
        for rule in denials where !rule.actions.isDisjoint(with: actions) && rule.covers(schema: schema) {
            return refuse(.denied, .schema, schema, actions.intersection(rule.actions), rule: rule.id)
        }
        require(actions, .schema, schema) { $0.covers(schema: schema) && $0.tables.contains(.any) }
    }

    private mutating func named(_ named: NamedObject) {
        switch named.meaning {
        case .relation, .sequence:
            guard let text = named.text, let name = ObjectName(text.description) else {
                if !allowsUnparsed { refuse(.unparsed, .statement, "", AccessAction(named.actions)) }
                return
            }
            table(schema: name.schema, name.name, AccessAction(named.actions))
        case .query:
            if named.text == nil, !allowsUnparsed { refuse(.unparsed, .statement, "", []) }
            for relation in named.relations { self.relation(relation) }
        case .other: break
        }
    }

    private mutating func function(schema: String?, _ name: SQLText) {
        guard !HarmlessFunctions.contains(schema: schema.map { SQLText($0) }, name: name) else { return }
        let text = name.description
        let shown = schema.map { "\($0).\(text)" } ?? text
        for rule in denials where rule.actions.contains(.execute) && Self.covers(rule, schema, text) {
            return refuse(.denied, .function, shown, .execute, rule: rule.id)
        }
        require(.execute, .function, shown) { Self.covers($0, schema, text) }
    }

    /// Patterns with a dot are of schema and name.
    private static func covers(_ rule: AccessRule, _ schema: String?, _ name: String) -> Bool {
        rule.covers(function: name) && (schema.map { rule.covers(schema: $0) } ?? true)
            || schema.map { rule.covers(function: "\($0).\(name)") } ?? false
    }

    /// What is done to the database or the server as a whole.
    mutating func database(_ actions: AccessAction) {
        for rule in denials where !rule.actions.isDisjoint(with: actions) && rule.coversEverything {
            return refuse(.denied, .database, place.database, actions.intersection(rule.actions), rule: rule.id)
        }
        require(actions, .database, place.database) { $0.coversEverything }
    }

    /// Each of the actions must be granted by some rule that covers the object.
    private mutating func require(
        _ actions: AccessAction, _ kind: Ruling.Refusal.Kind, _ name: String, _ covers: (AccessRule) -> Bool
    ) {
        var missing = actions
        for rule in grants where !missing.isEmpty && covers(rule) { missing.subtract(rule.actions) }
        if !missing.isEmpty { refuse(.notGranted, kind, name, missing) }
    }
}

/// A name in a literal, as `'public.t'::regclass` reads it: folded, unless quoted.
struct ObjectName: Equatable {
    var schema: String?
    var name: String

    /// Nil: not a name, or one with more parts than schema and name.
    init?(_ text: String) {
        var parts: [String] = []
        var part = ""
        var isQuoted = false
        var wasQuoted = false
        var bytes = Array(text.unicodeScalars)[...]
        while let next = bytes.popFirst() {
            if isQuoted {
                guard next == "\"" else {
                    part.unicodeScalars.append(next)
                    continue
                }
                if bytes.first == "\"" { part.unicodeScalars.append(bytes.removeFirst()) } else { isQuoted = false }
            } else if next == "\"" {
                guard part.isEmpty, !wasQuoted else { return nil }
                (isQuoted, wasQuoted) = (true, true)
            } else if next == "." {
                parts.append(part)
                (part, wasQuoted) = ("", false)
            } else if next == " " || next == "\t" || next == "\n" {
                guard part.isEmpty || bytes.allSatisfy({ " \t\n.".unicodeScalars.contains($0) }) else { return nil }
            } else {
                guard !wasQuoted else { return nil }
                part.unicodeScalars.append(next.isASCII ? Unicode.Scalar(UInt8(next.value).lowercasedASCII) : next)
            }
        }
        parts.append(part)
        guard !isQuoted, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        name = parts[parts.count - 1]
        schema = parts.count == 2 ? parts[0] : nil
    }
}

extension UInt8 {
    fileprivate var lowercasedASCII: UInt8 { self >= 65 && self <= 90 ? self | 32 : self }
}
