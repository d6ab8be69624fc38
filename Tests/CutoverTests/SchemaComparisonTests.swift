import Cutover
import EventLoop
import Observability
import SQL
import TestSupport
import Testing

/// Both schemas side by side, over whole hours, of what all processes have told.
@Suite struct SchemaComparisonTests {
  private static let hoursMax = SchemaComparison.hoursMax

  private func onStage(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await body(stage)
    }
  }

  private static func read(
    _ stage: Stage, of services: [String] = ["topics"], hours: Int = 24
  ) async throws -> SchemaComparison {
    try await SchemaComparison.read(of: services, hours: hours, in: stage.pool)
  }

  private static func latencies(_ microseconds: [Int]) -> Latencies {
    microseconds.reduce(into: Latencies()) { $0.add(in: LatencyBucket(nanoseconds: $1 * 1_000)) }
  }

  @Test("two processes' tallies are what one process would have told that answered everything")
  func merging() async throws {
    let seed = UInt64.random(in: 0...(.max))
    print("two processes: seed \(seed)")
    try await onStage { stage in
      var generator = SeededGenerator(seed: seed)
      let counts = [ReadCounts(), ReadCounts()]
      var (latencies, errors): ([ReadTally.Side: [Int]], [ReadTally.Side: Int]) = ([:], [:])
      for _ in 0..<30 {
        var tally = ReadTally()
        for _ in 0..<generator.below(4) {
          let side = ReadTally.Side(
            service: generator.pick(["topics", "prompts"]), schema: generator.pick(["old", "new"]))
          let some = (0..<generator.below(50)).map { _ in generator.within(0...(1 << generator.within(1...28))) }
          tally.add(Self.latencies(some), of: side)
          latencies[side, default: []] += some
          let failed = generator.below(3)
          tally.add(errors: failed, of: side)
          errors[side, default: 0] += failed
        }
        try await generator.pick(counts).tell(tally, to: stage.pool)
      }
      let comparison = try await Self.read(stage, of: ["topics", "prompts"])
      #expect(comparison.services.map(\.name) == ["topics", "prompts"])
      for service in comparison.services {
        for (schema, side) in [("old", service.old), ("new", service.new)] {
          let key = ReadTally.Side(service: service.name, schema: schema)
          let sorted = (latencies[key] ?? []).sorted()
          #expect(side.latencies == Self.latencies(sorted), "seed \(seed)")
          #expect(side.requests == sorted.count)
          #expect(side.errors == errors[key] ?? 0)
          for percent in [50, 95, 99] where !sorted.isEmpty {
            let exact = sorted[(percent * sorted.count - 1) / 100]
            let told = side.latencies.percentile(percent)!.microseconds
            #expect(abs(told - exact) * 32 <= exact, "p\(percent): \(told) for \(exact), seed \(seed)")
          }
        }
      }
    }
  }

  @Test("the hours are whole ones in UTC, and the running one is the last", arguments: [1, 2, 24, hoursMax])
  func hours(_ hours: Int) async throws {
    try await onStage { stage in
      // In each hour, at its first moment: another number of everything.
      try await stage.run(
        """
        CREATE TABLE hours AS
        SELECT ago, date_trunc('hour', now(), 'UTC') - ago * interval '1 hour' AS hour
        FROM generate_series(0, 200) ago;
        INSERT INTO switchyard.latencies SELECT hour, 'topics', 'old', 40, 1000 + ago FROM hours;
        INSERT INTO switchyard.read_errors SELECT hour, 'topics', 'new', 2000 + ago FROM hours;
        INSERT INTO switchyard.shadow_counts SELECT hour, 'topics', 'same', 3000 + ago FROM hours;
        INSERT INTO switchyard.shadow_counts SELECT hour, 'topics', 'different', 4000 + ago FROM hours
        """)
      func begin() async throws -> String? {
        try await stage.value(
          """
          SELECT to_char(date_bin('1 hour', now(), '2000-01-01Z') - \(hours - 1) * interval '1 hour',
                         'YYYY-MM-DD"T"HH24:00:00.000000Z')
          """)
      }
      let before = try await begin()
      let comparison = try await Self.read(stage, hours: hours)
      let after = try await begin()
      #expect([before, after].contains(comparison.since), "the hour may have ended meanwhile")
      let sums = try await stage.rows(
        """
        SELECT sum(1000 + ago), sum(2000 + ago), sum(3000 + ago), sum(4000 + ago), count(*)
        FROM hours WHERE hour >= '\(comparison.since)'
        """)[0].map { Int($0!)! }
      let service = comparison.services[0]
      #expect(
        [service.old.requests, service.new.errors, service.shadowMatches, service.shadowMismatches] == Array(sums[..<4])
      )
      if before == after { #expect((hours - 1...hours).contains(sums[4]), "\(sums[4]) hours of rows") }
    }
  }

  @Test("what was told is in the running hour's row")
  func told() async throws {
    try await onStage { stage in
      var tally = ReadTally()
      tally.add(Self.latencies([900]), of: .init(service: "topics", schema: "new"))
      tally.add(errors: 1, of: .init(service: "topics", schema: "new"))
      let ledger = ShadowLedger()
      ledger.count(service: "topics", outcome: "same")
      let hour = "date_bin('1 hour', clock_timestamp(), '2000-01-01Z')"
      let before = try await stage.value("SELECT \(hour)")
      try await ReadCounts().tell(tally, to: stage.pool)
      try await ledger.tell(stage.pool)
      let after = try await stage.value("SELECT \(hour)")
      for table in ["latencies", "read_errors", "shadow_counts"] {
        let told = try await stage.rows("SELECT hour FROM switchyard.\(table)")
        #expect(told.count == 1 && [before, after].contains(told[0][0]), "\(table)")
      }
    }
  }

  @Test("what no comparison can show is trimmed, and nothing else")
  func trim() async throws {
    try await onStage { stage in
      try await stage.run(
        """
        CREATE TABLE hours AS
        SELECT date_trunc('hour', now(), 'UTC') - ago * interval '1 hour' AS hour FROM generate_series(0, 400) ago;
        INSERT INTO switchyard.latencies SELECT hour, 'topics', 'old', 40, 1 FROM hours;
        INSERT INTO switchyard.read_errors SELECT hour, 'topics', 'new', 1 FROM hours;
        INSERT INTO switchyard.shadow_counts SELECT hour, 'topics', 'same', 1 FROM hours
        """)
      let before = try await Self.read(stage, hours: Self.hoursMax)
      try await SchemaComparison.trim(in: stage.pool)
      let after = try await Self.read(stage, hours: Self.hoursMax)
      // The oldest hour may have left the comparison meanwhile.
      let isSameHour = before.since == after.since
      for table in ["latencies", "read_errors", "shadow_counts"] {
        let kept = try await stage.count("switchyard.\(table)")
        #expect(kept == Self.hoursMax || !isSameHour && kept == Self.hoursMax - 1, "\(table)")
      }
      if isSameHour {
        #expect(after.services[0].old.latencies == before.services[0].old.latencies)
        #expect(after.services[0].new.errors == Self.hoursMax)
        #expect(after.services[0].shadowMatches == Self.hoursMax)
      }
    }
  }

  @Test("shadow reads count by what they found, each for its service; what was not compared is neither")
  func shadows() async throws {
    try await onStage { stage in
      let outcomes = ["same", "different", "old_failed", "new_failed", "both_failed", "not_comparable", "shed"]
      for _ in 0..<2 {
        let ledger = ShadowLedger()
        for (number, outcome) in outcomes.enumerated() {
          for _ in 0...number { ledger.count(service: "topics", outcome: outcome) }
          for _ in 0..<10 * (number + 1) { ledger.count(service: "prompts", outcome: outcome) }
        }
        try await ledger.tell(stage.pool)
      }
      let services = try await Self.read(stage, of: ["prompts", "citations", "topics"]).services
      #expect(services.map(\.shadowMatches) == [20, 0, 2])
      #expect(services.map(\.shadowMismatches) == [40, 0, 4])
    }
  }

  @Test("the samples are a service's last five differences, newest first")
  func samples() async throws {
    try await onStage { stage in
      let ledger = ShadowLedger()
      for number in 1...7 {
        for service in ["topics", "prompts"] where number <= 3 || service == "topics" {
          ledger.count(service: service, outcome: "different")
          ledger.keep(
            ShadowLedger.Difference(
              service: service, path: "/\(service)/\(number)", subject: "s", binds: [], parameters: "{}",
              differences: "[]"))
          try await ledger.tell(stage.pool)
        }
      }
      let services = try await Self.read(stage, of: ["prompts", "citations", "topics"]).services
      let paths = services.map { service in
        (0..<service.samples.count).map { service.samples.string(row: $0, column: 2) }
      }
      #expect(paths == [[3, 2, 1].map { "/prompts/\($0)" }, [], [7, 6, 5, 4, 3].map { "/topics/\($0)" }])
    }
  }
}
