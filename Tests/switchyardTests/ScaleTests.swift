import Testing

/// What `demo` puts into a database.
@Suite struct ScaleTests {
  @Test("--scale 3 --no-serve loads 576 results, scored, in both schemas, on days that end today")
  func counts() async throws {
    let database = try await ServerDatabase.make(isFilled: false)
    let folder = try Folder()
    let environment = ["DATABASE_URL": database.url]
    let run = try await Program.run(["demo", "--scale", "3", "--no-serve"], in: folder, environment)
    #expect(run.status == 0, "\(run.printed)")
    let counts = """
      SELECT (SELECT count(*) FROM collector_results),
        (SELECT count(*) FROM extracted_positions WHERE competitor_name IS NULL), (SELECT count(*) FROM metric_facts),
        (SELECT count(*) FROM brands), (SELECT count(*) FROM switchyard.repair_queue)
      """
    #expect(try await database.rows(counts) == [["576", "576", "576", "6", "0"]])
    #expect(
      try await database.rows(
        """
        SELECT max((processed_at AT TIME ZONE 'UTC')::date) = (now() AT TIME ZONE 'UTC')::date,
          bool_and(processed_at <= now()), min(processed_at) > now() - interval '90 days',
          bool_and(processed_at = (SELECT r.created_at FROM collector_results r WHERE r.id = f.collector_result_id))
        FROM metric_facts f
        """) == [["t", "t", "t", "t"]])
    #expect(
      try await database.value("SELECT id FROM brands WHERE name = 'Bramble & Oake'")
        == "61edf625-bf7c-877f-a1fb-3e98f591c70f")

    let again = try await Program.run(["demo", "--scale", "1", "--no-serve"], in: folder, environment)
    #expect(again.status == 0)
    #expect(try await database.rows(counts) == [["576", "576", "576", "6", "0"]], "a second time changes nothing")
  }

  @Test("tables of a user are left alone")
  func foreignTables() async throws {
    let database = try await ServerDatabase.make()
    let run = try await Program.run(["demo", "--no-serve"], in: Folder(), ["DATABASE_URL": database.url])
    #expect(run.status == 1, "\(run.printed)")
    let counts =
      "SELECT (SELECT count(*) FROM collector_results), (SELECT count(*) FROM brands), to_regclass('metric_facts')"
    #expect(try await database.rows(counts) == [["5", "1", nil]])
  }
}
