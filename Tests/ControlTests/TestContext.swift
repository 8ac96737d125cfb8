import Glibc
import Sockets
import Testing

@testable import Control

/// Runs commands on a loop of their own.
struct TestContext {
    /// One loop serves all tests: loops live as long as the process.
    static let loop: EventLoop? = try? EventLoop.start(count: 1).first

    let context: CommandContext
    let loop: EventLoop

    static func make(_ target: ScriptedTarget) async throws -> TestContext {
        let loop = try #require(Self.loop)
        let settings = ControlSettings(path: "unused", port: nil, version: "v9")
        let context = await loop.run {
            CommandContext(
                target: target, loop: loop, settings: settings,
                sampler: StatisticsSampler(target: target, loop: loop, periodNs: 60_000_000_000))
        }
        return TestContext(context: context, loop: loop)
    }

    func run(_ command: Command, _ arguments: [String] = []) async throws(ControlError) -> CommandResult {
        let context = context
        let result = await Task(executorPreference: loop) { () -> Result<CommandResult, ControlError> in
            do throws(ControlError) {
                return .success(try await command.execute(context, arguments))
            } catch {
                return .failure(error)
            }
        }.value
        return try result.get()
    }

    func rows(_ command: Command, _ arguments: [String] = []) async throws -> [[Value]] {
        guard case .rows(let rows) = try await run(command, arguments) else { return [] }
        for row in rows { #expect(row.count == command.columns.count) }
        return rows
    }
}

/// A fresh directory; the caller empties and removes it.
func makeDirectory() throws -> String {
    var template = Array("/tmp/articdbm-control-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    return try #require(path)
}
