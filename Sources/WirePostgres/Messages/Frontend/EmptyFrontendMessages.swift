public import Bytes

/// H: asks the server to send what it has, without ending the batch. No payload, no answer.
public enum FlushMessage {
    @inlinable
    public static func encode(onto out: inout ByteBuffer) { out.appendEmptyMessage(.flush as FrontendMessageType) }
}

/// S: ends a batch; answered by ReadyForQuery. No payload.
public enum SyncMessage {
    @inlinable
    public static func encode(onto out: inout ByteBuffer) { out.appendEmptyMessage(.sync as FrontendMessageType) }
}

/// X: the client leaves. No payload, no answer.
public enum TerminateMessage {
    @inlinable
    public static func encode(onto out: inout ByteBuffer) { out.appendEmptyMessage(.terminate as FrontendMessageType) }
}
