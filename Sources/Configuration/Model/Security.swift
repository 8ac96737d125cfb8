extension Configuration {
    /// What is done about statements that look dangerous.
    public struct Security: Sendable, Equatable {
        public enum Injection: String, Sendable, CaseIterable {
            case off
            /// Recorded in the audit log.
            case log
            /// Counted too.
            case alert
            /// Refused where the score says so, the rest as `alert`.
            case block
        }

        public var injection = Injection.off
        /// Scores from which on a statement is recorded, and refused.
        public var alertScore = 40
        public var blockScore = 70

        public init() {}
    }

    /// Of a listener or database: what is nil is as without it.
    public struct SecurityOverride: Sendable, Equatable {
        public var injection: Security.Injection?

        public init() {}
    }

    /// Who works with a user's statements.
    public enum SecurityProfile: String, Sendable, CaseIterable {
        case app
        case dba
    }
}
