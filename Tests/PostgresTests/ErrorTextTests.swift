import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

/// No value of a row or of a request gets into an error, and so into a log or an answer.
@Suite struct ErrorTextTests {
  private static let marker = "hunter2-MARKER"

  @Test(arguments: [
    ("INSERT INTO t (a) VALUES ($1), ($1)", "23505"), ("INSERT INTO t (a, n) VALUES ($1, -1)", "23514"),
    ("INSERT INTO t (a, n) VALUES ($1, NULL)", "23502"), ("INSERT INTO t (a, other) VALUES ($1, 'x')", "23503"),
    ("SELECT $1::text::int", "22P02"), ("SELECT $1::text::uuid", "22P02"), ("SELECT $1::text::date", "22007"),
    ("SELECT $1::text::jsonb", "22P02"), ("SELECT $1::text::numeric", "22P02"),
    ("SELECT ($1::text || '')::bool", "22P02"),
    ("SELECT $1::text::inet", "22P02"), ("SELECT '' ~ ('(' || $1::text)", "2201B"),
    ("INSERT INTO t (a, short) VALUES ('a', $1::text)", "22001"),
    ("INSERT INTO t (a, range) VALUES ($1, ('[' || $1::text)::int4range)", "22P02"),
    ("SELECT 1 FROM raise($1)", "P0001"),
  ])
  func holdsNoValue(_ text: String, state: String) async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      try await pool.run(
        script: """
          CREATE TABLE t (
            a text PRIMARY KEY, n int NOT NULL DEFAULT 1 CHECK (n > 0), other text REFERENCES t, short varchar(3),
            range int4range);
          CREATE FUNCTION raise(a text) RETURNS int LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''no %'', a USING DETAIL = a, HINT = a; END'
          """)
      for name in [nil, "probe"] {
        let error = await pool.failure {
          _ = try await $0.query(Statement(name: name, text), [.text(Self.marker)])
        }
        #expect(error?.state?.description == state)
        #expect(error.map { "\($0)".contains("MARKER") } == false, "\(String(describing: error))")
      }
      let inTransaction = await pool.failure { pool in
        try await pool.transaction { _ = try await $0.query(Statement(text), [.text(Self.marker)]) }
      }
      #expect(inTransaction.map { "\($0)".contains("MARKER") } == false)
    }
  }

  @Test func namesWhatItIsAbout() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0))")
      let check = await pool.failure {
        _ = try await $0.query(Statement(name: "add", "INSERT INTO t VALUES ($1)"), [.integer(-7)])
      }
      #expect(check?.description == "add: PostgreSQL refused it with SQLSTATE 23514 (t positive)")
      let missing = await pool.failure { _ = try await $0.query(Statement("SELECT * FROM missing"), []) }
      #expect(missing?.detail?.contains("missing") == true)
    }
  }

  /// libpq would send what stands before it.
  @Test func aZeroByteIsRefusedAndNotCutOff() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop async throws in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      for text in ["\u{0}", "a\u{0}b", "a\u{0}"] {
        for bind in [Bind.text(text), .array([text])] {
          let error = await pool.failure { _ = try await $0.query(Statement("SELECT $1::text"), [bind]) }
          #expect(error?.state?.description == "22021")
        }
      }
      #expect(try await pool.value("SELECT $1::text", [.text("whole")]) == "whole")
    }
  }
}
