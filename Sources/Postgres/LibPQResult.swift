import CLibPQ
import SQL

/// One `PGresult`. Cleared exactly once, when it goes out of scope.
@safe struct LibPQResult: ~Copyable {
  private let raw: OpaquePointer

  init(_ raw: OpaquePointer) { unsafe self.raw = raw }

  deinit { unsafe PQclear(raw) }

  enum Kind { case done, sync, aborted, copyIn, failed }

  var kind: Kind {
    switch unsafe PQresultStatus(raw) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .done
    case PGRES_PIPELINE_SYNC: .sync
    case PGRES_PIPELINE_ABORTED: .aborted
    case PGRES_COPY_IN: .copyIn
    default: .failed
    }
  }

  func rows() -> Rows {
    let width = unsafe Int(PQnfields(raw))
    let height = unsafe Int(PQntuples(raw))
    let columns = (0..<width).map { index in
      unsafe Rows.Column(
        name: String(cString: PQfname(raw, Int32(index))), form: Rows.Form(typeID: PQftype(raw, Int32(index))))
    }
    var bytes: [UInt8] = []
    var ends: [Int] = []
    ends.reserveCapacity(width * height)
    bytes.reserveCapacity(unsafe PQresultMemorySize(raw))
    for row in 0..<Int32(height) {
      for column in 0..<Int32(width) {
        if unsafe PQgetisnull(raw, row, column) == 1 {
          ends.append(~bytes.count)
        } else {
          let length = unsafe Int(PQgetlength(raw, row, column))
          unsafe bytes.append(
            contentsOf: UnsafeRawBufferPointer(start: PQgetvalue(raw, row, column), count: length))
          ends.append(bytes.count)
        }
      }
    }
    let affected = unsafe Int(String(cString: PQcmdTuples(raw))) ?? 0
    return Rows(columns: columns, bytes: bytes, ends: ends, affected: affected)
  }

  func error(doing: String) -> DatabaseError {
    guard let code = field(.state) else { return DatabaseError(.connectionLost, doing: doing) }
    let state = SQLState(code)
    let named = [Field.table, .column, .constraint].compactMap { field($0) }
    let detail =
      state.hasHarmlessMessage
      ? field(.message) : named.isEmpty ? nil : named.joined(separator: " ")
    return DatabaseError(
      state == .queryCanceled ? .timedOut : .refused(state), doing: doing, detail: detail, message: field(.message))
  }

  /// Fields of an error (PostgreSQL section 55.8); libpq names them by macros that Swift does not see.
  private enum Field: Unicode.Scalar {
    case state = "C"
    case message = "M"
    case table = "t"
    case column = "c"
    case constraint = "n"
  }

  private func field(_ field: Field) -> String? {
    guard let text = unsafe PQresultErrorField(raw, Int32(field.rawValue.value)) else { return nil }
    return unsafe String(cString: text)
  }
}
