import Testing

/// `#expect(actual == expected)` for values that come from a noncopyable one, which the macro can't take.
func same<T: Equatable>(_ actual: T, _ expected: T, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(actual == expected, sourceLocation: sourceLocation)
}
