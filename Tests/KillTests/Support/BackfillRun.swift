import EventLoop
import Testing
import TestSupport

/// One backfill that is killed at random until its command says that it is done.
struct BackfillRun {
  /// Numbers that a sequence may skip when the server restarts (`SEQ_LOG_VALS` in PostgreSQL's source).
  private static let sequenceSkip = 32
  /// Brand rows that are copied while the rows of one result are tried one by one.
  private static let trialsMax = 20

  let ground: Ground
  let data: WideData
  let batch: Int
  let kills: [Kill]
  let isBusy: Bool
  private let isVerified: Bool
  private let dice: SeededGenerator
  private let name: String

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    let results = dice.within(300...500)
    var data = WideData(seed: dice.next(), results: results)
    for _ in 0..<dice.within(0...2) { data.longTopics.append(dice.within(1...results)) }
    for _ in 0..<dice.within(0...2) { data.unlucky.append(dice.within(1...results)) }
    self.data = data
    batch = dice.within(8...45)
    kills = Kill.some(dice.within(1...4), &dice)
    isBusy = dice.chance(3)
    isVerified = isBusy || dice.chance(3)
    self.dice = dice
  }

  func callAsFunction(_ tally: Tally) async throws {
    try await ground.reset(data)
    let keys = try await ground.server.number("SELECT count(DISTINCT collector_result_id) FROM extracted_positions")
    let writers = isBusy ? Writers(ground, data, dice) : nil
    writers?.start()
    let server = ground.server
    let crashTest = CrashTest(
      name: name, arguments: ["backfill", "--batch-size", String(batch)], ground: ground, kills: kills,
      share: { try await Journal.share(server) })
    let done: CrashTest.Kills
    do { done = try await crashTest(tally) } catch {
      await writers?.stop()
      throw error
    }
    if let writers {
      await writers.stop()
      expect(writers.unexpected, [], "writers")
      try await writers.drain()
    }
    try await judge(keys: keys, done)
  }

  private func judge(keys: Int, _ done: CrashTest.Kills) async throws {
    let server = ground.server
    expect(try await ground.mistakes(), [], "lost, doubled or stale")
    if isVerified {
      let verify = try await ground.run("verify")
      #expect(verify.isDone && verify.printed.contains(": equal"), "\(name): \(verify.printed)")
    }
    expect(
      try await server.lines("SELECT kind, state FROM switchyard.jobs WHERE state <> 'done'"), [], "jobs left behind")
    expect(
      try await server.lines("SELECT step FROM switchyard.phase_moves ORDER BY id"),
      ["backfill"] + (isVerified ? ["verify"] : []), "moves")
    expect(try await Journal.read(server).steps, [], "batches")
    if !isBusy { try await judgeWork(keys: keys, done) }
  }

  /// How much was done in all, where nobody else writes.
  ///
  /// What took effect is in the report of the job, which lives through all attempts: each result once, and none met
  /// that was there already. What did not take effect shows in the sequence of the facts' ids, which no rollback and no
  /// crash turns back: each copy of a brand row without a fact takes a number. So the numbers beyond one for each brand
  /// row are work that was lost: one batch for each kill at most; twice that where PostgreSQL refuses a row of it,
  /// because the batch is halved until the row stands alone; and that search itself costs as much, and some trials.
  private func judgeWork(keys: Int, _ done: CrashTest.Kills) async throws {
    let server = ground.server
    let reports = try await server.rows(
      """
      SELECT report ->> 'results', report ->> 'unchanged', report -> 'written' ->> 'metric_facts',
        report -> 'written' ->> 'brand_metrics', report -> 'written' ->> 'competitor_metrics',
        report -> 'written' ->> 'brand_sentiment', report -> 'written' ->> 'competitor_sentiment'
      FROM switchyard.jobs WHERE kind = 'backfill' ORDER BY id
      """)
    let tables = ["metric_facts", "brand_metrics", "competitor_metrics", "brand_sentiment", "competitor_sentiment"]
    let held = try await server.rows(
      "SELECT \(tables.map { "(SELECT count(*) FROM \($0))" }.joined(separator: ", "))")[0]
    expect(reports.first ?? [], [String(keys), "0"] + held, "the report of the job")
    // A kill after the job's end, before the command's: the next command begins a new job, which finds nothing to do.
    for report in reports.dropFirst() {
      expect(report, [String(keys), held[0]] + tables.map { _ in "0" }, "the report of a job with nothing to do")
    }
    guard reports.count == 1 else { return }
    let lost = try await server.number(
      """
      SELECT s.last_value - (SELECT count(*) FROM extracted_positions WHERE competitor_name IS NULL)
      FROM metric_facts_id_seq s
      """)
    let inBatch = try await server.number(
      """
      SELECT max(k.in_batch) FROM (
        SELECT sum(count(*) FILTER (WHERE e.competitor_name IS NULL)) OVER (
          ORDER BY e.collector_result_id ROWS \(batch - 1) PRECEDING) AS in_batch
        FROM extracted_positions e GROUP BY e.collector_result_id) k
      """)
    let allowed =
      done.count * (data.refusedKeys == 0 ? inBatch : 2 * inBatch)
      + data.refusedKeys * (2 * inBatch + Self.trialsMax) + done.restarts * Self.sequenceSkip
    #expect(
      lost >= 0 && lost <= allowed, "\(name): \(lost) copies of brand rows had no effect, \(allowed) are explained")
  }

  private func expect<Value: Equatable>(_ value: Value, _ wanted: Value, _ what: String) {
    #expect(value == wanted, "\(name): \(what)")
  }
}
