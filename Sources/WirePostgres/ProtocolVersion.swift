/// The first number of a startup packet: major version in the upper 16 bits, minor version in the lower.
public struct ProtocolVersion: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    @inlinable
    public init(major: UInt16, minor: UInt16) {
        rawValue = UInt32(major) << 16 | UInt32(minor)
    }

    @inlinable public var major: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 16) }
    @inlinable public var minor: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    /// Since PostgreSQL 7.4.
    public static let v30 = ProtocolVersion(major: 3, minor: 0)
    /// Since PostgreSQL 18: cancel keys of up to 256 bytes. 3.1 was never used.
    public static let v32 = ProtocolVersion(major: 3, minor: 2)

    public static let cancelRequest = ProtocolVersion(major: 1234, minor: 5678)
    public static let sslRequest = ProtocolVersion(major: 1234, minor: 5679)
    public static let gssEncryptionRequest = ProtocolVersion(major: 1234, minor: 5680)

    @inlinable
    public static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}
