public import Inspection

/// What is done about statements that look injected.
public struct InjectionRule: Sendable, Equatable {
    public enum Action: UInt8, Sendable {
        case off, log, alert, block
    }

    public var action: Action
    public var thresholds: DetectionThresholds

    public init(_ action: Action = .off, thresholds: DetectionThresholds = .init()) {
        self.action = action
        self.thresholds = thresholds
    }
}
