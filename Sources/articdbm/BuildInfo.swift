internal import CBuildInfo

/// What this binary was built from.
enum BuildInfo {
    static let version = String(cString: cbuildinfo_version())
    /// Seconds since 1970; 0 for a build without a number.
    static let build = cbuildinfo_build()
    static let commit = String(cString: cbuildinfo_commit())

    static var text: String { "articdbm \(version) (build \(build), commit \(commit))" }
}
