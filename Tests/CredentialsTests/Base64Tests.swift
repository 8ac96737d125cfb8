import Testing

@testable import Credentials

@Suite struct Base64Tests {
    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func vectors(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == coded)
        #expect(Base64.decode(Array(coded.utf8)) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "====", "Z===", "Zm 9", "Zm9v\n", "Zm9-", "=Zm9"])
    func refused(text: String) { #expect(Base64.decode(Array(text.utf8)) == nil) }

    @Test func roundTrips() {
        for length in 0..<100 {
            let bytes = SecureRandom.bytes(length)
            #expect(Base64.decode(Base64.encode(bytes) as [UInt8]) == bytes)
            #expect(Hex.decode(Hex.encode(bytes) as [UInt8]) == bytes)
        }
    }

    @Test func hex() {
        #expect(Hex.encode([0, 0x9a, 0xff]) == "009aff")
        #expect(Hex.decode(Array("009AfF".utf8)) == [0, 0x9a, 0xff])
        #expect(Hex.decode(Array("0".utf8)) == nil)
        #expect(Hex.decode(Array("0g".utf8)) == nil)
    }
}
