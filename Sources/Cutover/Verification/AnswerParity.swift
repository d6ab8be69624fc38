import CivilTime
import Migration
import SQL

/// The services' answers from both schemas, for some subjects and ranges, on one snapshot.
///
/// The old side is asked through a view that leaves out the rows that have a reason to differ, so that what is left
/// must be the same.
struct AnswerParity {
  /// Subjects that are asked, spread evenly over all.
  private static let subjectsMax = 20
  private static let segmentsMax = 3
  private static let daysMax = 3_660

  private let run: JobRun

  init(_ run: JobRun) { self.run = run }

  func compare(_ state: Verification.State) async throws -> Verification.State {
    let rows = try await run.database.query(run.migration.parity.subjects)
    let subjects = (0..<rows.count).compactMap { rows.string(row: $0, column: 0) }
    let step = max(1, subjects.count / Self.subjectsMax)
    var state = state
    for index in stride(from: 0, to: subjects.count, by: step).prefix(Self.subjectsMax) {
      try await run.pass()
      state = try await compare(subjects[index], state)
    }
    return state
  }

  private func compare(_ subject: String, _ state: Verification.State) async throws -> Verification.State {
    try await run.snapshot { session in
      var state = state
      let row = try await session.query(run.migration.subject.new.unnamed, [.text(subject)])
      guard !row.isEmpty, !Self.needsRepair(row) else { return state }
      let excused = try await session.query(
        Statement(file: PackageResources.explained_subject_sql), [.integer(state.id), .text(subject)])
      guard excused.isEmpty else { return state }
      try await session.run(script: veil(state.id))
      let today = Moment.now.day
      for days in [Self.daysMax, 30, 1] {
        let common: [Bind] = [.text(subject), .day(today - (days - 1)), .day(today), .null]
        for service in run.migration.services {
          var segments: [String: [String]] = [:]
          for endpoint in service.endpoints {
            for argument in Self.arguments(endpoint, segments) {
              let binds = common + argument
              let old = try await session.query(endpoint.queries.old.unnamed, binds)
              let new = try await session.query(endpoint.queries.new.unnamed, binds)
              state.answers += 1
              segments.merge(Self.texts(new)) { $1 }
              guard !old.saysTheSame(as: new) else { continue }
              try await Findings(state.id).add(
                answer: endpoint.path,
                about: "\(subject), \(days) days\(argument.compactMap(\.text).map { ", \($0)" }.joined())", &state,
                in: session)
            }
          }
        }
      }
      try await session.run(script: "DROP VIEW pg_temp.\(run.migration.oldTable)")
      return state
    }
  }

  private func veil(_ verification: Int) -> String {
    let table = run.migration.oldTable
    return """
      CREATE TEMP VIEW \(table) AS SELECT o.* FROM \(table) o
      WHERE NOT EXISTS (
        SELECT FROM switchyard.explained_rows e WHERE e.verification = \(verification) AND e.id = o.id)
      """
  }

  private static func needsRepair(_ row: Rows) -> Bool {
    row.columns.firstIndex { $0.name == Migration.needsRepairColumn }.map { row.boolean(row: 0, column: $0) } ?? false
  }

  /// A choice is asked in every way; a segment of the path with names that the service itself has answered.
  private static func arguments(_ endpoint: ServiceEndpoint, _ segments: [String: [String]]) -> [[Bind]] {
    switch endpoint.argument {
    case nil: [[]]
    case .choice(_, let values)?: values.map { [.text($0)] }
    case .segment(let name)?: (segments[name] ?? []).prefix(segmentsMax).map { [.text($0)] }
    }
  }

  private static func texts(_ rows: Rows) -> [String: [String]] {
    var texts: [String: [String]] = [:]
    for (column, name) in rows.columns.map(\.name).enumerated() {
      texts[name] = (0..<min(rows.count, segmentsMax)).compactMap { rows.string(row: $0, column: column) }
    }
    return texts
  }
}

extension Rows {
  /// Equal rows give equal bodies.
  fileprivate func saysTheSame(as other: Rows) -> Bool {
    columns.map(\.name) == other.columns.map(\.name) && columns.map(\.form) == other.columns.map(\.form)
      && count == other.count && bytes == other.bytes
      && (0..<count).allSatisfy { row in
        columns.indices.allSatisfy {
          range(row: row, column: $0) == other.range(row: row, column: $0)
            && isNull(row: row, column: $0) == other.isNull(row: row, column: $0)
        }
      }
  }
}

extension Statement {
  /// Parsed anew, because the names in it mean other tables here.
  fileprivate var unnamed: Statement { Statement(text) }
}
