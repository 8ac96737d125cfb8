import Glibc

/// A place beside the file where lines go, outside the host if it is to help against who has the host.
protocol AuditSink: AnyObject {
    /// Sends whole lines, or throws and is given them again. Blocks.
    func send(_ lines: [UInt8]) throws(AuditSinkError)
    /// Lets go of what it holds; the next `send` begins anew.
    func close()
}

struct AuditSinkError: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    init(_ error: AuditFileError) { reason = "\(error.operation): \(String(cString: strerror(error.code)))" }
}

/// Checkpoints in another file: on a mount of another host, or one that only takes appends.
final class AnchorFile: AuditSink {
    private let path: String
    private let files: any AuditFileAccess

    init(path: String, files: any AuditFileAccess) {
        self.path = path
        self.files = files
    }

    /// Opens it each time, so that it may be moved or its mount come back.
    func send(_ lines: [UInt8]) throws(AuditSinkError) {
        do throws(AuditFileError) {
            let handle = try files.open(path)
            defer { files.close(handle.descriptor) }
            var rest = lines[...]
            // A line that a failure tore is ended, so that the next one is whole.
            if handle.length > 0, try files.read(handle.descriptor, at: handle.length - 1, count: 1) != [0x0a] {
                rest = [0x0a] + lines
            }
            while !rest.isEmpty { rest = rest.dropFirst(try write(rest, handle.descriptor)) }
            guard handle.isRegular else { return }
            try files.sync(handle.descriptor)
            if handle.length == 0 { try files.syncDirectory(AuditFileName(path).directory) }
        } catch {
            throw AuditSinkError(error)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32) throws(AuditFileError) -> Int {
        try bytes.withUnsafeBufferPointer { (bytes) throws(AuditFileError) in
            try files.write(descriptor, [UnsafeRawBufferPointer(bytes)])
        }
    }

    func close() {}
}
