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
      name: "sample", schema: TableSchema("public"), keyName: "id", oldTables: [], newTables: [],
      expansion: Expansion(create: [], remove: Script("")),
      copy: TableMove(of: "sample", copy: nothing, rows: nothing),
      parity: Parity(
        fingerprints: nothing, differences: nothing, explained: nothing, newSizes: nothing, subjects: nothing,
        subjectKeys: nothing),
      retirement: Retirement(compatibilityView: Script(""), writeBack: nothing),
      subject: Subject("sample", path: "/samples/{id}", row: pair("subject.old", "subject.new"), parameters: []),
      services: [service], sample: Sample(oldSchema: Script("")))
    return Question(
      migration: migration, service: service, endpoint: endpoint, subject: subject, binds: binds, echo: echo, key: key)
  }

  private static func pair(_ old: String, _ new: String) -> QueryPair {
    QueryPair(old: Statement(name: old, ""), new: Statement(name: new, ""))
  }
}
