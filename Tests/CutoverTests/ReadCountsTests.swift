import Cutover
import EventLoop
import SQL
import TestSupport
import Testing

/// Which schema answered how often, told to the database now and then.
@Suite struct ReadCountsTests {
  private static func reads(_ stage: Stage) async throws -> [[String?]] {
    try await stage.rows(
      "SELECT service, schema, requests FROM switchyard.reads WHERE day = (now() AT TIME ZONE 'UTC')::date ORDER BY 1, 2"
    )
  }

  private static func tally(_ reads: (String, String, Int)..., latest: [Int] = [900]) -> ReadTally {
    var tally = ReadTally(latest: latest)
    for (service, schema, count) in reads { tally.add(count, service: service, schema: schema) }
    return tally
  }

  @Test("what processes tell adds up by service and schema, and is told once")
  func addsUp() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let (one, other) = (ReadCounts(), ReadCounts())
      try await one.tell(ReadTally(), to: stage.pool)
      #expect(try await Self.reads(stage) == [])
      try await one.tell(Self.tally(("topics", "old", 3), ("topics", "new", 1)), to: stage.pool)
      try await other.tell(Self.tally(("topics", "old", 1), ("prompts", "new", 1)), to: stage.pool)
      try await one.tell(ReadTally(), to: stage.pool)
      #expect(
        try await Self.reads(stage) == [["prompts", "new", "1"], ["topics", "new", "1"], ["topics", "old", "4"]])
    }
  }

  @Test("what cannot be told is told the next time, with or without more of it", arguments: [0, 2])
  func toldLater(_ more: Int) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let counts = ReadCounts()
      for tally in [Self.tally(("topics", "old", 1)), ReadTally()] {
        let lost = LostDatabase(stage.pool, .inIt, 1)
        #expect(await failure { try await counts.tell(tally, to: lost) } is DatabaseError)
        #expect(try await Self.reads(stage) == [])
      }
      try await counts.tell(more > 0 ? Self.tally(("topics", "old", more)) : ReadTally(), to: stage.pool)
      try await counts.tell(ReadTally(), to: stage.pool)
      #expect(try await Self.reads(stage) == [["topics", "old", String(1 + more)]])
    }
  }

  @Test("the latency that is told is that which one request in twenty exceeds")
  func latency() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let counts = ReadCounts()
      let slow = Self.tally(("topics", "old", 1_000), latest: (1...1_000).shuffled().map { $0 * 1_000 })
      try await counts.tell(slow, to: stage.pool)
      let told = Int(try await stage.value("SELECT p95_ms FROM switchyard.foreground")!)!
      #expect((950...951).contains(told))
      try await counts.tell(Self.tally(("topics", "old", 1), latest: [7_000]), to: stage.pool)
      #expect(try await stage.rows("SELECT p95_ms FROM switchyard.foreground") == [["7"]])
    }
  }

  @Test("the status shows the sums of each day, newest first")
  func status() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.run(
        """
        INSERT INTO switchyard.reads (day, service, schema, requests)
        SELECT (now() AT TIME ZONE 'UTC')::date - ago, service, schema, requests
        FROM (VALUES (0, 'topics', 'old', 5), (0, 'prompts', 'old', 2), (0, 'topics', 'new', 1), (1, 'topics', 'new', 9),
          (30, 'topics', 'old', 4), (31, 'topics', 'old', 3), (0, 'somebody else''s', 'old', 100))
          r (ago, service, schema, requests)
        """)
      let days = try await stage.rows(
        "SELECT (now() AT TIME ZONE 'UTC')::date - ago FROM unnest('{0,1,30}'::integer[]) ago")
      let reads = try await MigrationStatus.read(Stage.migration, stage.pool).reads
      #expect(reads.map(\.day) == days.map { $0[0] })
      #expect(reads.map(\.old) == [7, 0, 4])
      #expect(reads.map(\.new) == [1, 9, 0])
    }
  }
}
