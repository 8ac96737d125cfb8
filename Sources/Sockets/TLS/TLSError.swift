internal import COpenSSL
internal import Glibc

/// Why a context could not be made, or a connection under TLS ended. Holds no key material and no plaintext.
public struct TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        /// A setting or a file is no good; nothing was sent.
        case configuration
        /// The peer's certificate was not accepted here.
        case certificate
        /// Either side broke off with an alert, or what came is no TLS.
        case handshake
        /// The connection ended without close_notify.
        case closed
        /// The socket failed; the value is `errno`.
        case system(Int32)
    }

    public let kind: Kind
    /// English, one line, for logs.
    public let reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// The peer went away, or the attempt was given up.
    public static let closed = TLSError(.closed, "connection closed")

    public var description: String { reason }
}

extension TLSError {
    /// Takes the reason from the calling thread's error queue, right after the call that failed.
    static func configuration(_ what: String) -> TLSError {
        TLSError(.configuration, "\(what): \(text(of: cossl_take_error()))")
    }

    /// Why the handshake, read or write that gave `-(COSSL_FAILED + code)` failed.
    static func failure(of session: OpaquePointer, code: Int32) -> TLSError {
        if code == ECONNRESET || code == EPIPE { return .closed }
        guard code == EPROTO else { return TLSError(.system(code), String(cString: strerror(code))) }
        let verification = cossl_session_verify_result(session)
        if verification != 0, let text = cossl_verify_text(verification) {
            return TLSError(.certificate, "certificate refused: \(String(cString: text))")
        }
        return TLSError(.handshake, text(of: cossl_session_error(session)))
    }

    private static func text(of code: UInt) -> String {
        if let text = cossl_error_text(code) { return String(cString: text) }
        // System errors carry errno in place of a reason (ERR_SYSTEM_FLAG).
        if code >> 31 & 1 == 1 { return String(cString: strerror(Int32(code & 0x7fff_ffff))) }
        return code == 0 ? "unknown TLS error" : "TLS error \(code)"
    }
}
