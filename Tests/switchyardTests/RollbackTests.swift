import Glibc
import Synchronization
import Testing

/// A rollback while requests go on.
@Suite struct RollbackTests {
  private static let topics = "/api/brands/\(ServerDatabase.brand)/topics"
  private static let flag = "/api/admin/flags/topics"
  /// Of each process, in each round.
  private static let requestsAfter = 100
  private static let rounds = 5

  /// Answers by schema and reason, of requests that were sent before and after the rollback's answer.
  private final class Tally: Sendable {
    let isAnswered = Atomic(false)
    private let counts = Mutex((before: [String: Int](), after: [String: Int]()))

    var before: [String: Int] { counts.withLock { $0.before } }
    var after: [String: Int] { counts.withLock { $0.after } }

    func add(_ schema: String, isAfter: Bool) {
      counts.withLock { counts in
        if isAfter { counts.after[schema, default: 0] += 1 } else { counts.before[schema, default: 0] += 1 }
      }
    }
  }

  /// Asks until enough requests were sent after the rollback's answer.
  private static func ask(_ client: Client, _ tally: Tally) async throws {
    var after = 0
    while after < requestsAfter {
      try Task.checkCancellation()
      let isAfter = tally.isAnswered.load(ordering: .sequentiallyConsistent)
      tally.add(try await client.get(topics).schema, isAfter: isAfter)
      if isAfter { after += 1 }
    }
  }

  @Test("no request that is sent after a rollback's answer is read from new, by any process", arguments: [2, 4])
  func underLoad(_ count: Int) async throws {
    let database = try await ServerDatabase.make()
    for command in ["create", "backfill"] {
      let run = try await Program.run([command], in: Folder(), ["DATABASE_URL": database.url])
      #expect(run.status == 0, "\(run.printed)")
    }
    var programs: [Program] = []
    var clients: [Client] = []
    for _ in 0..<count {
      let program = try Program(
        ["serve"], in: Folder(), ["DATABASE_URL": database.url, "PORT": "0", "ADMIN_TOKEN": "t", "WORKERS": "2"])
      programs.append(program)
      clients.append(Client(try await program.address(), token: "t"))
    }
    for round in 0..<Self.rounds {
      let admin = clients[round % count]
      #expect(
        try await admin.patch(
          Self.flag, #"{"force":true,"reason":"a test","use_new_schema":true,"canary_percent":100}"#
        ).status == 200)
      let tally = Tally()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in clients {
          for _ in 0..<2 { group.addTask { try await Self.ask(client, tally) } }
        }
        try await eventually("new is read") { tally.before["new flag", default: 0] >= 20 * count }
        let answer = try await admin.post("/api/admin/rollback", #"{"reason":"test"}"#)
        tally.isAnswered.store(true, ordering: .sequentiallyConsistent)
        #expect(answer.status == 200)
        #expect(answer.headers["x-acknowledged-by"]?.split(separator: ",").count == count)
        try await group.waitForAll()
      }
      #expect(tally.after == ["old flag": 2 * count * Self.requestsAfter], "round \(round)")
    }
    for program in programs { #expect(try await program.end(after: SIGTERM) == 0) }
  }
}
