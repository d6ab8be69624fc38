import CivilTime
import EventLoop
import HTTP
import LoadTest
import Migration
import SQL

struct LoadTestCommand: Command {
  let name = "loadtest"
  let summary = "Ask a running server the same of the old and of the new schema, and compare answers and latencies."
  let options = [
    Option.migration,
    Option(name: "service", value: "NAME", help: "the service to ask (default: all of them)"),
    Option(name: "subject", value: "ID", help: "the brand, or whatever the services are about (default: all of them)"),
    Option(name: "rate", value: "N", help: "requests a second, for both schemas together (default 100)"),
    Option(name: "concurrency", value: "N", help: "connections (default 16)"),
    Option(name: "duration", value: "S", help: "seconds, without the warm-up (default 30)"),
    Option(name: "warm-up", value: "S", help: "seconds of load that is not counted before that (default 5)"),
    Option(name: "url", value: "BASE", help: "the server (default http://127.0.0.1:$PORT)"),
    Option(name: "path", value: "PATH", help: "ask only this path, of any server, without schemas and without a token"),
    Option(name: "seed", value: "N", help: "the seed of the order of requests (default: another one each time)"),
    Option(name: "json", help: "print the report as JSON"),
  ]

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    let plan = try Self.plan(options)
    let target = try Target(url: options.text("url") ?? "http://127.0.0.1:\(settings.port)")
    let subject = try Self.subject(options, settings, target)
    let host: String
    do { host = try await loop.resolve(host: target.host) } catch {
      throw LoadTestFailure(description: "there is no host \(target.host); check --url")
    }
    let groups: [LoadGroup]
    let fields: [String]
    switch subject {
    case .path(let path): (groups, fields) = ([LoadGroup(path, paths: [path])], [""])
    case .services(let migration, let services, let id, let token):
      let access = "Authorization: Bearer \(token)\r\n"
      fields = Schedule.Side.allCases.map { "\(access)X-Schema-Override: \($0.name)\r\n" }
      groups = try await LoadTestPaths(
        migration, target, host: host, fields: fields[0], seed: plan.seed, on: loop
      ).groups(services, subject: id, today: Moment.now.day)
    }
    let isPaired = fields.count == 2
    let bar = ProgressBar("load", unit: "requests")
    let run = LoadRun(
      plan, target, host: host, groups: groups, fields: fields, on: loop,
      judge: { isPaired ? Self.fault(of: $0, side: $1) : Self.fault(of: $0) }, progress: { bar.update($0, of: $1) })
    let recording = try await run.run()
    bar.finish()
    let report = Report(recording, plan, target, groups: groups.map(\.name))
    print(options.has("json") ? report.json : report.text)
    return report.isClean ? .done : .failed
  }

  private static func plan(_ options: GivenOptions) throws -> Plan {
    var random = SystemRandomNumberGenerator()
    // As many bits as every reader of JSON keeps.
    var seed = random.next() >> 11
    if let text = options.text("seed") {
      guard let given = UInt64(text) else {
        throw UsageError(description: "--seed takes a whole number from 0, not \"\(text)\"")
      }
      seed = given
    }
    let warmUp = try options.count("warm-up", default: 5, from: 0)
    return try Plan(
      rate: try options.count("rate", default: 100), concurrency: try options.count("concurrency", default: 16),
      seconds: try options.count("duration", default: 30), warmUpSeconds: warmUp, seed: seed)
  }

  private enum Subject {
    case path(String)
    case services(Migration, [String], id: String?, token: String)
  }

  private static func subject(
    _ options: GivenOptions, _ settings: Settings, _ target: Target
  ) throws -> Subject {
    if let path = options.text("path") {
      guard Target.isPath(path) else {
        throw UsageError(description: "--path begins with / and has only characters that a URL may have")
      }
      for other in ["migration", "service", "subject"] where options.has(other) {
        throw UsageError(description: "--path and --\(other) exclude each other")
      }
      return .path(path)
    }
    let migration = try options.migration(of: settings.migrations)
    let known = migration.services.map(\.name)
    let service = options.text("service")
    if let service, !known.contains(service) {
      throw UsageError(description: "there is no service \"\(service)\"; there are \(known.joined(separator: ", "))")
    }
    if let id = options.text("subject"), UUIDValue(id) == nil {
      throw UsageError(description: "--subject takes a UUID, one of GET \(migration.subject.listPath)")
    }
    return .services(
      migration, service.map { [$0] } ?? known, id: options.text("subject"), token: try token(settings, for: target))
  }

  /// The token in the file is for the server of this folder, and leaves this machine only when it is given by name.
  private static func token(_ settings: Settings, for target: Target) throws -> String {
    guard let token = settings.adminToken ?? (target.isLoopback ? StateDirectory().knownAdminToken() : nil) else {
      throw UsageError(
        description: target.isLoopback
          ? "no admin token: set ADMIN_TOKEN, or run this in the folder where the server runs; --path needs none"
          : "no admin token: set ADMIN_TOKEN to that of \(target.url); --path needs none")
    }
    guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw UsageError(description: "the admin token has characters that cannot be sent")
    }
    return token
  }

  private static func fault(of answer: Answer) -> String? {
    (200...299).contains(answer.status) ? nil : "answered \(answer.status)"
  }

  /// An answer that the other schema gave is no measurement of this one.
  private static func fault(of answer: Answer, side: Schedule.Side) -> String? {
    guard answer.status == 200 else { return "answered \(answer.status)" }
    guard answer.headers["X-Schema"] == side.name, answer.headers["X-Schema-Reason"] == "override" else {
      return "not answered by the \(side.name) schema"
    }
    return nil
  }
}

struct LoadTestFailure: Error, CustomStringConvertible {
  let description: String
}

extension Plan.Invalid: Misuse {}
extension Target.Invalid: Misuse {}
