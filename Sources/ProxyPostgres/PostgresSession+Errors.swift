internal import Bytes
internal import Inspection
internal import Proxy
internal import WirePostgres

// Errors that speak of what the client never wrote: shared names of statements, and places in texts with such names.
extension PostgresSession {
    /// Writes the error or notice anew if anything in it must be the client's. False: it may go as it is.
    func rewriteNotice(_ payload: UnsafeRawBufferPointer, _ type: BackendMessageType, _ flight: Flight?) -> Bool {
        let hasNames = payload.contains(PreparedStatement.namePrefix.utf8)
        let place = NoticeFields.find(.position, payload: payload).flatMap { range in
            Int(String(decoding: payload[range], as: UTF8.self)).map { (range, $0) }
        }
        let moved = place.flatMap { place in flight.map { self.place(place.1, $0) } }
        guard hasNames || moved != place?.1 else { return false }
        var text = Array(payload)
        if let place, let moved { text.replaceSubrange(place.0, with: Array(String(max(1, moved)).utf8)) }
        if hasNames {
            // Several names may stand for one statement: those of the request come first.
            var names: [([UInt8], PreparedStatement)] = []
            if let flight, let statement = flight.prepared {
                let name = flight.kind == .bind || flight.name.isEmpty ? flight.statementName : flight.name
                if !name.isEmpty { names.append((name, statement)) }
            }
            if let naming = flight?.naming { names += naming.names(at: naming.clientPlace(flight?.answered ?? 0)) }
            for (name, statement) in prepared where statement.number != 0 { names.append((name, statement)) }
            for (name, statement) in names { text.replaceAll(statement.serverName.dropLast(), with: name) }
        }
        output.appendHeader(type: type.rawValue, payloadCount: text.count)
        output.append(text)
        return true
    }

    /// The place in the client's text for one in what the server was sent. In characters, which differ from bytes only in
    /// texts where no name was changed before anything but ASCII.
    private func place(_ place: Int, _ flight: Flight) -> Int {
        if flight.kind == .prepare || flight.kind == .bind, let statement = flight.prepared {
            return place + statement.shift
        }
        guard let naming = flight.naming else { return place }
        if naming.executesOnly, let statement = naming.needed.first { return place + statement.shift }
        return naming.position(place)
    }
}
