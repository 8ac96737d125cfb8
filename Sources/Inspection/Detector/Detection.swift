/// What is allowed to somebody besides the ordinary work of an application.
public enum DetectionProfile: String, Sendable, CaseIterable {
    /// An application: every reason counts.
    case app
    /// An administrator and their tools, which sleep, read catalogues and files, and send scripts.
    case dba
}

/// From which scores on a text is alerted on or blocked, 0 to 100.
public struct DetectionThresholds: Sendable, Hashable {
    public var alert: Int
    public var block: Int

    public init(alert: Int = 40, block: Int = 70) {
        self.alert = alert
        self.block = block
    }
}

/// What the detector says of one text.
public struct Detection: Sendable, Hashable {
    public enum Verdict: String, Sendable {
        case allow, alert, block
    }

    /// Those that count for the profile.
    public var reasons: DetectionReasons
    /// The sum of the reasons' weights, at most 100.
    public var score: Int

    public init(_ reasons: DetectionReasons, profile: DetectionProfile = .app) {
        self.reasons = profile == .dba ? reasons.subtracting(.administration) : reasons
        score = self.reasons.score
    }

    /// The same with what the caller knows of the session.
    public func adding(_ reasons: DetectionReasons) -> Detection { Detection(self.reasons.union(reasons)) }

    public func verdict(_ thresholds: DetectionThresholds = .init()) -> Verdict {
        if score >= thresholds.block { return .block }
        return score >= thresholds.alert ? .alert : .allow
    }
}
