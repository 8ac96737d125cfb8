internal import Core

extension Checks {
    func checkUser(_ index: Int) {
        let user = configuration.users[index]
        let path = "users[\(index)]"
        checkCredentials(user, at: path)
        if user.backend.identity == .shared {
            if user.backend.user != nil { error(path + ".backend.user", "has no meaning with `identity: shared`") }
        }
        if user.backend.identity != .own, user.backend.password != nil {
            error(path + ".backend.password", "has no meaning with `identity: \(user.backend.identity.rawValue)`")
        }
        if user.requireTLS, !configuration.listeners.isEmpty,
            configuration.listeners.allSatisfy({ $0.tls.mode == .disable })
        {
            error(path + ".require_tls", "found true, but no listener offers TLS: the user could never log in")
        }
        if user.databases.isEmpty { warning(path + ".databases", "is empty: the user may open no database") }
        checkPatterns(user.databases, at: path + ".databases")
        for (position, name) in user.groups.enumerated()
        where !configuration.groups.contains(where: { $0.name == name }) {
            let known = configuration.groups.map(\.name)
            let hint = EditDistance.nearest(to: name, among: known).map { "; did you mean \(shown($0))?" } ?? ""
            error("\(path).groups[\(position)]", "found \(shown(name)), expected the name of a group\(hint)")
        }
        checkRules(user.grants, at: path + ".grants")
        checkRules(user.deny, at: path + ".deny")
    }

    func checkGroup(_ index: Int) {
        checkRules(configuration.groups[index].grants, at: "groups[\(index)].grants")
        checkRules(configuration.groups[index].deny, at: "groups[\(index)].deny")
    }

    private func checkRules(_ rules: [Configuration.AccessRule], at path: String) {
        for (index, rule) in rules.enumerated() {
            let path = "\(path)[\(index)]"
            if rule.actions.isEmpty { error(path + ".actions", "is empty: the rule would say nothing") }
            if rule.tables.isEmpty, rule.functions.isEmpty {
                error(path, "found neither `tables` nor `functions`: the rule would concern nothing")
            }
            if let from = rule.validFrom, let until = rule.validUntil, until <= from {
                error(path + ".valid_until", "is not after `valid_from`: the rule would never hold")
            }
        }
    }

    private func checkCredentials(_ user: Configuration.User, at path: String) {
        let managed = configuration.listeners.filter { $0.auth == .managed }
        guard !managed.isEmpty else { return }
        if user.credentials.isEmpty {
            // A problem with the password itself has been reported already.
            guard user.certificate == nil, !context.isPresent(path + ".password") || !context.hasErrors else { return }
            return error(path + ".password", "is missing; a managed user needs a `password` or a `certificate`")
        }
        let kinds = user.credentials.map { credential in
            if case .md5Verifier = credential { true } else { false }
        }
        if kinds.contains(true), kinds.contains(false) {
            error(
                path + ".password", "found an md5 verifier beside others: md5 is never offered to a user who has SCRAM")
        } else if !kinds.contains(false), managed.allSatisfy({ !$0.methods.md5 && !$0.methods.password }) {
            error(
                path + ".password",
                "found an md5 verifier, but no managed listener has `methods.md5` or `methods.password`: expected a SCRAM"
                    + " verifier (`articdbm hash-password`)")
        }
    }

    /// Names without a pattern must exist when the databases are listed.
    private func checkPatterns(_ patterns: [String], at path: String) {
        let known = configuration.databases.map(\.name)
        guard !known.isEmpty, !known.contains("*"), !configuration.listeners.contains(where: { $0.backend != nil })
        else {
            return
        }
        for (index, pattern) in patterns.enumerated() where !pattern.contains(where: { $0 == "*" || $0 == "?" }) {
            guard !known.contains(pattern) else { continue }
            let hint = EditDistance.nearest(to: pattern, among: known).map { "; did you mean \(shown($0))?" } ?? ""
            warning("\(path)[\(index)]", "found \(shown(pattern)), which is not in `databases`\(hint)")
        }
    }

    /// One certificate is one user.
    func checkCertificateNames() {
        var owners: [String: Int] = [:]
        for (index, user) in configuration.users.enumerated() {
            guard let name = user.certificate else { continue }
            if let first = owners[name] {
                error(
                    "users[\(index)].certificate",
                    "found \(shown(name)) again, expected another than that of users[\(first)]")
            }
            owners[name] = index
        }
    }
}
