import Glibc
import Testing

@testable import Sockets

@Suite struct TLSStreamTests {
    private func connected(version: TLSVersion = .tls13) throws -> TLSPair {
        let pair = try TLSPair(TestContext.server(), TestContext.client(version: version))
        try #require(pair.connects())
        return pair
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func largeWritesGoInParts(version: TLSVersion) throws {
        let pair = try connected(version: version)
        let sent = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
        var (offset, refusals) = (0, 0)
        var received: [UInt8] = []
        while received.count < sent.count {
            sending: while offset < sent.count {
                switch pair.client.send(Array(sent[offset..<min(offset + 100_000, sent.count)])) {
                case .bytes(let count): offset += count
                case .wouldBlock:
                    refusals += 1
                    break sending
                case let other:
                    Issue.record("\(other)")
                    return
                }
            }
            // Slower than the sender, so that the socket fills up.
            let (result, bytes) = pair.server.receive(50_000)
            if bytes.isEmpty { try #require(result == .wouldBlock) }
            received += bytes
        }
        #expect(received == sent)
        #expect(refusals > 0)
    }

    @Test func readsFillTheBuffer() throws {
        let pair = try connected()
        for byte in 0..<10 { #expect(pair.client.send([UInt8(byte), 0]) == .bytes(2)) }
        let first = pair.server.receive(5)
        #expect(first.bytes == [0, 0, 1, 0, 2])
        #expect(pair.server.hasPending)
        #expect(!pair.server.isDrained)
        #expect(pair.server.receive().bytes == [0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0])
        #expect(!pair.server.hasPending)
        #expect(pair.server.isDrained)
        #expect(pair.server.receive().result == .wouldBlock)
        #expect(pair.server.isDrained)
    }

    /// Half a record: the other half brings an event, so nothing is left to be read now.
    @Test func partOfARecord() throws {
        let pair = try connected()
        #expect(pair.client.send([1, 2, 3]) == .bytes(3))
        var record = [UInt8](repeating: 0, count: 100)
        let count = recv(pair.serverSocket, &record, record.count, 0)
        #expect(count > 20)
        #expect(send(pair.clientSocket, record, 10, 0) == 10)
        #expect(pair.server.receive().result == .wouldBlock)
        #expect(pair.server.hasPending && pair.server.isDrained)
        #expect(send(pair.clientSocket, Array(record[10..<count]), count - 10, 0) == count - 10)
        #expect(pair.server.receive().bytes == [1, 2, 3])
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func closeNotify(version: TLSVersion) throws {
        let pair = try connected(version: version)
        #expect(pair.client.send([9]) == .bytes(1))
        pair.client.shutdown()
        pair.client.shutdown()
        #expect(pair.server.receive().bytes == [9])
        #expect(pair.server.receive().result == .end)
        #expect(pair.server.receive().result == .end)
        // The other direction is still open.
        #expect(pair.server.send([8]) == .bytes(1))
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func plainEndIsNoEnd(version: TLSVersion) throws {
        let pair = try connected(version: version)
        #expect(pair.client.send([9]) == .bytes(1))
        Glibc.shutdown(pair.clientSocket, Int32(SHUT_RDWR))
        #expect(pair.server.receive().bytes == [9])
        #expect(pair.server.receive().result == .failed(ECONNRESET))
        #expect(pair.server.failure(ECONNRESET) == .closed)
        #expect(pair.server.send([1]) == .failed(EPIPE))
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func changedRecordsAreRefused(version: TLSVersion) throws {
        let pair = try connected(version: version)
        let bystander = try connected(version: version)
        #expect(pair.client.send([1, 2, 3]) == .bytes(3))
        var record = [UInt8](repeating: 0, count: 100)
        let count = recv(pair.serverSocket, &record, record.count, 0)
        record[count - 1] ^= 1
        #expect(send(pair.clientSocket, record, count, 0) == count)
        #expect(pair.server.receive().result == .failed(EPROTO))
        #expect(pair.server.failure(EPROTO).reason.contains("bad record mac"))
        // One session's errors are no other's.
        #expect(bystander.client.send([1]) == .bytes(1))
        #expect(bystander.server.receive().bytes == [1])
        #expect(bystander.server.receive().result == .wouldBlock)
    }

    @Test func noiseInsteadOfAHandshake() throws {
        let (server, client) = (try TestContext.server(), try TestContext.client())
        var generator = SystemRandomNumberGenerator()
        for length in [1, 5, 100, 5_000] {
            for _ in 0..<20 {
                let pair = try TLSPair(server, client)
                let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
                #expect(send(pair.clientSocket, noise, length, 0) == length)
                Glibc.shutdown(pair.clientSocket, Int32(SHUT_WR))
                guard case .failed(let error) = pair.server.handshake() else {
                    Issue.record("noise was taken for a handshake")
                    continue
                }
                #expect(!error.reason.isEmpty)
                pair.server.shutdown()
            }
        }
    }

    @Test func endDuringTheHandshake() throws {
        let pair = try TLSPair(TestContext.server(), TestContext.client())
        #expect(pair.server.handshake() == .wantsRead)
        Glibc.shutdown(pair.clientSocket, Int32(SHUT_WR))
        #expect(pair.server.handshake() == .failed(.closed))
    }
}
