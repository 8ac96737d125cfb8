import Glibc

/// Something that is not as the log wrote it.
public struct AuditFinding: Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// A line that does not follow from the one before it.
        case altered
        /// A line that the log has not written.
        case foreign
        /// Lines, files or checkpoints that are gone.
        case missing
        /// A file that goes on from where another already did.
        case repeated
        /// A checkpoint that does not sign what stands before it.
        case unsigned
        /// A checkpoint or hash that was kept elsewhere, and is not in the log.
        case unanchored
        /// Damage that the log itself has noticed.
        case broken
        /// A file that ends within a line, and is not the last.
        case torn
    }

    public let kind: Kind
    /// Empty where it is no one file's.
    public let file: String
    /// In that file, from 1; 0 where it is no one line's.
    public let line: Int
    public let text: String
}

/// What a verification has found.
public struct AuditReport: Sendable {
    public struct File: Sendable {
        public let path: String
        /// Numbers in the chain.
        public internal(set) var firstLine: UInt64
        public internal(set) var lastLine: UInt64
        public internal(set) var checkpoints = 0
    }

    /// In the order of the chain.
    public internal(set) var files: [File] = []
    public internal(set) var findings: [AuditFinding] = []
    /// Findings beyond `AuditVerifier.maxFindings`.
    public internal(set) var moreFindings = 0
    /// What is in order, or can't be seen.
    public internal(set) var notes: [String] = []
    /// Lines of the chain up to here are signed; 0 for none.
    public internal(set) var signedLine: UInt64 = 0
    /// Lines of the chain up to here are fixed by something kept elsewhere; 0 for none.
    public internal(set) var anchoredLine: UInt64 = 0
    /// The hash of the last line, to be kept elsewhere.
    public internal(set) var head = ""

    public var isGood: Bool { findings.isEmpty }
    public var firstLine: UInt64 { files.first?.firstLine ?? 0 }
    public var lastLine: UInt64 { files.last?.lastLine ?? 0 }
}

/// A file that could not be read.
public struct AuditReadError: Error, Sendable, CustomStringConvertible {
    public let path: String
    /// `errno`.
    public let code: Int32

    public var description: String { "\(path): \(String(cString: strerror(code)))" }
}
