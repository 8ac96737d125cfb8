/// Where Transact-SQL's grammar is its own.
extension TSQLTokenSource {
    static func head(_ reader: inout SummaryReader<Self>) { reader.command() }

    static func resume(_ reader: inout SummaryReader<Self>) {
        switch TSQLStage(rawValue: reader.frame.stage) ?? .none {
        case .none: reader.fail(.unexpectedToken)
        case .table: reader.tableTail()
        case .declare: reader.declaration()
        case .procedure: reader.procedureHead()
        case .arguments: reader.argument()
        }
    }

    static func change(_ reader: inout SummaryReader<Self>) -> Bool {
        switch reader.token.word {
        case .insert: reader.insert()
        case .update: reader.update()
        case .delete: reader.delete()
        case .merge: reader.merge()
        case .output where reader.frame.state == .insertTail: reader.output()
        case .exec where reader.frame.state == .insertTail, .execute where reader.frame.state == .insertTail:
            reader.execute()
        default: return false
        }
        return true
    }

    static func finish(_ reader: inout SummaryReader<Self>) { reader.settle() }
    static func expressionWord(_ reader: inout SummaryReader<Self>) -> Bool { reader.ownWord() }
    static func fromItem(_ reader: inout SummaryReader<Self>) -> Bool { reader.ownFromItem() }
    static func fromTail(_ reader: inout SummaryReader<Self>) -> Bool { reader.ownFromTail() }
    static func into(_ reader: inout SummaryReader<Self>) { reader.selectInto() }

    /// `FOR XML …`, `FOR JSON …`, `FOR BROWSE`, and `FOR READ ONLY` of cursors: words and names.
    static func forClause(_ reader: inout SummaryReader<Self>) -> Bool {
        reader.frame.clause = .rest
        reader.advance()
        return true
    }

    static func meaning(ofArgumentsOf name: SQLText) -> ArgumentMeaning? { TSQLNames.argumentMeanings[name] }
}

/// What a statement's frame is in the middle of, while its state is `.dialect`.
enum TSQLStage: UInt8 {
    case none, table, declare, procedure, arguments
}

/// Names that mean more than themselves.
enum TSQLNames {
    static let argumentMeanings: [SQLText: ArgumentMeaning] = {
        var table: [SQLText: ArgumentMeaning] = [:]
        func add(_ names: String, _ meaning: ArgumentMeaning) {
            for name in names.split(separator: " ") { table[SQLText(name)] = meaning }
        }
        add(
            "object_id objectproperty object_definition col_length columnproperty ident_current",
            ArgumentMeaning(meaning: .relation, actions: .read))
        return table
    }()

    /// Procedures that reach outside the database.
    static func outside(ofProcedure name: SQLText) -> OutsideAccess {
        let text = name.description
        switch text {
        case "xp_cmdshell", "sp_execute_external_script", "sp_oacreate", "sp_oamethod": return [.program]
        case "xp_dirtree", "xp_fileexist", "xp_subdirs", "xp_create_subdir", "xp_delete_file", "xp_fixeddrives",
            "xp_readerrorlog", "sp_readerrorlog":
            return [.serverFile]
        case "sp_addextendedproc": return [.library]
        case "sp_addlinkedserver", "sp_send_dbmail", "xp_sendmail": return [.network]
        default: return text.hasPrefix("sp_oa") ? .program : []
        }
    }

    /// Table hints that may stand in parentheses without WITH.
    static let hints: Set<SQLText> = [
        "nolock", "readuncommitted", "readcommitted", "readcommittedlock", "repeatableread", "serializable", "holdlock",
        "rowlock", "paglock", "tablock", "tablockx", "updlock", "xlock", "readpast", "nowait", "noexpand", "index",
        "forceseek", "forcescan", "fastfirstrow", "snapshot", "keepidentity", "keepdefaults", "ignore_constraints",
        "ignore_triggers",
    ]
}
