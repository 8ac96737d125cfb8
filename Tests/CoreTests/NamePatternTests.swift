import Testing

@testable import Core

@Suite struct NamePatternTests {
    @Test(arguments: [
        ("*", ""), ("*", "shop"), ("shop", "shop"), ("shop*", "shop"), ("shop*", "shop_prod"), ("*_prod", "shop_prod"),
        ("a*b*c", "a-b-b-c"), ("sh?p", "shöp"), ("?", "é"), ("**", "x"),
    ])
    func matches(pattern: String, name: String) {
        #expect(NamePattern(pattern).matches(name))
    }

    @Test(arguments: [
        ("", "a"), ("shop", "Shop"), ("shop", "shop2"), ("shop*", "sho"), ("*_prod", "prod"), ("a*b", "a-b-c"),
        ("?", ""),
        ("?", "ab"),
    ])
    func differs(pattern: String, name: String) {
        #expect(!NamePattern(pattern).matches(name))
    }
}
