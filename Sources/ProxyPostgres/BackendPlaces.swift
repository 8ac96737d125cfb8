internal import Synchronization

/// How many connections are open to each backend, over all its pools and loops.
final class BackendPlaces: Sendable {
    private let open = Mutex<[String: Int]>([:])
    /// Backends that the latest attempt reached.
    private let reached = Mutex<Set<String>>([])

    /// - Parameter maximum: 0 is no limit.
    /// - Returns: nil when there are so many already; the place is free again when what is returned goes.
    func take(_ backend: String, maximum: Int) -> BackendPlace? {
        let isFree = open.withLock { open in
            let count = open[backend, default: 0]
            guard maximum == 0 || count < maximum else { return false }
            open[backend] = count + 1
            return true
        }
        return isFree ? BackendPlace(of: backend, among: self) : nil
    }

    /// What an attempt to reach a backend changes in the number of those that are up: 1, 0 or -1.
    func note(_ backend: String, isUp: Bool) -> Int {
        reached.withLock { reached in
            isUp ? (reached.insert(backend).inserted ? 1 : 0) : (reached.remove(backend) == nil ? 0 : -1)
        }
    }

    fileprivate func giveBack(_ backend: String) {
        open.withLock { open in open[backend] = max((open[backend] ?? 0) - 1, 0) }
    }
}

/// One connection's place among those of its backend.
final class BackendPlace: Sendable {
    private let backend: String
    private let places: BackendPlaces

    fileprivate init(of backend: String, among places: BackendPlaces) {
        self.backend = backend
        self.places = places
    }

    deinit { places.giveBack(backend) }
}
