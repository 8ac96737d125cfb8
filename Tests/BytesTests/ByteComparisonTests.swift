import Bytes
import Testing

@Suite
struct ByteComparisonTests {
    private func with<T>(_ text: String, _ body: (UnsafeRawBufferPointer) -> T) -> T {
        Array(text.utf8).withUnsafeBytes(body)
    }

    @Test func comparesExactly() {
        #expect(with("select") { $0.equals("select") })
        #expect(!with("select") { $0.equals("Select") })
        #expect(!with("select") { $0.equals("selec") })
        #expect(with("") { $0.equals("") })
        #expect(with("select 1") { $0.starts(with: "select") })
        #expect(!with("sel") { $0.starts(with: "select") })
    }

    @Test func ignoresCaseOfLettersOnly() {
        #expect(with("SeLeCT") { $0.equalsIgnoringCase("select") })
        #expect(with("BEGIN;") { $0.startsIgnoringCase("begin") })
        // @ and ` differ from A and a by the same bit as letters do from each other.
        #expect(!with("@") { $0.equalsIgnoringCase("`") })
        #expect(!with("[") { $0.equalsIgnoringCase("{") })
    }

    @Test func slicesOutsideAreEmpty() {
        #expect(with("abc") { $0.slice(1..<3).text } == "bc")
        #expect(with("abc") { $0.slice(1..<4).count } == 0)
        #expect(with("abc") { $0.slice(-1..<1).count } == 0)
        #expect(with("abc") { $0.slice(3..<3).count } == 0)
    }

    @Test func readsDecimals() {
        #expect(with("0") { $0.decimal } == 0)
        #expect(with("18446744073709551615") { $0.decimal } == UInt64.max)
        #expect(with("18446744073709551616") { $0.decimal } == nil)
        #expect(with("99999999999999999999") { $0.decimal } == nil)
        #expect(with("") { $0.decimal } == nil)
        #expect(with("1a") { $0.decimal } == nil)
        #expect(with("-1") { $0.decimal } == nil)
    }

    @Test func findsBytes() {
        #expect(with("a;b;") { $0.firstOffset(of: UInt8(ascii: ";")) } == 1)
        #expect(with("ab") { $0.firstOffset(of: UInt8(ascii: ";")) } == nil)
        #expect(with("") { $0.firstOffset(of: 0) } == nil)
    }

    @Test func classifiesASCII() {
        for byte in UInt8.min...UInt8.max {
            let scalar = Character(UnicodeScalar(byte))
            #expect(ASCII.isDigit(byte) == ("0"..."9").contains(scalar))
            #expect(ASCII.isLetter(byte) == (byte < 128 && scalar.isLetter))
            let lowered = byte < 128 ? scalar.lowercased().utf8.first! : byte
            #expect(ASCII.lowercased(byte) == lowered)
        }
    }
}
