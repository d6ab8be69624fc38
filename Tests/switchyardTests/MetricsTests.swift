import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// What a running server shows at `GET /metrics`, and the dashboard and the alerts that are made of it.
@Suite struct MetricsTests {
  private static let topics = "/api/brands/\(ServerDatabase.brand)/topics"
  /// Prometheus adds them itself.
  private static let labelsOfPrometheus: Set = ["instance", "job"]

  private static func serve(_ url: String, _ more: [String: String] = [:]) async throws -> (Program, Client) {
    let program = try Program(
      ["serve"], in: Folder(),
      ["DATABASE_URL": url, "PORT": "0", "ADMIN_TOKEN": "t", "WORKERS": "2"].merging(more) { $1 })
    return (program, Client(try await program.address(), token: "t"))
  }

  private static func scrape(_ client: Client) async throws -> ExpositionReader {
    let answer = try await client.get("/metrics")
    #expect(answer.status == 200)
    return try ExpositionReader(answer.text)
  }

  /// Of a server that has done everything: every metric there is.
  private static let everything = Task { () -> ExpositionReader in
    let database = try await ServerDatabase.make()
    for command in ["create", "backfill", "refresh", "verify"] {
      let run = try await Program.run([command], in: Folder(), ["DATABASE_URL": database.url])
      #expect(run.status == 0, "\(run.printed)")
    }
    // A job that stands at a third.
    try await database.run(
      """
      INSERT INTO switchyard.jobs (migration, kind, state, options, by, progress, owner, lease_until) VALUES
        ('brand-metrics', 'backfill', 'running', '{}', 'test', '{"done":1,"total":3,"per_second":1,"seconds_left":2}', 'x',
         now() + interval '1 hour')
      """)
    let (program, client) = try await serve(database.url, ["READ_DATABASE_URL": database.url])
    for _ in 0..<4 { #expect(try await client.get(topics).status == 200) }
    var reader = try await scrape(client)
    try await eventually("everything was sampled") {
      reader = try await scrape(client)
      return reader.families["switchyard_old_table_unread_seconds"] != nil
        && reader.value("switchyard_pool_connections", ["pool": "reads", "state": "idle"]) ?? 0 > 0
    }
    #expect(try await program.end(after: SIGTERM) == 0)
    return reader
  }

  @Test("a server tells what it knows of the database, of its processes and of itself")
  func values() async throws {
    let reader = try await Self.everything.value
    let move = ["migration": "brand-metrics"]
    #expect(reader.value("switchyard_migration_phase", ["migration": "brand-metrics", "phase": "verified"]) == 1)
    #expect(reader.samples("switchyard_migration_phase").reduce(0) { $0 + $1.value } == 1)
    #expect(reader.value("switchyard_dual_write_enabled", move) == 1)
    #expect(reader.value("switchyard_verification_equal", move) == 1)
    #expect(reader.value("switchyard_repair_queue_entries", move) == 0)
    #expect(reader.value("switchyard_dirty_cells", move) == 0)
    #expect(reader.value("switchyard_processes") == 1)
    #expect(reader.value("switchyard_flag_epoch") == 7)
    #expect(reader.value("switchyard_flag_stored_epoch") == 7)
    #expect(reader.value("switchyard_flag_lease_lapsed") == 0)
    for (kind, ratio) in [("backfill", 1.0 / 3), ("create", 1), ("verify", 1)] {
      let shown = try #require(
        reader.value("switchyard_job_progress_ratio", ["migration": "brand-metrics", "kind": kind]))
      #expect(abs(shown - ratio) < 0.001, "\(kind)")
    }
    #expect(
      reader.value(
        "switchyard_http_requests_total",
        ["service": "topics", "schema": "old", "reason": "flag", "status": "2xx"]) == 4)
    #expect(
      Set(reader.samples("switchyard_loop_lag_seconds").compactMap { $0.series.labels["loop"] }) == [
        "background", "worker-1", "worker-2",
      ])
    #expect(
      Set(reader.samples("switchyard_pool_waiting").compactMap { $0.series.labels["pool"] }) == [
        "requests", "operators", "reads", "work", "control", "metrics",
      ])
    #expect(try #require(reader.value("process_resident_memory_bytes")) > 1_048_576)
    #expect(try #require(reader.value("process_open_fds")) > 5)
    #expect(try #require(reader.value("process_max_fds")) > 5)
    #expect(try #require(reader.value("switchyard_http_connections")) >= 1)
    let began = try #require(reader.value("process_start_time_seconds"))
    #expect(abs(Date.now.timeIntervalSince1970 - began) < 600)
  }

  @Test("a database that is away: all is told that needs none of it, and how old the rest is; then it is young again")
  func databaseAway() async throws {
    let server = try await ServerDatabase.make(isFilled: false)
    let name = "test_late_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    let (program, client) = try await Self.serve(server.url(of: name))
    for _ in 0..<3 { #expect(try await client.get(Self.topics).status == 503) }
    let away = try await Self.scrape(client)
    let failed = ["service": "topics", "schema": "old", "reason": "flag", "status": "5xx"]
    #expect(away.value("switchyard_http_requests_total", failed) == 3)
    #expect(away.value("switchyard_flag_lease_lapsed") == 1)
    #expect(away.families["switchyard_repair_queue_entries"] == nil, "what is not known is not told")
    #expect(away.families["switchyard_flag_stored_epoch"] == nil)
    try await eventually("the pools say so") {
      let reader = try await Self.scrape(client)
      let open = reader.samples("switchyard_pool_connections").filter {
        ["idle", "busy", "leased"].contains($0.series.labels["state"])
      }
      return !open.isEmpty && open.allSatisfy { $0.value == 0 }
    }
    var age = 0.0
    try await eventually("a sample has failed, and the age grows") {
      let reader = try await Self.scrape(client)
      let now = try #require(reader.value("switchyard_sample_age_seconds"))
      #expect(now >= age)
      age = now
      return age > 1 && reader.value("switchyard_sample_failures_total") ?? 0 > 0
    }
    try await server.run("CREATE DATABASE \(name)")
    let late = ServerDatabase(settings: server.settings.with(database: name, statementMillisecondsMax: 60_000), url: "")
    try await late.fill()
    try await eventually("it is sampled") {
      let reader = try await Self.scrape(client)
      return reader.value("switchyard_migration_phase", ["migration": "brand-metrics", "phase": "planned"]) == 1
        && reader.value("switchyard_flag_lease_lapsed") == 0
    }
    #expect(try await program.end(after: SIGTERM) == 0)
  }

  /// Checks that an expression asks for what there is.
  private static func check(
    _ expression: String, _ reader: ExpositionReader, variables: [String: String], _ location: SourceLocation
  ) throws -> Set<String> {
    let asked = try PromQL(expression)
    var labels = labelsOfPrometheus
    for selector in asked.selectors {
      let samples = reader.samples(selector.metric)
      #expect(!samples.isEmpty, "no server shows \(selector.metric): \(expression)", sourceLocation: location)
      let own = Set(samples.flatMap { $0.series.labels.keys })
      labels.formUnion(own)
      for matcher in selector.matchers where !labelsOfPrometheus.contains(matcher.label) {
        #expect(own.contains(matcher.label), "\(selector.metric) has no \(matcher.label)", sourceLocation: location)
        if matcher.value.hasPrefix("$") {
          #expect(variables[matcher.label] == matcher.value, sourceLocation: location)
          continue
        }
        let known = Set(samples.compactMap { $0.series.labels[matcher.label] })
        let wanted = matcher.isPattern ? matcher.value.split(separator: "|").map(String.init) : [matcher.value]
        for value in wanted {
          #expect(
            known.contains(value), "\(selector.metric) has no \(matcher.label)=\(value)", sourceLocation: location)
        }
      }
    }
    #expect(
      asked.grouping.isSubset(of: labels), "\(asked.grouping.subtracting(labels)): \(expression)",
      sourceLocation: location)
    return Set(asked.selectors.map(\.metric))
  }

  @Test("every alert is made of metrics, labels and values that there are, and says how bad it is and what to do")
  func alerts() async throws {
    let reader = try await Self.everything.value
    let rules = try AlertRules(Repository.text("deploy/prometheus/alerts.yml")).rules
    #expect(rules.count >= 15)
    #expect(Set(rules.map(\.alert)).count == rules.count)
    for rule in rules {
      #expect(Set(rule.fields.keys) == ["expr", "for"], "\(rule.alert)")
      #expect(rule.fields["for"]?.wholeMatch(of: /[1-9][0-9]*[smh]/) != nil, "\(rule.alert)")
      #expect(Set(rule.labels.keys) == ["severity"], "\(rule.alert)")
      #expect(["critical", "warning", "info"].contains(rule.labels["severity"]), "\(rule.alert)")
      #expect(Set(rule.annotations.keys) == ["summary", "description"], "\(rule.alert)")
      let expression = try #require(rule.fields["expr"])
      _ = try Self.check(expression, reader, variables: [:], #_sourceLocation)
      let labels = try PromQL(expression).selectors.flatMap { reader.samples($0.metric) }.flatMap {
        $0.series.labels.keys
      }
      for mark in rule.annotations.values.flatMap({ $0.matches(of: /\{\{ \$labels\.([a-z]+) \}\}/) }) {
        #expect(Self.labelsOfPrometheus.union(labels).contains(String(mark.1)), "\(rule.alert): \(mark.1)")
      }
    }
  }

  @Test("the dashboard asks for metrics, labels and values that there are, and shows every family")
  func dashboard() async throws {
    let reader = try await Self.everything.value
    let text = try Repository.text("deploy/grafana/switchyard.json")
    let dashboard = try JSONReader.read(Array(text.utf8))
    #expect(dashboard["title"]?.string == "Switchyard" && dashboard["uid"]?.string == "switchyard")
    let list = try #require(dashboard["templating"]?["list"]?.array)
    var variables: [String: String] = [:]
    for variable in list where variable["type"]?.string == "query" {
      let name = try #require(variable["name"]?.string)
      variables[name] = "$\(name)"
      let definition = try #require(variable["definition"]?.string)
      let match = try #require(definition.wholeMatch(of: /label_values\(([a-z_]+), ([a-z]+)\)/))
      #expect(!reader.samples(String(match.1)).isEmpty && match.2 == name)
    }
    #expect(list.contains { $0["type"]?.string == "datasource" })
    let panels = try #require(dashboard["panels"]?.array)
    #expect(Set(panels.compactMap { $0["id"]?.integer }).count == panels.count)
    var shown: Set<String> = []
    var taken: Set<[Int]> = []
    for panel in panels {
      let title = try #require(panel["title"]?.string)
      let place = try ["x", "y", "w", "h"].map { try #require(panel["gridPos"]?[$0]?.integer) }
      for x in place[0]..<place[0] + place[2] {
        for y in place[1]..<place[1] + place[3] {
          #expect(x < 24 && taken.insert([x, y]).inserted, "\(title) lies on another panel")
        }
      }
      guard panel["type"]?.string != "row" else { continue }
      let targets = try #require(panel["targets"]?.array)
      #expect(!targets.isEmpty && panel["datasource"]?["uid"]?.string == "${datasource}", "\(title)")
      for target in targets {
        let expression = try #require(target["expr"]?.string)
        shown.formUnion(try Self.check(expression, reader, variables: variables, #_sourceLocation))
        let legend = try #require(target["legendFormat"]?.string)
        let grouping = try PromQL(expression).grouping
        for mark in legend.matches(of: /\{\{([a-z]+)\}\}/) where !grouping.isEmpty {
          #expect(grouping.contains(String(mark.1)), "\(title): \(legend)")
        }
      }
    }
    for (name, family) in reader.families {
      let series = family.type == "histogram" ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name]
      for name in series { #expect(shown.contains(name), "no panel shows \(name)") }
    }
  }
}
