import Cutover
import EventLoop
import SQL
import TestSupport
import Testing

@Suite struct RepairTests {
  /// Scored while dual write was off, then turned on again: `count` results in the queue.
  private static func queued(_ count: Int, on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop)
    try await stage.setDualWrite(on: false)
    try await stage.addMentions(of: 1, count: count)
    try await stage.score(1)
    try await stage.setDualWrite(on: true)
    return stage
  }

  @Test("everything that is due is repaired, in one go", arguments: [0, 1, 99, 100, 101, 200, 230])
  func drains(_ count: Int) async throws {
    try await onLoop { loop in
      let stage = try await Self.queued(count, on: loop)
      defer { stage.close() }
      #expect(try await stage.count("switchyard.repair_queue") == count)
      #expect(try await stage.repair.drain() == count)
      #expect(try await stage.count("switchyard.repair_queue") == 0)
      #expect(try await stage.count("metric_facts") == count)
      #expect(try await stage.violations() == [])
      #expect(try await stage.repair.drain() == 0)
    }
  }

  @Test("one result that is refused costs no other, and is tried again later", arguments: [0, 1, 2, 5])
  func oneIsRefused(_ place: Int) async throws {
    try await onLoop { loop in
      let stage = try await Self.queued(6, on: loop)
      defer { stage.close() }
      let key = try await stage.value("SELECT key FROM switchyard.repair_queue ORDER BY key OFFSET \(place) LIMIT 1")!
      try await stage.run("ALTER TABLE metric_facts ADD CONSTRAINT not_this CHECK (collector_result_id <> \(key))")
      #expect(try await stage.repair.drain() == 5)
      let waiting = try await stage.rows(
        "SELECT key, attempts, next_attempt_at > now(), next_attempt_at <= now() + interval '10 seconds' FROM switchyard.repair_queue"
      )
      #expect(waiting == [[key, "1", "t", "t"]])
      #expect(try await stage.repair.drain() == 0, "not due yet")
      try await stage.run("ALTER TABLE metric_facts DROP CONSTRAINT not_this")
      try await eventually("it is repaired without help", on: loop) { try await stage.repair.drain() == 1 }
      #expect(try await stage.violations() == [])
    }
  }

  @Test("however often it has failed, the next attempt is within the 30 s of the contract")
  func backsOff() async throws {
    try await onLoop { loop in
      let stage = try await Self.queued(1, on: loop)
      defer { stage.close() }
      try await stage.run("ALTER TABLE metric_facts ADD CONSTRAINT never CHECK (false)")
      for attempt in 1...12 {
        try await stage.run("UPDATE switchyard.repair_queue SET next_attempt_at = now()")
        #expect(try await stage.repair.drain() == 0)
        let row = try await stage.rows(
          "SELECT attempts, next_attempt_at > now(), next_attempt_at < now() + interval '15 seconds' FROM switchyard.repair_queue"
        )
        #expect(row == [[String(attempt), "t", "t"]])
      }
    }
  }

  @Test("it gives way to whoever holds a result, and costs no other: its entries may be what that one waits for")
  func givesWay() async throws {
    try await onLoop { loop in
      let stage = try await Self.queued(3, on: loop)
      defer { stage.close() }
      let holder = try await stage.hold(
        "SELECT FROM collector_results WHERE id = (SELECT min(key) FROM switchyard.repair_queue) FOR UPDATE", on: loop)
      var repaired: Int?
      loop.spawn { repaired = try? await stage.repair.drain() }
      try await eventually("it ends while the result is held", on: loop) { repaired != nil }
      #expect(repaired == 2)
      try await holder.commit()
      try await eventually("the last one is repaired", on: loop) { try await stage.repair.drain() == 1 }
      #expect(try await stage.violations() == [])
    }
  }

  @Test("processes that repair at once share the work, and none waits for another")
  func repairsAtOnce() async throws {
    try await onLoop { loop in
      let stage = try await Self.queued(230, on: loop)
      defer { stage.close() }
      let repaired = try await atOnce(4, on: stage.settings) { try await $0.repair.drain() }
      #expect(repaired.reduce(0, +) == 230)
      #expect(try await stage.count("switchyard.repair_queue") == 0)
      #expect(try await stage.count("metric_facts") == 230)
      #expect(try await stage.violations() == [])
    }
  }

  @Test("a result whose old rows are gone leaves the queue, and the new tables too")
  func oldRowsGone() async throws {
    try await onLoop { loop in
      let stage = try await Self.queued(2, on: loop)
      defer { stage.close() }
      try await stage.run(
        "DELETE FROM extracted_positions WHERE collector_result_id = (SELECT min(key) FROM switchyard.repair_queue)")
      // The other one; the transaction that deleted has taken its own out of the queue.
      #expect(try await stage.repair.drain() == 1)
      #expect(try await stage.count("metric_facts") == 1)
      #expect(try await stage.violations() == [])
    }
  }
}
