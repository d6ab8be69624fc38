import Cutover
package import Migration
package import SQL
package import Scoring

/// Scores a brand's collector results and writes them: to the old tables, whose triggers copy them, or once old writes are
/// stopped to the new ones.
package struct ScoreNow {
  /// Results that one transaction scores.
  private static let batchMax = 100
  private static let backlogPageMax = 2_000
  /// Brands whose names are kept at hand.
  private static let rostersMax = 1_000

  /// What a call did. Durations are the caller's.
  package struct Report: Sendable, Equatable {
    package var processed = 0
    /// Scored by another call meanwhile.
    package var skipped = 0
    package var oldRowsWritten = 0
    package var factsWritten = 0
    /// Results whose new rows could not be written; they await repair.
    package var newSchemaErrors = 0
    package var remaining = 0
  }

  package enum Refusal: Error, Equatable {
    case unknownBrand
    case notTheOwner
  }

  private let scorer: Scorer
  private let migration: Migration
  private let database: any Database
  private let isBackdated: Bool
  private var schema: TableSchema { migration.schema }

  /// - Parameter isBackdated: results count as processed when they were collected, not now. For sample data.
  package init(scorer: Scorer, migration: Migration, database: any Database, isBackdated: Bool = false) {
    self.scorer = scorer
    self.migration = migration
    self.database = database
    self.isBackdated = isBackdated
  }

  /// Scores up to `limit` results, oldest first.
  /// - Parameters:
  ///   - customer: must own the brand.
  ///   - progress: gets the number done after each batch.
  package func run(
    brand: UUIDValue, customer: UUIDValue, limit: Int, progress: (Int) -> Void = { _ in }
  ) async throws -> Report {
    let (roster, owner) = try await self.roster(of: brand)
    guard owner == customer else { throw Refusal.notTheOwner }
    let questions = try await self.questions()
    let pending = try await ask(questions.pending, [.uuid(brand), .integer(limit)])
    let ids = (0..<pending.count).compactMap { pending.integer(row: $0, column: 0) }

    var report = Report()
    for start in stride(from: 0, to: ids.count, by: Self.batchMax) {
      let batch = Array(ids[start..<min(start + Self.batchMax, ids.count)])
      report.add(try await score(batch, roster))
      progress(start + batch.count)
    }
    let remaining = try await ask(questions.remaining, [.uuid(brand)])
    report.remaining = remaining.integer(row: 0, column: 0) ?? 0
    return report
  }

  /// Results of all brands that have no brand row yet.
  package func backlogCount() async throws(DatabaseError) -> Int {
    try await ask(try await questions().backlogCount).integer(row: 0, column: 0) ?? 0
  }

  /// Scores everything that has no brand row yet, of all brands.
  /// - Parameter progress: gets the number done after each batch.
  package func runBacklog(progress: (Int) -> Void) async throws -> Report {
    var report = Report()
    let questions = try await self.questions()
    var last = 0
    var known: [UUIDValue: BrandRoster] = [:]
    while true {
      let rows = try await ask(questions.backlog, [.integer(last), .integer(Self.backlogPageMax)])
      guard rows.count > 0 else { return report }
      var idsByBrand: [UUIDValue: [Int]] = [:]
      for row in 0..<rows.count {
        guard let id = rows.integer(row: row, column: 0),
          let brand = rows.string(row: row, column: 1).flatMap({ UUIDValue($0) })
        else { continue }
        idsByBrand[brand, default: []].append(id)
        last = id
      }
      for (brand, ids) in idsByBrand.sorted(by: { $0.key < $1.key }) {
        let roster: BrandRoster
        if let cached = known[brand] { roster = cached } else { roster = try await self.roster(of: brand).roster }
        known[brand] = roster
        report.add(try await score(ids, roster))
        progress(report.processed)
      }
      if known.count > Self.rostersMax { known = [:] }
    }
  }

  private func roster(of brand: UUIDValue) async throws -> (roster: BrandRoster, owner: UUIDValue?) {
    let rows = try await database.read([
      (Statement(file: PackageResources.score_brand_sql, in: schema), [.uuid(brand)]),
      (Statement(file: PackageResources.score_competitors_sql, in: schema), [.uuid(brand)]),
    ])
    guard !rows[0].isEmpty else { throw Refusal.unknownBrand }
    let competitors = (0..<rows[1].count).map {
      Competitor(id: rows[1].integer(row: $0, column: 0) ?? 0, name: rows[1].string(row: $0, column: 1) ?? "")
    }
    let roster = BrandRoster(brand, name: rows[0].string(row: 0, column: 0) ?? "", competitors)
    return (roster, rows[0].string(row: 0, column: 1).flatMap { UUIDValue($0) })
  }

  private func ask(_ statement: Statement, _ binds: [Bind] = []) async throws(DatabaseError) -> Rows {
    try await OwnScans(migration).query(statement, binds, in: database)
  }

  /// Only a look: what is written is decided in the transaction that writes.
  private func questions() async throws(DatabaseError) -> ScoreQuestions {
    try await Phases(migration).current(in: database).isNewOnly ? .new(in: schema) : .old(in: schema)
  }

  /// Once only the new schema is written, a result that it refuses stays unscored, and costs no other.
  private func score(_ ids: [Int], _ brand: BrandRoster) async throws -> Report {
    var report = Report()
    var parts = [ids]
    while let part = parts.popLast() {
      do { report.add(try await scoreAtOnce(part, brand)) } catch let error as DatabaseError where error.isDataError {
        guard try await Phases(migration).current(in: database).isNewOnly else { throw error }
        if part.count > 1 {
          let middle = part.count / 2
          parts += [Array(part[middle...]), Array(part[..<middle])]
        } else {
          report.newSchemaErrors += 1
        }
      }
    }
    return report
  }

  private func scoreAtOnce(_ ids: [Int], _ brand: BrandRoster) async throws -> Report {
    try await OwnScans(migration).transaction(database) { session in
      _ = try await session.query(migration.shareWriterLock)
      let phase = try await Phases(migration).current(in: session)
      try await session.beginMaintenance()
      _ = try await session.query(Statement(file: PackageResources.score_lock_sql, in: schema), [.array(ids)])
      let questions: ScoreQuestions = phase.isNewOnly ? .new(in: schema) : .old(in: schema)
      let rows = try await session.query(questions.answers, [.array(ids)])
      let answers = (0..<rows.count).map { row in
        Answer(
          id: rows.integer(row: row, column: 0) ?? 0, text: rows.string(row: row, column: 1) ?? "",
          suppliedSentiment: rows.string(row: row, column: 2).map { ($0, rows.string(row: row, column: 3) ?? "0") })
      }
      var report = Report()
      report.processed = answers.count
      report.skipped = ids.count - answers.count
      guard !answers.isEmpty else { return report }
      let wide = await Self.wideRows(answers, scorer, brand)
      let written = try await session.query(questions.insert, [.text(wide.json), .boolean(isBackdated)])
      if phase.isNewOnly {
        report.factsWritten = written.integer(row: 0, column: 0) ?? 0
        return report
      }
      report.oldRowsWritten = wide.count
      if phase == .planned { return report }
      _ = try await session.query(Migration.drainNow)
      let queued = try await session.query(
        Statement(file: PackageResources.score_queued_sql), [.array(answers.map(\.id))])
      report.factsWritten = answers.count - (queued.integer(row: 0, column: 0) ?? 0)
      report.newSchemaErrors = queued.integer(row: 0, column: 1) ?? 0
      return report
    }
  }

  /// Off the loop, because it is work for the processor.
  @concurrent private static func wideRows(
    _ answers: [Answer], _ scorer: Scorer, _ brand: BrandRoster
  ) async -> (json: String, count: Int) {
    var rows = WideRows()
    for answer in answers {
      let score = scorer.score(
        answer: answer.text, for: brand.roster, brandSentiment: answer.suppliedSentiment == nil ? .computed : .supplied)
      rows.append(answer, score, competitors: brand.competitors)
    }
    let count = rows.count
    return (rows.finish(), count)
  }
}

/// The names to look for in a brand's answers.
private struct BrandRoster: Sendable {
  let id: UUIDValue
  let competitors: [Competitor]
  let roster: Roster

  init(_ id: UUIDValue, name: String, _ competitors: [Competitor]) {
    self.id = id
    self.competitors = competitors
    roster = Roster(brand: name, competitors: competitors)
  }
}

extension ScoreNow.Report {
  fileprivate mutating func add(_ other: ScoreNow.Report) {
    processed += other.processed
    skipped += other.skipped
    oldRowsWritten += other.oldRowsWritten
    factsWritten += other.factsWritten
    newSchemaErrors += other.newSchemaErrors
  }
}
