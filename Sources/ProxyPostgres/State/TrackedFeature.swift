#if DEBUG || ARTICDBM_TEST_SWITCHES
internal import Glibc
#endif

/// What of a session is followed. Test builds, and no others, can turn each off by the environment variable
/// `ARTICDBM_TEST_DISABLE`, a list with commas: then the differential test must find a difference.
enum TrackedFeature: String, CaseIterable {
    case settings, savepoints, prepared, unnamed, temporary, cursors, advisory, listen, probe, hidden, parameters
    case sequences, meanings

    #if DEBUG || ARTICDBM_TEST_SWITCHES
    private static let disabled: Set<Substring> = {
        guard let list = getenv("ARTICDBM_TEST_DISABLE") else { return [] }
        return Set(String(cString: list).split(separator: ","))
    }()

    var isOn: Bool { Self.disabled.isEmpty || !Self.disabled.contains(Substring(rawValue)) }
    #else
    @inline(__always) var isOn: Bool { true }
    #endif
}
