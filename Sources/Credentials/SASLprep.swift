public enum SASLprep {
    public static func prepare(_ password: [UInt8]) -> [UInt8] { password }
}
