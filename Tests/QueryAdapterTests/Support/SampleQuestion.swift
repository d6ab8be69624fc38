import Migration
import QueryAdapter
import SQL

/// A question to a made-up migration of one service.
enum SampleQuestion {
  static let service = "weather"
  static let subject = "s"
  static let binds = [Bind.text("a"), .null]

  static func about(
    _ sections: [Section] = [Section("points")], echo: [Question.Echo] = [], key: String = "key"
  ) -> Question {
    let endpoint = ServiceEndpoint("/weather", pair("rows.old", "rows.new"), sections: sections)
    let service = Service(Self.service, endpoint)
    let nothing = Statement("")
    let migration = Migration(
      name: "sample", oldTable: "", newTables: [],
      expansion: Expansion(create: [], truncate: Script([]), remove: Script([]), mirror: Script([])),
      copy: TableMove(
        copy: nothing, rows: nothing, nextKeys: nothing, oldKeys: nothing, keyCount: nothing, lastKey: nothing,
        lock: nothing, analyze: Script([])),
      parity: Parity(
        fingerprints: nothing, differences: nothing, explained: nothing, newSizes: nothing,
        viewDifferences: nothing, subjects: nothing, subjectKeys: nothing),
      retirement: Retirement(
        archivedTable: "", standIn: Script([]), archive: Script([]), dropIndexes: Script([]),
        createIndexes: Script([]), restore: Script([]), drop: Script([]), writeBack: nothing, nextKeys: nothing,
        checksum: nothing, archivedChecksum: nothing),
      view: RefreshedView(name: "", isDue: nothing, backlog: nothing, refresh: Script([])),
      subject: Subject("sample", path: "/samples/{id}", row: pair("subject.old", "subject.new"), parameters: []),
      services: [service])
    return Question(
      migration: migration, service: service, endpoint: endpoint, subject: subject, binds: binds, echo: echo, key: key)
  }

  private static func pair(_ old: String, _ new: String) -> QueryPair {
    QueryPair(old: Array("-- name: \(old)\n".utf8), new: Array("-- name: \(new)\n".utf8))
  }
}
