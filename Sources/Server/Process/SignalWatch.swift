internal import UnixSignals

/// The signals by which an operator speaks to the process.
struct SignalWatch: Sendable {
    enum Order: Sendable {
        /// SIGTERM, SIGINT: the first drains, the second ends now.
        case stop
        /// SIGHUP.
        case reload
    }

    private let signals: UnixSignalsSequence

    /// From now on the signals no longer end the process.
    init() async { signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) }

    /// Calls `act` for each, until the task is cancelled.
    func run(_ act: (Order) async -> Void) async {
        for await signal in signals { await act(signal == .sighup ? .reload : .stop) }
    }
}
