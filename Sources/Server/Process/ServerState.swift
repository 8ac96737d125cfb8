internal import Synchronization

/// Where the process is in its life. Any thread.
final class ServerState: Sendable {
    enum Phase: Int, Sendable {
        case starting
        case serving
        case draining
    }

    private let current = Atomic(Phase.starting.rawValue)

    var phase: Phase { Phase(rawValue: current.load(ordering: .relaxed)) ?? .starting }

    /// Goes on to `phase`; never back.
    func advance(to phase: Phase) { _ = current.max(phase.rawValue, ordering: .relaxed) }

    /// Why no clients should be sent here; empty when they should.
    var obstacles: [String] {
        switch phase {
        case .starting: ["starting"]
        case .serving: []
        case .draining: ["draining"]
        }
    }
}
