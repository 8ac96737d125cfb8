import Glibc

/// PostgreSQL's statements of the benign corpus; nil where it isn't at hand.
func corpus() -> [String]? {
    let path = getenv("ARTICDBM_CORPORA").map { String(cString: $0) } ?? "../shared/corpora"
    guard let file = fopen(path + "/benign_statements.tsv", "r") else {
        print("skipped: no corpora in \(path)")
        return nil
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    return bytes.split(separator: 10).dropFirst().compactMap { line in
        let columns = line.split(separator: 9, omittingEmptySubsequences: false)
        guard columns.count == 6, columns[1].elementsEqual("postgres".utf8) else { return nil }
        return unescaped(columns[5])
    }
}

private func unescaped(_ text: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in text {
        if isEscaped {
            switch byte {
            case UInt8(ascii: "n"): result.append(10)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "r"): result.append(13)
            case UInt8(ascii: "0"): break
            case UInt8(ascii: "v"): result.append(11)
            case UInt8(ascii: "f"): result.append(12)
            default: result.append(byte)
            }
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else {
            result.append(byte)
        }
    }
    return String(decoding: result, as: UTF8.self)
}
