import Foundation
import Synchronization
import Testing

/// A new side that goes bad under a guarded canary: the flag is off soon, and no client has seen an error.
@Suite struct GuardProcessTests {
  private static let topics = "/api/brands/\(ServerDatabase.brand)/topics"
  private static let flag = "/api/admin/flags/topics"
  private static let rule = #"{"error_rate":0.01,"latency_ratio":1.5,"mismatch_rate":0,"min_samples":50}"#

  private static let locks =
    "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'metric_facts'::regclass"

  enum Fault: String, CaseIterable {
    case wrong, failing, slow, hanging

    var script: String {
      switch self {
      case .wrong: "UPDATE brand_metrics SET visibility_index = visibility_index + 1"
      case .failing: "ALTER TABLE brand_metrics RENAME TO gone"
      case .slow:
        """
        ALTER TABLE brand_metrics RENAME TO quick;
        CREATE VIEW public.brand_metrics AS SELECT q.* FROM quick q CROSS JOIN (SELECT pg_sleep(0.05)) slow
        """
      case .hanging: "BEGIN; LOCK TABLE brand_metrics, metric_facts IN ACCESS EXCLUSIVE MODE"
      }
    }

    /// Why the guard trips.
    var cause: String {
      switch self {
      case .wrong: "mismatch_rate"
      case .failing, .hanging: "error_rate"
      case .slow: "latency_ratio"
      }
    }
  }

  @Test("the guard turns the flag off, and no client sees an error", arguments: Fault.allCases)
  func trips(_ fault: Fault) async throws {
    let database = try await TwoProcessTests.created()
    let (program, client) = try await TwoProcessTests.start(database)
    #expect(
      try await client.patch(Self.flag, #"{"force":true,"reason":"a test","use_new_schema":true,"canary_percent":100}"#)
        .status == 200)
    for _ in 0..<20 { #expect(try await client.get(Self.topics).schema == "new flag") }
    let load = Load()
    try await withThrowingTaskGroup(of: Void.self) { group in
      if fault == .hanging {
        group.addTask { try await database.run(fault.script) { load.hasEnded } }
        while try await database.value(Self.locks) == "0" { try await Task.sleep(for: .milliseconds(5)) }
      } else {
        try await database.run(fault.script)
      }
      for _ in 0..<8 {
        group.addTask {
          let client = Client(client.address)
          while !load.hasEnded {
            if try await client.get(Self.topics).status != 200 { load.fail() }
          }
        }
      }
      group.addTask {
        #expect(try await client.patch(Self.flag, #"{"guard":\#(Self.rule)}"#).status == 200)
        for _ in 0..<600 where !load.hasEnded {
          let history = try await client.get("/api/admin/flags/history").text
          if history.contains(#""by":"guard""#) { load.end() }
          try await Task.sleep(for: .milliseconds(50))
        }
        #expect(load.hasEnded, "\(fault): the flag is still on")
        load.end()
      }
      try await group.waitForAll()
    }
    #expect(load.failed == 0)
    try await eventually("the other worker has heard of it") {
      try await client.get(Self.topics).schema == "old flag"
    }
    let decisions = try await client.get("/api/admin/decisions").json()["decisions"] as? [[String: Any]] ?? []
    #expect(decisions.map { $0["decision"] as? String } == ["trip"])
    let decision = try #require(decisions.first)
    #expect(decision["cause"] as? String == fault.cause)
    let numbers = try #require(decision["numbers"] as? [String: Any])
    let bad = ["mismatch_rate": "differences", "error_rate": "failures", "latency_ratio": "slower"][fault.cause]!
    let samples = try #require(numbers[bad] as? Int)
    #expect((1...50).contains(samples), "\(fault): \(numbers)")
    if fault == .wrong { #expect(samples == 1) }
    #expect(try await program.end(after: SIGTERM) == 0)
  }

  /// What the clients see, and whether they go on.
  private final class Load: Sendable {
    private let failures = Mutex(0)
    private let isOver = Mutex(false)

    var failed: Int { failures.withLock { $0 } }
    var hasEnded: Bool { isOver.withLock { $0 } }

    func fail() { failures.withLock { $0 += 1 } }
    func end() { isOver.withLock { $0 = true } }
  }
}
