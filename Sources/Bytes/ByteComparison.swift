#if canImport(Glibc)
internal import Glibc
#endif

/// Comparing and converting bytes where they lie, without a `String` or a copy.
extension UnsafeRawBufferPointer {
    /// The bytes at `range`, empty where the range does not lie within these bytes.
    @inlinable
    public func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        guard range.lowerBound >= 0, range.upperBound <= count, let base = baseAddress else {
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// Same length and same bytes. Not constant in time: not for secrets.
    @inlinable
    public func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        return unsafe count == 0 || bytesAreEqual(self, other)
    }

    @inlinable
    public func equals(_ text: StaticString) -> Bool {
        unsafe equals(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inlinable
    public func starts(with text: StaticString) -> Bool {
        let size = text.utf8CodeUnitCount
        guard count >= size else { return false }
        return unsafe UnsafeRawBufferPointer(start: baseAddress, count: size).equals(text)
    }

    /// Same text when ASCII letters' case is ignored; `lowercase` is written in lower case.
    @inlinable
    public func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let other = unsafe lowercase.utf8Start
        for index in 0..<count where unsafe ASCII.lowercased(self[index]) != other[index] { return false }
        return true
    }

    /// `equalsIgnoringCase` for the first bytes.
    @inlinable
    public func startsIgnoringCase(_ lowercase: StaticString) -> Bool {
        let size = lowercase.utf8CodeUnitCount
        guard count >= size else { return false }
        return unsafe UnsafeRawBufferPointer(start: baseAddress, count: size).equalsIgnoringCase(lowercase)
    }

    /// A decimal number without sign that fills all the bytes; nil when it does not, or does not fit.
    @inlinable
    public var decimal: UInt64? {
        guard unsafe !isEmpty else { return nil }
        var value: UInt64 = 0
        for index in 0..<count {
            let byte = unsafe self[index]
            let digit = byte &- 48
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// Offset of the first `byte`, nil when there is none.
    public func firstOffset(of byte: UInt8) -> Int? {
        guard let base = baseAddress, count > 0 else { return nil }
        guard let found = unsafe memchr(base, Int32(byte), count) else { return nil }
        return unsafe UnsafeRawPointer(found) - base
    }

    /// The bytes as text; what is not UTF-8 is repaired.
    public var text: String { unsafe String(decoding: self, as: UTF8.self) }
}

/// Both have the same length, above 0.
@usableFromInline
func bytesAreEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let left = left.baseAddress, let other = right.baseAddress else { return false }
    return unsafe memcmp(left, other, right.count) == 0
}

/// ASCII by bytes.
public enum ASCII {
    /// A letter A-Z as a-z, any other byte as it is.
    @inlinable
    public static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 65 < 26 ? byte | 0x20 : byte
    }

    @inlinable
    public static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 48 < 10
    }

    @inlinable
    public static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26
    }
}
