package import JSON
import Migration
import RowJSON

extension MigrationStatus {
  /// As the API and `status --json` show it.
  package func write(to json: inout JSONWriter) { json.append(self) }
}

extension JSONWriter {
  fileprivate mutating func append(_ status: MigrationStatus) {
    beginObject()
    key("name")
    string(status.name)
    key("phase")
    string(status.phase.rawValue)
    key("dual_write")
    boolean(status.evidence.isDualWriting)
    key("repair_queue")
    integer(status.evidence.queued)
    key("unread_days")
    if let days = status.evidence.unreadDays { integer(days) } else { null() }
    key("progress")
    verbatim(status.progress ?? "null")
    key("last_verification")
    if let verification = status.evidence.verification {
      beginObject()
      key("id")
      integer(verification.id)
      key("equal")
      boolean(verification.isEqual)
      endObject()
    } else {
      null()
    }
    key("tables")
    beginArray()
    for table in status.tables { append(table) }
    endArray()
    key("notes")
    beginArray()
    for note in status.notes { append(note) }
    endArray()
    key("reads")
    beginArray()
    for day in status.reads {
      beginObject()
      key("day")
      string(day.day)
      key("old")
      integer(day.old)
      key("new")
      integer(day.new)
      endObject()
    }
    endArray()
    key("skipped")
    beginObject()
    for (reason, rows) in status.skipped {
      key(reason)
      integer(rows)
    }
    endObject()
    key("next")
    beginArray()
    for next in status.next { append(next) }
    endArray()
    key("jobs")
    array(of: status.jobs)
    key("moves")
    beginArray()
    for move in status.moves { append(move) }
    endArray()
    endObject()
  }

  private mutating func append(_ table: MigrationStatus.Table) {
    beginObject()
    key("name")
    string(table.name)
    key("rows")
    if let rows = table.rows { integer(rows) } else { null() }
    key("bytes")
    integer(table.bytes)
    key("index_bytes")
    integer(table.indexBytes)
    endObject()
  }

  private mutating func append(_ note: MigrationStatus.Note) {
    beginObject()
    key("name")
    string(note.name)
    key("state")
    string(note.state)
    key("detail")
    string(note.detail)
    endObject()
  }

  private mutating func append(_ next: MigrationStatus.Next) {
    beginObject()
    key("step")
    string(next.step)
    key("to")
    string(next.to.rawValue)
    key("missing")
    beginArray()
    for text in next.missing { string(text) }
    endArray()
    endObject()
  }

  private mutating func append(_ move: MigrationStatus.Move) {
    beginObject()
    key("at")
    string(move.at)
    key("step")
    string(move.step)
    key("from")
    string(move.from)
    key("to")
    string(move.to)
    key("by")
    string(move.by)
    key("reason")
    string(move.reason)
    key("forced")
    boolean(move.isForced)
    endObject()
  }
}
