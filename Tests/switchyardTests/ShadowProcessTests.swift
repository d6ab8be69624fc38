import Foundation
import Synchronization
import TestSupport
import Testing

/// Shadow reads of a running server.
@Suite struct ShadowProcessTests {
  private static let services = [
    "dashboard", "visibility", "topics", "competitors", "prompts", "keywords", "citations",
  ]

  private static func serve(_ database: ServerDatabase, workers: Int) async throws -> (Program, Client) {
    let program = try Program(
      ["serve"], in: Folder(),
      [
        "DATABASE_URL": database.url, "PORT": "0", "ADMIN_TOKEN": "t", "WORKERS": "\(workers)",
        "REFRESH_INTERVAL_S": "1",
      ])
    return (program, Client(try await program.address(), token: "t"))
  }

  private static func run(_ commands: [[String]], _ database: ServerDatabase) async throws {
    for command in commands {
      let run = try await Program.run(command, in: Folder(), ["DATABASE_URL": database.url])
      #expect(run.status == 0, "\(command): \(run.printed)")
    }
  }

  /// What came of the requests, of all services.
  private static func outcomes(_ client: Client) async throws -> [String: Int] {
    let reader = try ExpositionReader(try await client.get("/metrics").text)
    return reader.samples("switchyard_shadow_total").reduce(into: [:]) { counts, sample in
      guard sample.value > 0 else { return }
      counts[sample.series.labels["outcome"] ?? "", default: 0] += Int(sample.value)
    }
  }

  @Test("a new side that hangs holds up no request, and what waits to be compared is bounded")
  func hangs() async throws {
    let database = try await ServerDatabase.make()
    try await Self.run([["create"], ["backfill"]], database)
    let (program, client) = try await Self.serve(database, workers: 1)
    #expect(try await client.patch("/api/admin/flags/topics", #"{"shadow_percent":100}"#).status == 200)
    let lock = try await Lock.take("metric_facts", of: database)
    let count = 300
    // One that is compared, and the queue.
    let waitingMax = 65
    for asked in 1...count {
      #expect(try await client.get("/api/brands/\(ServerDatabase.brand)/topics").schema == "old flag")
      guard asked % 50 == 0 else { continue }
      let told = try await Self.outcomes(client).values.reduce(0, +)
      #expect(asked - told <= waitingMax, "\(told) of \(asked)")
    }
    #expect(try await Self.outcomes(client)["shed", default: 0] > 0)
    await lock.release()
    try await eventually("nothing is left") { try await Self.outcomes(client).values.reduce(0, +) == count }
    #expect(try await client.get("/api/brands/\(ServerDatabase.brand)/topics").schema == "old flag")
    try await eventually("it is compared again") { try await Self.outcomes(client)["same", default: 0] > 0 }
    #expect(try await Self.outcomes(client)["different"] == nil)
    #expect(try await program.end(after: SIGTERM) == 0)
  }

  /// Counted by all who ask and write.
  private final class Progress: Sendable {
    let isOver = Atomic(false)
    let written = Atomic(0)
    let scored = Atomic(0)
  }

  @Test("paired reads while results are scored, scored again, changed, moved and deleted: the same")
  func underWrites() async throws {
    let seed = UInt64.random(in: 0..<1_000_000_000)
    print("paired reads under writes: seed \(seed)")
    let database = try await ServerDatabase.make(isFilled: false)
    try await database.run(Repository.text("Sources/Catalog/BrandMetrics/sql/old_schema.sql"))
    try await database.run(ShadowTraffic.data)
    try await Self.run([["create"], ["backfill"], ["refresh"]], database)
    let (program, client) = try await Self.serve(database, workers: 2)
    for service in Self.services {
      let fields = #"{"force":true,"reason":"a test","use_new_schema":true,"canary_percent":50,"shadow_percent":100}"#
      #expect(try await client.patch("/api/admin/flags/\(service)", fields).status == 200)
    }
    let progress = Progress()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<4 {
        group.addTask {
          var traffic = ShadowTraffic(seed: seed + UInt64(lane))
          // Seldom enough that most brands have nothing to repair.
          var turn = 0
          while !progress.isOver.load(ordering: .relaxed) {
            try Task.checkCancellation()
            turn += 1
            let answer = try await client.get(traffic.path())
            #expect(answer.status == 200, "\(answer.text)")
            guard turn % 20 == 0 else { continue }
            try await database.run(traffic.script())
            progress.written.add(1, ordering: .relaxed)
            guard turn % 60 == 0 else { continue }
            let brand = traffic.brand()
            let scored = try await client.post(
              "/api/admin/brands/\(brand)/score-now", "{\"customer_id\":\"\(brand)\"}")
            #expect(scored.status == 200, "\(scored.text)")
            progress.scored.add(try scored.json()["processed"] as? Int ?? 0, ordering: .relaxed)
          }
        }
      }
      try await eventually("enough is compared", seconds: 90) {
        try await Self.outcomes(client)["same", default: 0] >= 800
          && progress.scored.load(ordering: .relaxed) >= 5
      }
      progress.isOver.store(true, ordering: .relaxed)
      try await group.waitForAll()
    }
    let outcomes = try await Self.outcomes(client)
    print("paired reads under \(progress.written.load(ordering: .relaxed)) writes: \(outcomes)")
    #expect(Set(outcomes.keys).isSubset(of: ["same", "not_comparable", "shed"]), "seed \(seed): \(outcomes)")
    for service in Self.services {
      let list = try await client.get("/api/admin/shadow/\(service)/differences").text
      #expect(list == #"{"differences":[]}"#, "seed \(seed)")
    }
    #expect(try await program.end(after: SIGTERM) == 0)
  }
}
