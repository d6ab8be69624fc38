import CivilTime
import Migration
import SQL

/// The services' answers from both schemas, for some subjects and ranges, on one snapshot.
///
/// The old side is asked through views that skip the rows that have a reason to differ, so that what is left
/// must be the same. What has been noted of them will mostly do; where answers differ, they are judged anew.
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
    let step = max(1, (subjects.count + Self.subjectsMax - 1) / Self.subjectsMax)
    let asked = stride(from: 0, to: subjects.count, by: step).map { subjects[$0] }
    var state = state
    for subject in asked.following(state.asked) {
      try await run.pass()
      let answers = try await ask(about: subject, state.id)
      state = try await run.keep(state) { state, session in
        for difference in answers.differing {
          try await Findings(state.id).add(
            answer: difference.path, about: difference.question, &state, in: session)
        }
        state.answers += answers.count
        state.asked = subject
      }
    }
    return state
  }

  private struct Answers {
    var count = 0
    var differing: [(path: String, question: String)] = []
  }

  private func ask(about subject: String, _ verification: Int) async throws -> Answers {
    try await run.snapshot { session in
      let row = try await session.query(
        run.migration.subject.row.new, run.migration.subject.binds(id: subject))
      guard !row.isEmpty, !Self.needsRepair(row) else { return Answers() }
      let excused = try await session.query(
        Statement(file: PackageResources.explained_subject_sql), [.integer(verification), .text(subject)])
      guard excused.isEmpty else { return Answers() }
      try await HiddenRows(run.migration).hide(
        noted, [.integer(verification), .text(run.migration.name)], in: session)
      let answers = try await compare(subject, in: session)
      guard !answers.differing.isEmpty else { return answers }
      let reasons = try await AnswerReasons.find(of: subject, run.migration, in: session)
      guard !reasons.isExcused else { return Answers() }
      try await reasons.hide(of: run.migration, in: session)
      return try await compare(subject, in: session)
    }
  }

  /// What this verification has explained, and what was skipped by a copy since.
  private var noted: Statement {
    Statement(
      """
      SELECT e.table_name, e.id FROM switchyard.explained_rows e
      WHERE e.verification = $1::bigint AND e.is_skipped
      UNION
      SELECT s.table_name, s.id FROM switchyard.skipped_rows s WHERE s.migration = $2::text
      """)
  }

  /// While rows are hidden; they are not any more then.
  private func compare(_ subject: String, in session: any Session) async throws -> Answers {
    var answers = Answers()
    let hidden = HiddenRows(run.migration)
    let today = Moment.now.day
    let keys = try await keys(of: subject, in: session)
    for service in run.migration.services {
      var names: [String: [String]] = [:]
      for endpoint in service.endpoints {
        let parameters = run.migration.subject.parameters + endpoint.parameters
        for given in Self.combinations(parameters, names, keys, today) {
          let binds = run.migration.subject.binds(id: subject) + given.flatMap(\.binds)
          let old = try await session.query(hidden.without(endpoint.queries.old), binds)
          let scoped = try await session.read(run.migration.subject.scoped(endpoint.queries.new, binds, id: subject))
          answers.count += 1
          if let new = run.migration.subject.rows(ofScoped: scoped[...]) {
            names.merge(Self.texts(new)) { $1.isEmpty ? $0 : $1 }
            if old.saysTheSame(as: new) { continue }
          }
          let question = ([subject] + given.compactMap(\.label)).joined(separator: ", ")
          answers.differing.append((endpoint.path, question))
        }
      }
    }
    try await hidden.show(in: session)
    return answers
  }

  /// Some of them, spread evenly over all.
  private func keys(of subject: String, in session: any Session) async throws -> [Int] {
    let isAsked = run.migration.services.flatMap(\.endpoints).flatMap(\.parameters).contains {
      if case .key = $0 { true } else { false }
    }
    guard isAsked else { return [] }
    let rows = try await session.query(run.migration.parity.subjectKeys, [.text(subject)])
    let step = max(1, (rows.count + Self.segmentsMax - 1) / Self.segmentsMax)
    return stride(from: 0, to: rows.count, by: step).compactMap { rows.integer(row: $0, column: 0) }
  }

  private static func needsRepair(_ row: Rows) -> Bool {
    row.columns.firstIndex { $0.name == Subject.needsRepairColumn }.map { row.boolean(row: 0, column: $0) } ?? false
  }

  /// What one parameter is given.
  private struct Given {
    let binds: [Bind]
    /// nil: nothing.
    let label: String?
  }

  private static func combinations(
    _ parameters: [Parameter], _ names: [String: [String]], _ keys: [Int], _ today: Day
  ) -> [[Given]] {
    parameters.reduce([[]]) { combinations, parameter in
      let values = values(of: parameter, names, keys, today)
      return combinations.flatMap { given in values.map { given + [$0] } }
    }
  }

  /// A choice is asked in every way; a segment of the path with names that the service itself has answered.
  private static func values(
    of parameter: Parameter, _ names: [String: [String]], _ keys: [Int], _ today: Day
  ) -> [Given] {
    switch parameter {
    case .days:
      [daysMax, 30, 1].map { Given(binds: [.day(today - ($0 - 1)), .day(today)], label: "\($0) days") }
    case .list: [Given(binds: [.null], label: nil)]
    case .choice(_, let choices): choices.map { Given(binds: [.text($0)], label: $0) }
    case .integer(_, let range, let standard):
      [range.lowerBound, standard].map { Given(binds: [.integer($0)], label: "\($0)") }
    case .uuid: []
    case .segment(let name): (names[name] ?? []).prefix(segmentsMax).map { Given(binds: [.text($0)], label: $0) }
    case .key: keys.map { Given(binds: [.integer($0)], label: "\($0)") }
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
