internal import Credentials
internal import Glibc
internal import Sockets

/// TLS contexts by their settings and the content of the files they name, so that a reload that changes neither keeps
/// the context and with it the clients' tickets.
struct TLSContextCache {
    enum Settings: Equatable {
        case server(TLSServerSettings)
        case client(TLSClientSettings)

        var files: [String] {
            switch self {
            case .server(let settings):
                [settings.certificateFile, settings.keyFile] + [settings.clientAuthorityFile].compactMap { $0 }
                    + settings.revocationFiles
            case .client(let settings):
                [settings.certificateFile, settings.keyFile, settings.authorityFile].compactMap { $0 }
                    + settings.revocationFiles
            }
        }
    }

    private struct Entry {
        let settings: Settings
        let digests: [[UInt8]]
        let context: TLSContext
    }

    private static let fileLimit = 16 << 20

    private var entries: [Entry] = []
    private var isUsed: [Bool] = []

    /// The context of these settings: the one there is, unless a file has changed. Blocks on the disk.
    /// - Parameter owner: named in errors.
    mutating func context(_ settings: Settings, for owner: String) throws(StartError) -> TLSContext {
        do throws(StartError) {
            return try context(settings)
        } catch {
            throw StartError("\(owner): \(error)")
        }
    }

    private mutating func context(_ settings: Settings) throws(StartError) -> TLSContext {
        let digests = try digests(of: settings.files)
        if let index = entries.firstIndex(where: { $0.settings == settings && $0.digests == digests }) {
            isUsed[index] = true
            return entries[index].context
        }
        let context = try make(settings)
        entries.append(Entry(settings: settings, digests: digests, context: context))
        isUsed.append(true)
        return context
    }

    /// Forgets the contexts not asked for since the last call.
    mutating func dropUnused() {
        entries = zip(entries, isUsed).filter(\.1).map(\.0)
        isUsed = Array(repeating: false, count: entries.count)
    }

    private func digests(of files: [String]) throws(StartError) -> [[UInt8]] {
        var digests: [[UInt8]] = []
        for file in files {
            do throws(SmallFile.Failure) {
                digests.append(Digest.sha256(try SmallFile.read(file, limit: Self.fileLimit)))
            } catch {
                throw StartError("\(file) can't be read: \(String(cString: strerror(error.code)))")
            }
        }
        return digests
    }

    private func make(_ settings: Settings) throws(StartError) -> TLSContext {
        do throws(TLSError) {
            return switch settings {
            case .server(let settings): try .server(settings)
            case .client(let settings): try .client(settings)
            }
        } catch {
            throw StartError("TLS: \(error)")
        }
    }
}
