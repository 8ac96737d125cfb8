internal import Configuration

/// Settings that a running process can't follow.
enum RestartSettings {
    static func needsRestart(
        _ change: Configuration.Change, from old: Configuration, to new: Configuration
    ) -> Bool {
        switch change.path {
        case let path where change.effect == .restart || path.hasPrefix("runtime."): true
        // Loops are built with their part of the audit log, and statements are kept as it wants them.
        case "audit.enabled", "audit.file": old.audit.isActive != new.audit.isActive
        case "audit.durability", "audit.literals", "audit.text_limit": new.audit.isActive
        // Their threads are the log's own.
        case let path where path.hasPrefix("audit.anchor") || path.hasPrefix("audit.syslog."): new.audit.isActive
        case "control.socket", "control": true
        default: false
        }
    }
}
