import Cutover
import EventLoop
import Observability
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

  /// - Parameter microseconds: of each request of the first side, in turns; of the others the first.
  private static func tally(
    _ reads: (String, String, Int)..., errors: (String, String, Int)..., microseconds: [Int] = [900]
  ) -> ReadTally {
    var tally = ReadTally()
    for (service, schema, count) in reads {
      var latencies = Latencies()
      for number in 0..<count {
        latencies.add(in: LatencyBucket(nanoseconds: microseconds[number % microseconds.count] * 1_000))
      }
      tally.add(latencies, of: .init(service: service, schema: schema))
    }
    for (service, schema, count) in errors { tally.add(errors: count, of: .init(service: service, schema: schema)) }
    return tally
  }

  private static func latencies(_ stage: Stage) async throws -> [[String?]] {
    try await stage.rows("SELECT service, schema, bucket, requests FROM switchyard.latencies ORDER BY 1, 2, 3")
  }

  private static func errors(_ stage: Stage) async throws -> [[String?]] {
    try await stage.rows("SELECT service, schema, errors FROM switchyard.read_errors ORDER BY 1, 2")
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
      let sums = [["prompts", "new", "1"], ["topics", "new", "1"], ["topics", "old", "4"]]
      #expect(try await Self.reads(stage) == sums)
      let bucket = String(LatencyBucket(nanoseconds: 900_000).number)
      #expect(try await Self.latencies(stage) == sums.map { [$0[0], $0[1], bucket, $0[2]] })
      #expect(try await Self.errors(stage) == [])
    }
  }

  @Test("what cannot be told is told the next time, with or without more of it", arguments: [0, 2])
  func toldLater(_ more: Int) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let counts = ReadCounts()
      func some(_ count: Int) -> ReadTally {
        Self.tally(("topics", "old", count), errors: ("topics", "old", count), ("topics", "new", count * 3))
      }
      for tally in [some(1), ReadTally()] {
        let lost = LostDatabase(stage.pool, .inIt, 1)
        #expect(await failure { try await counts.tell(tally, to: lost) } is DatabaseError)
        #expect(try await Self.reads(stage) == [])
        #expect(try await Self.latencies(stage) == [])
      }
      try await counts.tell(some(more), to: stage.pool)
      try await counts.tell(ReadTally(), to: stage.pool)
      let all = String(1 + more)
      #expect(try await Self.reads(stage) == [["topics", "old", all]])
      let bucket = String(LatencyBucket(nanoseconds: 900_000).number)
      #expect(try await Self.latencies(stage) == [["topics", "old", bucket, all]])
      #expect(
        try await Self.errors(stage) == [["topics", "new", String(3 * (1 + more))], ["topics", "old", all]])
    }
  }

  @Test("the latency that is told is that which one request in twenty exceeds")
  func latency() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let counts = ReadCounts()
      // Half of them are of another side.
      var slow = Self.tally(("topics", "old", 500), microseconds: (1...500).map { $0 * 1_000 })
      slow.merge(Self.tally(("topics", "new", 500), microseconds: (501...1_000).map { $0 * 1_000 }))
      let lost = LostDatabase(stage.pool, .inIt, 1)
      #expect(await failure { try await counts.tell(slow, to: lost) } is DatabaseError)
      try await counts.tell(slow, to: stage.pool)
      let told = Int(try await stage.value("SELECT p95_ms FROM switchyard.foreground")!)!
      #expect(told == LatencyBucket(nanoseconds: 950_000_000).microseconds / 1_000)
      #expect(abs(told - 950) * 32 <= 950)
      try await counts.tell(Self.tally(("topics", "old", 1), microseconds: [7_000]), to: stage.pool)
      #expect(try await stage.rows("SELECT p95_ms FROM switchyard.foreground") == [["7"]])
      try await counts.tell(Self.tally(errors: ("topics", "new", 1)), to: stage.pool)
      #expect(try await stage.rows("SELECT p95_ms FROM switchyard.foreground") == [["7"]], "nothing was answered")
      let late = Self.tally(("topics", "old", 1), microseconds: [90_000])
      #expect(await failure { try await counts.tell(late, to: LostDatabase(stage.pool, .inIt, 1)) } is DatabaseError)
      try await counts.tell(Self.tally(("topics", "old", 1), microseconds: [5_000]), to: stage.pool)
      #expect(try await stage.rows("SELECT p95_ms FROM switchyard.foreground") == [["4"]], "of late, not of before")
    }
  }

  @Test("eight processes that tell of the same at once lose nothing")
  func atTheSameTime() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let stage = try await Stage.join(settings, on: loop)
      defer { stage.close() }
      try await stage.store.prepare()
    }
    let times = 20
    _ = try await atOnce(8, on: settings) { stage in
      let counts = ReadCounts()
      for time in 0..<times {
        try await counts.tell(
          Self.tally(
            ("topics", "old", 6), ("topics", "new", 6), ("prompts", "old", 6), errors: ("topics", "old", 1),
            ("topics", "new", 1), ("prompts", "new", 1), microseconds: [900, 1_900, 2_900 + time]), to: stage.pool)
      }
    }
    try await onLoop { loop in
      let stage = try await Stage.join(settings, on: loop)
      defer { stage.close() }
      let sums = try await stage.rows(
        "SELECT service, schema, sum(requests) FROM switchyard.latencies GROUP BY 1, 2 ORDER BY 1, 2")
      let all = String(8 * times * 6)
      #expect(sums == [["prompts", "old", all], ["topics", "new", all], ["topics", "old", all]])
      #expect(try await Self.reads(stage) == sums)
      let failed = String(8 * times)
      #expect(
        try await Self.errors(stage) == [
          ["prompts", "new", failed], ["topics", "new", failed], ["topics", "old", failed],
        ])
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
