/// What a killed backfill had done, written down by PostgreSQL in the transactions that did it.
///
/// A trigger on `switchyard.jobs` keeps every checkpoint that was committed, so a line stands for one batch that took
/// effect. The product cannot keep it wrong: it does not know of it.
struct Journal {
  static let script = """
    CREATE SCHEMA journal;
    CREATE TABLE journal.batches (number BIGSERIAL, job BIGINT NOT NULL, checkpoint JSONB NOT NULL);
    CREATE FUNCTION journal.note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO journal.batches (job, checkpoint) VALUES (NEW.id, NEW.checkpoint);
      RETURN NULL;
    END $$;
    CREATE TRIGGER journal AFTER UPDATE OF checkpoint ON switchyard.jobs FOR EACH ROW WHEN (NEW.kind = 'backfill')
      EXECUTE FUNCTION journal.note()
    """

  struct Entry {
    let job: Int
    /// The last key that is copied.
    let last: Int
    let batches: Int
    let results: Int
    let total: Int
  }

  let entries: [Entry]

  static func read(_ server: OwnServer) async throws -> Journal {
    let rows = try await server.rows(
      """
      SELECT b.job, b.checkpoint ->> 'last', b.checkpoint ->> 'batches', b.checkpoint -> 'outcome' ->> 'results',
        b.checkpoint ->> 'total'
      FROM journal.batches b ORDER BY b.number
      """)
    return Journal(
      entries: rows.map { row in
        let numbers = row.map { $0.flatMap { Int($0) } ?? -1 }
        return Entry(job: numbers[0], last: numbers[1], batches: numbers[2], results: numbers[3], total: numbers[4])
      })
  }

  /// How much of the newest backfill has taken effect, from 0 to 1; nil: there is none.
  static func share(_ server: OwnServer) async throws -> Double? {
    let rows = try await server.rows(
      """
      SELECT j.checkpoint -> 'outcome' ->> 'results', j.checkpoint ->> 'total'
      FROM switchyard.jobs j WHERE j.kind = 'backfill' AND j.checkpoint IS NOT NULL ORDER BY j.id DESC LIMIT 1
      """)
    guard let row = rows.first, let done = row[0].flatMap({ Double($0) }), let total = row[1].flatMap({ Double($0) })
    else { return nil }
    return total > 0 ? done / total : 1
  }

  /// Batches that do not go on where the one before them ended: something was done twice, or skipped.
  var steps: [String] {
    var wrong: [String] = []
    for (job, entries) in Dictionary(grouping: entries, by: \.job).sorted(by: { $0.key < $1.key }) {
      if entries[0].batches != 0 { wrong.append("job \(job) begins with \(entries[0])") }
      for (before, after) in zip(entries, entries.dropFirst()) {
        if after.batches != before.batches + 1 || after.last <= before.last || after.results <= before.results {
          wrong.append("job \(job): \(before), then \(after)")
        }
      }
    }
    return wrong
  }
}
