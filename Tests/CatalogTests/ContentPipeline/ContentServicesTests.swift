import EventLoop
import Migration
import QueryAdapter
import Rollout
import Testing
import TestSupport

@Suite(.serialized) struct ContentServicesTests {
  private static let days = [
    "0001-01-01", "2025-06-01", "2025-06-14", "2025-06-15", "2025-06-16", "2025-06-22", "2025-06-23", "2025-12-31",
    "9999-12-31",
  ]
  private static let generators = ["a", "b", "B", "", "zz", "é ü 🙂"]

  private static func given(to parameter: Parameter, _ random: inout SeededGenerator) -> StageQuestion.Given {
    switch parameter {
    case .days:
      let days = [random.pick(days), random.pick(days)].sorted()
      return .days(days[0], days[1])
    case .list(let name):
      return .list(name, random.chance(2) ? nil : random.some(0...3, of: generators))
    case .choice(let name, let choices): return .text(name, random.pick(choices))
    case .integer(let name, _, let standard): return .integer(name, random.pick([1, 2, 5, standard]))
    case .segment, .key, .uuid: preconditionFailure("no endpoint has one")
    }
  }

  @Test("every service gives the same bytes from both schemas, whatever is asked and whatever was changed before")
  func sameBytes() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      var change = ContentChange(keys: 40, seed: seed)
      var bodies: [String: Set<String>] = [:]
      for round in 0..<5 {
        try await stage.runUnseen(round == 0 ? change.fill(550) : change.some(150))
        try await stage.backfill()
        for service in stage.migration.services {
          for endpoint in service.endpoints {
            for _ in 0..<12 {
              let question = StageQuestion(
                service: service, endpoint: endpoint,
                given: endpoint.parameters.map { Self.given(to: $0, &change.random) })
              let old = try await stage.body(question, from: .old)
              let new = try await stage.body(question, from: .new)
              #expect(Array(old.utf8) == Array(new.utf8), "seed \(seed), round \(round): \(question.label)")
              bodies[endpoint.path, default: []].insert(old)
            }
          }
        }
      }
      #expect(bodies.count == 5)
      for (path, bodies) in bodies { #expect(bodies.count > 15, "\(path)") }
    }
  }

  @Test("while a decision awaits repair, the old schema answers")
  func fallsBack() async throws {
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      let question = StageQuestion(
        service: stage.migration.services[0], endpoint: stage.migration.services[0].endpoints[0],
        given: [.text("status", "posted"), .integer("limit", 5)])
      try await stage.run(
        "BEGIN ISOLATION LEVEL REPEATABLE READ",
        "INSERT INTO content.content_metadata (decision_id, content, status) VALUES (1, 'x', 'posted')", "COMMIT")
      #expect(try await stage.queued().keys.sorted() == [1])
      let answer = await stage.adapter.answer(question.asked(of: stage.migration), override: .new)
      guard case .body(let bytes, let choice) = answer else { return #expect(Bool(false), "\(answer)") }
      #expect(choice == Choice(.old, .fallback))
      #expect(String(decoding: bytes, as: UTF8.self).contains("\"decision_id\":1"))
      try await stage.repair()
      #expect(try await stage.body(question, from: .new) == String(decoding: bytes, as: UTF8.self))
    }
  }
}
