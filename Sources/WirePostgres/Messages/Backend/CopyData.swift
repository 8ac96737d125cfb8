public import Bytes

/// d: a piece of a copy, either way; the whole payload is data, cut anywhere.
public enum CopyData {
    public static func encode(_ data: UnsafeRawBufferPointer, onto out: inout ByteBuffer) {
        out.appendHeader(type: FrontendMessageType.copyData.rawValue, payloadCount: data.count)
        unsafe out.append(data)
    }

    public static func encode(_ data: [UInt8], onto out: inout ByteBuffer) {
        out.appendHeader(type: FrontendMessageType.copyData.rawValue, payloadCount: data.count)
        out.append(data)
    }
}

/// c: the copy is complete, either way. No payload.
public enum CopyDone {
    @inlinable
    public static func encode(onto out: inout ByteBuffer) { out.appendEmptyMessage(.copyDone as FrontendMessageType) }
}
