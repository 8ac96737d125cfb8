import Glibc
import Testing

@testable import Configuration

@Suite struct ReferenceTests {
    private func password(_ value: String, _ environment: [String: String] = [:], _ directory: String = "") throws
        -> StoredCredential?
    {
        let text = minimalText.replacing("password: secret", with: "password: \(value)")
        return try parse(text, environment: environment, directory: directory).configuration.users[0].credentials.first
    }

    @Test func variables() throws {
        #expect(try password("${P}", ["P": "x y"]) == .password(Secret("x y")))
        #expect(try password("'a${P}b${Q}'", ["P": "1", "Q": "${P}"]) == .password(Secret("a1b${P}")))
        #expect(try password("'$${P}'") == .password(Secret("${P}")))
        #expect(try password("'cost$$5'") == .password(Secret("cost$$5")))
        #expect(try password("${V}", ["V": scram]) == .scramVerifier(Secret(scram)))
        #expect(throws: ConfigurationError.self) { try password("${P") }
        // What a variable holds is never a reference itself.
        #expect(try password("${P}", ["P": "file:/etc/passwd"]) == .password(Secret("file:/etc/passwd")))
    }

    @Test func variablesInOtherSettings() throws {
        let text = minimalText.replacing("127.0.0.1:5432", with: "${DB}:5432")
        #expect(
            try parse(text, environment: ["DB": "db.example"]).configuration.backends[0].address
                == .tcp(host: "db.example", port: 5432))
    }

    @Test func files() throws {
        let directory = try TemporaryDirectory()
        try directory.write("pw", "from file\n")
        #expect(try password("file:pw", [:], directory.path) == .password(Secret("from file")))
        #expect(try password("file:\(directory.path)/pw") == .password(Secret("from file")))
        let text = minimalText.replacing("password: secret", with: "password: file:pw")
        #expect(try parse(text, directory: directory.path).files == ["\(directory.path)/pw"])
        let missing = problems(minimalText.replacing("password: secret", with: "password: 'file:none'"))
        #expect(
            missing == [
                "c.yaml:12:15: error: users[0].password: file \"none\" can't be read: No such file or directory"
            ])
        #expect(
            problems(minimalText.replacing("password: secret", with: "password: 'file:/'"))[0].contains("directory"))
    }

    @Test func missingVariableHasItsPlace() {
        let found = problems(exampleText)
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("c.yaml:9:"))
        #expect(found[0].hasSuffix("backends[0].password: environment variable APP_PASSWORD is not set"))
    }

    @Test func loadReadsTheFileAndNamesIt() throws {
        let directory = try TemporaryDirectory()
        try directory.write("c.yaml", minimalText)
        let path = directory.path + "/c.yaml"
        let loaded = try Configuration.load(path: path, environment: [:])
        #expect(loaded.files == [path])
        #expect(loaded.configuration.control.socket == directory.path + "/articdbm.sock")
        let missing = #expect(throws: ConfigurationError.self) {
            try Configuration.load(path: "/nonexistent.yaml", environment: [:])
        }
        #expect(missing?.description == "/nonexistent.yaml: error: can't be read: No such file or directory")
    }
}

/// A directory of its own that ends with the value.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/articdbm-test-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws {
        let file = try #require(fopen(path + "/" + name, "w"))
        fputs(text, file)
        fclose(file)
        chmod(path + "/" + name, mode)
    }

    deinit {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink(path + "/" + name)
        }
        closedir(directory)
        rmdir(path)
    }
}
