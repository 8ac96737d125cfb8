internal import Inspection

/// How statements of one database may change their session where no text shows it: by triggers, defaults, views, rules,
/// policies, operators, casts, and functions that bear a built-in one's name. Confined to its loop.
///
/// One query finds out, at first use, after DDL that went through the proxy, and every few minutes because DDL may
/// have gone another way. Nothing hidden is the usual case; then statements without visible effects need no probe.
final class DatabaseSurvey {
    /// What a transaction must have done to be probed.
    private(set) var hidden: StatementExposure = .all
    /// Custom settings (`a.b`) that functions set.
    private(set) var customNames: [SQLText] = []
    /// `currval` or `lastval` is used, by a statement seen or in a function: then nobody gets a connection with the values
    /// of somebody else.
    var usesSequenceMemory = false
    /// Counts DDL, as of the last survey.
    private var epoch: UInt64 = 0
    /// Loop clock, ns; 0 is never.
    private var surveyedNs: UInt64 = 0

    /// DDL that the proxy does not see is noticed so much later.
    static let lifetimeNs: UInt64 = 120_000_000_000
    /// Surveys are so far apart at least; in between everything is probed.
    static let pauseNs: UInt64 = 1_000_000_000

    @inline(__always)
    func isDue(now: UInt64, epoch: UInt64) -> Bool {
        guard self.epoch == epoch, now < surveyedNs &+ Self.lifetimeNs, surveyedNs > 0 else {
            return surveyedNs == 0 || now >= surveyedNs &+ Self.pauseNs
        }
        return false
    }

    /// Whether a transaction that did `exposure` must be probed.
    @inline(__always)
    func mustProbe(_ exposure: StatementExposure, epoch: UInt64) -> Bool {
        guard TrackedFeature.hidden.isOn else { return false }
        return self.epoch == epoch ? !hidden.isDisjoint(with: exposure) : !exposure.isDisjoint(with: .all)
    }

    /// The survey is under way: nobody else begins one.
    func began(now: UInt64, epoch: UInt64) {
        hidden = .all
        surveyedNs = max(now, 1)
        self.epoch = epoch
    }

    /// From the payload of a DataRow of `query`; rows of another form are none of its answer.
    func learn(_ payload: UnsafeRawBufferPointer) {
        guard let fields = CatalogueProbe.fields(payload), fields.count == 4,
            let names = CatalogueProbe.names(fields[3])
        else { return }
        hidden = []
        if fields[0] != [0x66] { hidden.insert(.reads) }
        if fields[1] != [0x66] { hidden.insert(.writes) }
        if fields[2] != [0x66] { usesSequenceMemory = true }
        learnCustomNames(names)
    }

    /// Custom settings that may be set out of sight; 128 are kept.
    func learnCustomNames(_ names: [SQLText]) {
        for name in names where customNames.count < 128 && !customNames.contains(name) { customNames.append(name) }
    }

    // MARK: The query

    /// Two results, of which the second has four columns: whether reading can have hidden effects, whether writing can,
    /// whether stored code uses `currval` or `lastval`, and the names of custom settings that functions set.
    ///
    /// A function in SQL or PL/pgSQL that says nothing of settings, locks, channels, temporary objects, prepared
    /// statements or dynamic SQL, and calls none that does, leaves nothing behind; one in C is taken not to; any other
    /// language may do anything. Objects refer to functions by `pg_depend`, and to those of the server itself, which
    /// are left out there, by the numbers in their stored expressions.
    static let query = Array((head + body).utf8)

    /// The names below are then those of the catalogue, whatever the session's `search_path` is.
    private static let head = "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true);"

    // In E'…' strings, which mean the same whatever `standard_conforming_strings` is.
    private static let words = #"""
        E'set_config|setseed|pg_(try_)?advisory|pg_settings|pg_temp|replication_origin|\\m(temp|temporary|listen|unlisten|\#
        discard|reset|load|deallocate|prepare|execute|hold|dblink)\\M|(^|;|\\*/|>>|--[^\\n]*\\n|\\m(begin|then|else|loop)\\M)\#
        \\s*set\\M'
        """#

    private static let customNames = #"""
        E'(?:set_config\\s*\\(\\s*\'|\\mset\\s+(?:local\\s+|session\\s+)?)([a-z_][a-z0-9_]*(?:\\.[a-z_][a-z0-9_]*)+)'
        """#

    private static let body = """
        WITH own AS MATERIALIZED (SELECT p.oid, proname, prosrc, pronargs, proargtypes, \
        lanname NOT IN ('sql', 'plpgsql') OR prosrc = '' OR prosrc ~* \(words) AS says \
        FROM pg_proc AS p JOIN pg_language AS l ON l.oid = prolang \
        WHERE p.oid >= 16384 AND lanname NOT IN ('c', 'internal')), \
        stateful AS MATERIALIZED (SELECT \
        ':funcid (' || string_agg(oid::text, '|') FILTER (WHERE proname !~ 'val$') || ')[^0-9]' AS calls, \
        ':funcid (' || string_agg(oid::text, '|') FILTER (WHERE proname ~ 'val$') || ')[^0-9]' AS values \
        FROM pg_proc WHERE oid < 16384 AND proname ~ \
        '^(set_config|setseed|currval|lastval|pg_(try_)?advisory_(un)?lock.*)$'), \
        risky AS MATERIALIZED (SELECT * FROM own AS o WHERE says OR EXISTS (SELECT FROM own WHERE says) \
        AND EXISTS (SELECT FROM own AS other WHERE other.oid <> o.oid \
        AND strpos(lower(o.prosrc), lower(other.proname)) > 0)), \
        stored AS MATERIALIZED (\
        SELECT true AS reads, ev_action::text AS expression FROM pg_rewrite WHERE ev_class >= 16384 \
        UNION ALL SELECT false, adbin::text FROM pg_attrdef WHERE adrelid >= 16384 \
        UNION ALL SELECT contypid <> 0, conbin::text FROM pg_constraint WHERE oid >= 16384 AND conbin IS NOT NULL \
        UNION ALL SELECT true, concat(polqual::text, polwithcheck::text) FROM pg_policy), \
        used AS MATERIALIZED (SELECT classid FROM pg_depend JOIN risky ON refobjid = risky.oid \
        WHERE refclassid = 'pg_proc'::regclass AND classid <> 'pg_proc'::regclass) \
        SELECT EXISTS (SELECT FROM used WHERE classid NOT IN \
        ('pg_trigger'::regclass, 'pg_event_trigger'::regclass, 'pg_attrdef'::regclass)) \
        OR EXISTS (SELECT FROM stored, stateful WHERE reads AND expression ~ calls) \
        OR EXISTS (SELECT FROM risky WHERE proname IN (SELECT proname FROM pg_proc WHERE oid < 16384)) \
        OR EXISTS (SELECT FROM risky JOIN pg_type AS t ON t.oid = proargtypes[0] WHERE pronargs = 1 AND typtype = 'c'), \
        EXISTS (SELECT FROM used WHERE classid IN \
        ('pg_trigger'::regclass, 'pg_event_trigger'::regclass, 'pg_attrdef'::regclass)) \
        OR EXISTS (SELECT FROM stored, stateful WHERE NOT reads AND expression ~ calls) \
        OR EXISTS (SELECT FROM stored WHERE reads \
        AND expression ~ (':relid ' || 'pg_settings'::regclass::oid || '[^0-9]')), \
        EXISTS (SELECT FROM own WHERE prosrc ~* 'currval|lastval') \
        OR EXISTS (SELECT FROM stored, stateful WHERE expression ~ values), \
        (SELECT string_agg(encode(convert_to(n, getdatabaseencoding()), 'hex'), ',') FROM (SELECT DISTINCT lower(m[1]) AS n \
        FROM own, regexp_matches(prosrc, \(customNames), 'gi') AS m LIMIT 256) AS f)
        """
}

/// What statements do to a database, as far as code that is hidden in it may run then.
struct StatementExposure: OptionSet, Hashable {
    let rawValue: UInt8

    static let reads = StatementExposure(rawValue: 1)
    static let writes = StatementExposure(rawValue: 2)
    /// May change what is hidden.
    static let defines = StatementExposure(rawValue: 4)
    /// Leaves the value of a sequence in the connection; so may anything that writes.
    static let sequences = StatementExposure(rawValue: 8)
    /// Asks for such a value, or may do so out of sight.
    static let asksSequences = StatementExposure(rawValue: 16)
    /// May change how texts after it are read.
    static let parsing = StatementExposure(rawValue: 32)
    /// Takes all names of prepared statements away.
    static let forgetsNames = StatementExposure(rawValue: 64)
    static let all: StatementExposure = [.reads, .writes]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ summary: StatementSummary) {
        self = []
        for statement in summary.statements {
            switch statement.kind {
            case .empty, .set, .show, .transaction, .prepare, .deallocate, .close, .listen, .notify, .lock, .discard:
                break
            case .select, .copyOut, .fetch, .declare: insert(.reads)
            case .ddl, .nonTransactional:
                formUnion(.all)
                let isPassing = statement.effects.contains {
                    if case .createTemporary = $0 { true } else { false }
                }
                if !isPassing { insert(.defines) }
            case .insert, .update, .delete, .merge, .copyIn, .utility, .execute, .call, .do, .explain, .unknown:
                formUnion(.all)
            }
            for effect in statement.effects {
                switch effect {
                case .sequence(.nextval), .sequence(.setval): insert(.sequences)
                case .setting(let setting): if ParseSettings.depends(on: setting) { insert(.parsing) }
                case .discard(.all): formUnion([.parsing, .forgetsNames])
                case .deallocate(nil): insert(.forgetsNames)
                case .opaque(.doBlock): formUnion([.defines, .sequences, .asksSequences])
                case .opaque: formUnion([.sequences, .reads, .writes])
                default: break
                }
            }
        }
        if summary.flags.contains(.hasInnerWrite) { insert(.writes) }
        if summary.flags.contains(.usesCurrvalOrLastval) { insert(.asksSequences) }
    }
}
