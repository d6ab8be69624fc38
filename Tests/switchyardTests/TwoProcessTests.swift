import Foundation
import Testing

/// Two processes on one database.
@Suite struct TwoProcessTests {
  private static let topics = "/api/brands/\(ServerDatabase.brand)/topics"
  private static let flag = "/api/admin/flags/topics"

  private static func start(_ database: ServerDatabase, port: String = "0") async throws -> (Program, Client) {
    let program = try Program(
      ["serve"], in: Folder(), ["DATABASE_URL": database.url, "PORT": port, "ADMIN_TOKEN": "t", "WORKERS": "2"])
    return (program, Client(try await program.address(), token: "t"))
  }

  private static func created() async throws -> ServerDatabase {
    let database = try await ServerDatabase.make()
    for command in ["create", "backfill"] {
      let run = try await Program.run([command], in: Folder(), ["DATABASE_URL": database.url])
      #expect(run.status == 0, "\(run.printed)")
    }
    return database
  }

  @Test("a change that one makes reaches the other")
  func flagsTravel() async throws {
    let database = try await Self.created()
    let (first, a) = try await Self.start(database)
    let (second, b) = try await Self.start(database)
    let clock = ContinuousClock()
    var times: [Duration] = []
    for change in 0..<21 {
      let isOn = change % 2 == 0
      let (here, there) = change % 4 < 2 ? (a, b) : (b, a)
      let answer = try await here.patch(Self.flag, "{\"use_new_schema\":\(isOn),\"canary_percent\":100}")
      #expect(answer.status == 200)
      let begun = clock.now
      try await eventually("change \(change) arrives") {
        try await there.get(Self.topics).schema == (isOn ? "new flag" : "old flag")
      }
      times.append(clock.now - begun)
    }
    print("a flag reached the other process after \(times.sorted()[times.count / 2]), at most \(times.max()!)")
    #expect(try await a.post("/api/admin/rollback", #"{"reason":"test"}"#).status == 200)
    try await eventually("the rollback arrives") { try await b.get(Self.topics).schema == "old flag" }
    for program in [first, second] { #expect(try await program.end(after: SIGTERM) == 0) }
  }

  /// The users of a hundred who read new; nil if it does not go by a canary yet.
  private static func canary(_ client: Client) async throws -> Set<Int>? {
    var users: Set<Int> = []
    for user in 0..<100 {
      switch try await client.get(topics, ["X-User-Id": "user \(user)"]).schema {
      case "new canary": users.insert(user)
      case "old canary": break
      default: return nil
      }
    }
    return users
  }

  @Test("a canary has the same users in every process and after a restart, and only grows")
  func canaryIsSticky() async throws {
    let database = try await Self.created()
    let (first, a) = try await Self.start(database)
    let (second, b) = try await Self.start(database)
    var last: Set<Int> = []
    for percent in [10, 50, 80] {
      try await a.patch(Self.flag, "{\"use_new_schema\":true,\"canary_percent\":\(percent)}")
      // Flags follow within moments; until then a process goes by what it knew.
      var users: Set<Int> = []
      try await eventually("both go by \(percent) %") {
        guard let here = try await Self.canary(a), let there = try await Self.canary(b) else { return false }
        users = here
        return here == there && here.count > last.count
      }
      #expect(try await Self.canary(a) == users, "\(percent) %")
      #expect(users.isSuperset(of: last), "\(percent) %")
      last = users
    }
    #expect(try await first.end(after: SIGTERM) == 0)
    let (third, c) = try await Self.start(database)
    #expect(try await Self.canary(c) == last)
    for program in [second, third] { #expect(try await program.end(after: SIGTERM) == 0) }
  }

  @Test("two on one port: both are asked, and either carries on alone")
  func onePort() async throws {
    let database = try await Self.created()
    let (first, _) = try await Self.start(database)
    let port = first.port
    let (second, client) = try await Self.start(database, port: port)
    #expect(second.port == port)
    try await client.patch(Self.flag, #"{"use_new_schema":true,"canary_percent":50}"#)
    func schemas(_ user: Int) async throws -> Set<String> {
      var schemas: Set<String> = []
      // A client of its own is a connection of its own, to whichever process takes it.
      for _ in 0..<8 {
        schemas.insert(try await Client(client.address).get(Self.topics, ["X-User-Id": "user \(user)"]).schema)
      }
      return schemas
    }
    try await eventually("both know the flag") {
      for user in 0..<4 { if try await schemas(user).contains("old flag") { return false } }
      return true
    }
    for user in 0..<20 { #expect(try await schemas(user).count == 1, "user \(user)") }
    #expect(try await first.end(after: SIGTERM) == 0)
    for user in 0..<20 { #expect(try await schemas(user).count == 1, "user \(user)") }
    #expect(try await second.end(after: SIGTERM) == 0)
  }
}
