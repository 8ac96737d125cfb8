internal import WirePostgres

// The machines read raw memory; login holds its few messages as arrays.
extension ServerAuthMachine {
    mutating func messageReceived(_ type: BackendMessageType, payload: [UInt8]) throws(PostgresWireError) -> Action {
        var result: Result<Action, PostgresWireError>?
        payload.withUnsafeBytes { bytes in
            do throws(PostgresWireError) {
                result = .success(try messageReceived(type, payload: bytes))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { throw .unexpectedMessage(type: type.rawValue) }
        return try result.get()
    }
}

extension ClientAuthMachine {
    mutating func messageReceived(_ type: FrontendMessageType, payload: [UInt8]) throws(PostgresWireError) -> Proof {
        var result: Result<Proof, PostgresWireError>?
        payload.withUnsafeBytes { bytes in
            do throws(PostgresWireError) {
                result = .success(try messageReceived(type, payload: bytes))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { throw .unexpectedMessage(type: type.rawValue) }
        return try result.get()
    }

    mutating func packetReceived(_ packet: [UInt8], unprocessed: Int) throws(PostgresWireError) -> StartupAction {
        var result: Result<StartupAction, PostgresWireError>?
        packet.withUnsafeBytes { bytes in
            do throws(PostgresWireError) {
                result = .success(try packetReceived(bytes, unprocessed: unprocessed))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { throw .unexpectedMessage(type: 0) }
        return try result.get()
    }
}
