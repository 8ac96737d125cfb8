internal import Configuration
internal import Limits

extension RateLimiter {
    /// The users' rates as configured, for open sessions too.
    func apply(_ users: [Configuration.User]) {
        let now = ProcessSetup.monotonicNs
        var limited: Set<String> = []
        for user in users {
            guard let rate = user.rate else { continue }
            limited.insert(user.name)
            set(rate, for: user.name, now: now)
        }
        retain(users: limited)
    }
}
