import Foundation
import Testing

/// Two processes on one database.
@Suite struct TwoProcessTests {
  private static let topics = "/api/brands/\(ServerDatabase.brand)/topics"
  private static let flag = "/api/admin/flags/topics"

  static func start(_ database: ServerDatabase, port: String = "0") async throws -> (Program, Client) {
    let program = try Program(
      ["serve"], in: Folder(), ["DATABASE_URL": database.url, "PORT": port, "ADMIN_TOKEN": "t", "WORKERS": "2"])
    return (program, Client(try await program.address(), token: "t"))
  }

  static func created() async throws -> ServerDatabase {
    let database = try await ServerDatabase.make()
    for command in ["create", "backfill"] {
      let run = try await Program.run([command], in: Folder(), ["DATABASE_URL": database.url])
      #expect(run.status == 0, "\(run.printed)")
    }
    return database
  }

  @Test("when a change is answered, every process obeys it", arguments: [2, 4])
  func flagsTravel(_ count: Int) async throws {
    let database = try await Self.created()
    var programs: [Program] = []
    var clients: [Client] = []
    for _ in 0..<count {
      let (program, client) = try await Self.start(database)
      programs.append(program)
      clients.append(client)
    }
    let clock = ContinuousClock()
    var times: [Duration] = []
    for change in 0..<60 {
      let isOn = change % 2 == 0
      let begun = clock.now
      let answer = try await clients[change % count].patch(
        Self.flag, "{\"force\":true,\"reason\":\"a test\",\"use_new_schema\":\(isOn),\"canary_percent\":100}")
      times.append(clock.now - begun)
      #expect(answer.status == 200)
      #expect(answer.headers["x-acknowledged-by"]?.split(separator: ",").count == count)
      for client in clients {
        #expect(try await client.get(Self.topics).schema == (isOn ? "new flag" : "old flag"), "change \(change)")
      }
    }
    times.sort()
    print("\(count) processes: a change was answered after \(times[times.count / 2]), at most \(times.last!)")
    for program in programs { #expect(try await program.end(after: SIGTERM) == 0) }
  }

  @Test("a rollback waits for a process that hangs until that one reads old by itself; not for one that was killed")
  func hangs() async throws {
    let database = try await Self.created()
    let (first, a) = try await Self.start(database)
    let (hanging, b) = try await Self.start(database)
    let (killed, c) = try await Self.start(database)
    #expect(
      try await a.patch(Self.flag, #"{"force":true,"reason":"a test","use_new_schema":true,"canary_percent":100}"#)
        .status == 200)
    for client in [a, b, c] { #expect(try await client.get(Self.topics).schema == "new flag") }
    #expect(try await killed.end(after: SIGKILL) == -SIGKILL)
    hanging.send(SIGSTOP)
    let answer = try await a.post("/api/admin/rollback", #"{"reason":"test"}"#)
    #expect(answer.status == 200)
    #expect(answer.headers["x-acknowledged-by"]?.split(separator: ",").count == 1)
    #expect(answer.headers["x-lapsed"]?.split(separator: ",").count == 1, "\(answer.headers)")
    hanging.send(SIGCONT)
    for _ in 0..<50 {
      #expect(try await b.get(Self.topics).schema == "old flag")
      #expect(try await a.get(Self.topics).schema == "old flag")
    }
    for program in [first, hanging] { #expect(try await program.end(after: SIGTERM) == 0) }
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
      try await a.patch(
        Self.flag, "{\"force\":true,\"reason\":\"a test\",\"use_new_schema\":true,\"canary_percent\":\(percent)}")
      let users = try #require(try await Self.canary(a))
      #expect(try await Self.canary(b) == users, "\(percent) %")
      #expect(users.count > last.count)
      #expect(users.isSuperset(of: last), "\(percent) %")
      last = users
    }
    #expect(try await first.end(after: SIGTERM) == 0)
    let (third, c) = try await Self.start(database)
    #expect(try await Self.canary(c) == last)
    for program in [second, third] { #expect(try await program.end(after: SIGTERM) == 0) }
  }

  @Test("a comparison counts what every process has answered, also those that have ended; none of it is lost")
  func comparison() async throws {
    let database = try await Self.created()
    let (first, a) = try await Self.start(database)
    let (second, b) = try await Self.start(database)
    for _ in 0..<3 { #expect(try await a.get(Self.topics, ["X-Schema-Override": "new"]).schema == "new override") }
    for _ in 0..<5 { #expect(try await b.get(Self.topics).schema == "old flag") }
    try await database.run("ALTER TABLE metric_facts RENAME TO gone")
    for _ in 0..<2 { #expect(try await b.get(Self.topics, ["X-Schema-Override": "new"]).schema == "old fallback") }
    // At once: what has not been told yet is told before the end.
    for program in [first, second] { #expect(try await program.end(after: SIGTERM) == 0) }
    let (third, c) = try await Self.start(database)
    let answer = try await c.get("/api/admin/comparison?hours=2")
    #expect(answer.status == 200)
    let services = try #require(try answer.json()["services"] as? [[String: Any]])
    let topics = try #require(services.first { $0["service"] as? String == "topics" })
    for (schema, requests, errors) in [("old", 7, 0), ("new", 3, 2)] {
      let side = try #require(topics[schema] as? [String: Any])
      #expect(side["requests"] as? Int == requests && side["errors"] as? Int == errors, "\(answer.text)")
      #expect(try #require(side["p50"] as? Double) > 0)
    }
    #expect(try await third.end(after: SIGTERM) == 0)
  }

  @Test("two on one port: both are asked, and either carries on alone")
  func onePort() async throws {
    let database = try await Self.created()
    let (first, _) = try await Self.start(database)
    let port = first.port
    let (second, client) = try await Self.start(database, port: port)
    #expect(second.port == port)
    try await client.patch(Self.flag, #"{"force":true,"reason":"a test","use_new_schema":true,"canary_percent":50}"#)
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
