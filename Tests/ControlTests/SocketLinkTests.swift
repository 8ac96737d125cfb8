import Glibc
import Sockets
import Testing

@testable import Control

@Suite struct SocketLinkTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = try makeDirectory()
        defer { rmdir(directory) }
        try body(directory)
    }

    @Test func leftOverLinksAreReplaced() throws {
        try withDirectory { directory in
            let name = directory + "/.s.PGSQL.6432"
            #expect(symlink("gone", name) == 0)
            let link = try SocketLink(to: directory + "/c.sock", port: 6432)
            var target = [CChar](repeating: 0, count: 100)
            #expect(readlink(name, &target, 99) == 6)
            link.remove()
            #expect(readlink(name, &target, 99) == -1)
        }
    }

    @Test func whatIsNoLinkIsLeftAlone() throws {
        try withDirectory { directory in
            let name = directory + "/.s.PGSQL.6432"
            close(open(name, O_CREAT | O_WRONLY, 0o600))
            #expect(throws: SocketError.self) { try SocketLink(to: directory + "/c.sock", port: 6432) }
            #expect(access(name, F_OK) == 0)
            unlink(name)
        }
    }

    @Test func anothersLinkIsLeftAlone() throws {
        try withDirectory { directory in
            let name = directory + "/.s.PGSQL.6432"
            let link = try SocketLink(to: directory + "/c.sock", port: 6432)
            unlink(name)
            #expect(symlink("other.sock", name) == 0)
            link.remove()
            var target = [CChar](repeating: 0, count: 100)
            #expect(readlink(name, &target, 99) == 10)
            unlink(name)
        }
    }
}
