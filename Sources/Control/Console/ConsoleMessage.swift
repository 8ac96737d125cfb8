internal import Bytes
internal import WirePostgres

/// What the console says, before it is bytes.
enum ConsoleMessage: Equatable, Sendable {
    /// The byte N.
    case refuseEncryption
    case authenticationOK
    case negotiateVersion(options: [String])
    case parameterStatus(String, String)
    case backendKeyData(BackendKeyData)
    case ready(TransactionStatus)
    case parseComplete
    case bindComplete
    case closeComplete
    case parameterDescription
    case noData
    case emptyQuery
    case portalSuspended
    case rowDescription([Column], [ResultFormat])
    case rows([[Value]], [Column], [ResultFormat])
    case notice(String)
    case failure(PostgresNotice)
    case complete(String)

    func encode(onto out: inout ByteBuffer) {
        switch self {
        case .refuseEncryption: out.append(EncryptionResponse.refuse.rawValue)
        case .authenticationOK: AuthenticationRequest.encodeOK(onto: &out)
        case .negotiateVersion(let options):
            NegotiateProtocolVersion(version: .v32, unrecognisedOptions: options).encode(onto: &out)
        case .parameterStatus(let name, let value): ParameterStatus.encode(name: name, value: value, onto: &out)
        case .backendKeyData(let data): data.encode(onto: &out)
        case .ready(let status): ReadyForQuery.encode(status, onto: &out)
        case .parseComplete: EmptyBackendMessage.parseComplete.encode(onto: &out)
        case .bindComplete: EmptyBackendMessage.bindComplete.encode(onto: &out)
        case .closeComplete: EmptyBackendMessage.closeComplete.encode(onto: &out)
        case .parameterDescription: ParameterDescription.encode([], onto: &out)
        case .noData: EmptyBackendMessage.noData.encode(onto: &out)
        case .emptyQuery: EmptyBackendMessage.emptyQueryResponse.encode(onto: &out)
        case .portalSuspended: EmptyBackendMessage.portalSuspended.encode(onto: &out)
        case .rowDescription(let columns, let formats): ResultEncoder.encode(columns, formats, onto: &out)
        case .rows(let rows, let columns, let formats):
            for row in rows { ResultEncoder.encode(row, columns, formats, onto: &out) }
        case .notice(let text): PostgresNotice(.notice, .successfulCompletion, text).encode(onto: &out)
        case .failure(let notice): notice.encode(onto: &out)
        case .complete(let tag):
            let mark = out.beginMessage(.commandComplete as BackendMessageType)
            out.append(cString: tag)
            out.endMessage(mark)
        }
    }
}

extension PostgresNotice {
    init(_ error: ControlError) {
        let state: SQLState
        switch error.kind {
        case .syntax: state = .syntaxError
        case .unsupported: state = .featureNotSupported
        case .notFound: state = .undefinedObject
        case .state: state = .objectNotInPrerequisiteState
        case .canceled: state = .queryCanceled
        case .failed: state = .systemError
        }
        let detail = error.details.isEmpty ? nil : error.details.joined(separator: "\n")
        self.init(.error, state, error.message, detail: detail)
    }
}
