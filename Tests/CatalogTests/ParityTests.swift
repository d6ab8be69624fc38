import Cutover
import EventLoop
import Rollout
import Testing
import TestSupport

@Suite(.serialized) struct ParityTests {
  private static let seed: UInt64 = 21
  private static let inquiriesOfEndpoint = 205

  @Test("for every service and every set of parameters the two bodies are the same bytes")
  func bothSchemasGiveTheSameBytes() async throws {
    var world = SampleWorld.make(seed: Self.seed)
    var generator = SeededGenerator(seed: Self.seed)
    let inquiries = Inquiry.paths.flatMap {
      Inquiries.make($0, Self.inquiriesOfEndpoint, for: world, &generator)
    }
    try #require(Set(inquiries).count > 1_600)
    let initial = world
    let change = WorldChange.make(&world, &generator)
    let changed = world
    try await onLoop { loop in
      let stage = try await Stage.open(initial, on: loop)
      defer { stage.close() }
      #expect(try await stage.value("SELECT count(*) FROM mv_brand_daily_metrics") == "0")
      #expect(try await stage.dirtyCells() > 0)
      let answered = try await Self.compare(inquiries, on: stage, "never refreshed")

      try await stage.refresh()
      #expect(try await stage.value("SELECT count(*) > 500 FROM mv_brand_daily_metrics") == "t")
      #expect(try await stage.dirtyCells() == 0)
      #expect(try await Self.compare(inquiries, on: stage, "refreshed") == answered)

      try await change.apply(to: stage, changed)
      let cells = try await stage.value(
        """
        SELECT count(DISTINCT (d.brand_id, d.customer_id, d.collector_type, d.metric_date))
        FROM switchyard.brand_daily_dirty_cells d
        """)
      let dirty = try #require(cells.flatMap { Int($0) })
      let all = try #require(try await stage.value("SELECT count(*) FROM mv_brand_daily_metrics").flatMap { Int($0) })
      #expect(dirty > 20 && dirty < all / 2, "clean and dirty cells stand side by side: \(dirty), \(all)")
      #expect(try await Self.compare(inquiries, on: stage, "refreshed, then written to") != answered)
      let oracle = Oracle(world: changed)
      for inquiry in inquiries.enumerated().filter({ $0.offset % 8 == 0 }).map(\.element) {
        let body = try await stage.body(inquiry, from: .new)
        try #require(Array(body.utf8) == Array(oracle.body(inquiry).utf8), "written to: \(inquiry.label)")
      }
      print("parity: \(Set(inquiries).count) different requests, each in 3 states of the view")
    }
  }

  /// - Returns: a digest of all answers.
  private static func compare(_ inquiries: [Inquiry], on stage: Stage, _ state: String) async throws -> Int {
    var digest = Hasher()
    var withRows: [String: Int] = [:]
    for inquiry in inquiries {
      let old = Array(try await stage.body(inquiry, from: .old).utf8)
      let new = Array(try await stage.body(inquiry, from: .new).utf8)
      try #require(old == new, "seed \(seed), \(state): \(inquiry.label)")
      digest.combine(old)
      if !String(decoding: old.suffix(4), as: UTF8.self).hasSuffix(":[]}") { withRows[inquiry.path, default: 0] += 1 }
    }
    for path in Inquiry.paths {
      #expect(withRows[path, default: 0] > inquiriesOfEndpoint / 3, "most answers of \(path) must say something")
    }
    return digest.finalize()
  }
}
