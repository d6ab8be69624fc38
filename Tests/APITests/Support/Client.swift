import API
import Catalog
import CivilTime
import Cutover
import EventLoop
import Foundation
import HTTP
import Hashing
import JSON
import Observability
import Postgres
import QueryAdapter
import Rollout
import SQL
import Scoring
import Synchronization
import TestSupport
import Testing

/// What came back.
struct Answer {
  let response: Response
  let method: Method

  var status: Int { response.status.code }
  var text: String { String(decoding: body, as: UTF8.self) }

  var body: [UInt8] {
    guard case .bytes(let bytes) = response.body else { preconditionFailure("this answer is a stream") }
    return bytes
  }

  func header(_ name: FieldName) -> String? { response.headers[name]?.text }

  /// The body, which must be one strict JSON value without white space between tokens.
  func json(_ location: SourceLocation = #_sourceLocation) throws -> JSONValue {
    #expect(isCompact(body), "\(text)", sourceLocation: location)
    return try JSONReader.read(body)
  }

  /// The body of a problem, checked to be one.
  func problem(_ expected: Int, _ location: SourceLocation = #_sourceLocation) throws -> JSONValue {
    #expect(status == expected, "\(text)", sourceLocation: location)
    #expect(header("Content-Type") == "application/problem+json", sourceLocation: location)
    let body = try json(location)
    #expect(body.names == ["type", "title", "status", "detail", "errors"], sourceLocation: location)
    #expect(body["type"]?.string == "about:blank", sourceLocation: location)
    #expect(body["title"]?.string == response.status.reasonPhrase, sourceLocation: location)
    #expect(body["status"]?.integer == expected, sourceLocation: location)
    #expect(body["detail"]?.string?.isEmpty == false, sourceLocation: location)
    for error in body["errors"]?.array ?? [] {
      #expect(error.names == ["field", "detail"], sourceLocation: location)
      #expect(error["detail"]?.string?.isEmpty == false, sourceLocation: location)
    }
    return body
  }

  /// The fields that a problem blames.
  func faults(_ expected: Int, _ location: SourceLocation = #_sourceLocation) throws -> [String] {
    try problem(expected, location)["errors"]?.array?.compactMap { $0["field"]?.string } ?? ["no errors member"]
  }
}

extension JSONValue {
  /// The names of an object's members, in order.
  var names: [String] {
    guard case .object(let members) = self else { return ["not an object"] }
    return members.map(\.name)
  }

  var number: String? { if case .number(let text) = self { text } else { nil } }
}

/// True if no white space lies outside strings.
func isCompact(_ json: [UInt8]) -> Bool {
  var isInString = false
  var isEscaped = false
  for byte in json {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
    } else if byte == UInt8(ascii: "\"") {
      isInString = true
    } else if byte <= 0x20 {
      return false
    }
  }
  return true
}

/// Asks an API of its own on the loop it lives on.
final class Client {
  static let token = "correct horse"
  static let asAdmin = "Authorization: Bearer \(token)"

  let api: API
  let pool: Pool
  let flags = FlagBox()
  let canaries = CanaryWatch()
  let metrics: ServerMetrics
  let log = LogBook()
  let ledger = ShadowLedger()
  private let settings: ConnectionSettings
  let loop: EventLoop

  init(
    _ settings: ConnectionSettings, token: String?, files: StaticFiles, waitMilliseconds: Int, on loop: EventLoop
  ) throws {
    var limits = PoolLimits(connectionsMax: 3)
    limits.waitMillisecondsMax = waitMilliseconds
    pool = Pool(settings, limits: limits, on: loop)
    self.settings = settings
    self.loop = loop
    let (pool, log) = (pool, log)
    metrics = ServerMetrics(Catalog().migrations, flags: flags, canaries: canaries, workers: 1) {
      Int(EventLoop.monotonicNanoseconds)
    }
    let meter = metrics.workers[0].requests
    let observer = ShadowObserver(ledger, meter, flags, canaries)
    let shadows = ShadowReads(
      in: pool, hasCapacity: { true }, newMillisecondsMax: nil, on: loop, judge: { await observer.judge($0, in: $1) },
      report: { observer.tell($0) })
    api = API(
      APIContext(
        migrations: Catalog().migrations,
        adapter: QueryAdapter(database: pool, flags: flags, watch: canaries, shadows: shadows),
        database: pool, operators: pool,
        store: ControlStore(database: pool, migrations: Catalog().migrations),
        propagation: FlagPropagation(pool, on: loop), scorer: Scorer(lexicon: try Self.lexicon.get()),
        adminToken: token.flatMap { Secret($0) }, files: files,
        log: Log(level: .debug, format: .text) { log.add($0) },
        metrics: metrics, meter: meter))
  }

  /// As a server does.
  func obeyingFlags(_ body: () async throws -> Void) async throws {
    let store = ControlStore(database: pool, migrations: Catalog().migrations)
    let watch = FlagWatch(store, into: flags, settings: settings, log: Log(level: .error, format: .text), on: loop)
    watch.start()
    try await watch.refresh()
    try await body()
    await watch.stop()
  }

  func get(_ target: String, _ headers: String...) async throws -> Answer { try await ask(.get, target, headers) }

  func admin(_ method: Method, _ target: String, _ body: String? = nil, _ headers: String...) async throws -> Answer {
    try await ask(method, target, [Self.asAdmin] + headers, body: body.map { Array($0.utf8) })
  }

  func post(_ target: String, _ body: String) async throws -> Answer {
    try await ask(.post, target, body: Array(body.utf8))
  }

  func ask(_ method: Method, _ target: String, _ headers: [String] = [], body: [UInt8]? = nil) async throws -> Answer {
    Answer(response: await api.respond(to: try request(method, target, headers, body: body)), method: method)
  }

  /// What the database holds: the first row's first value.
  func value(_ sql: String) async throws -> String? { try await pool.query(Statement(sql)).string(row: 0, column: 0) }

  func run(_ sql: String) async throws { try await pool.run(script: sql) }

  private static let lexicon = Result {
    let folder = repositoryRoot.appending(path: ".setup/vader/vaderSentiment")
    func text(_ name: String) throws -> String { try String(contentsOf: folder.appending(path: name), encoding: .utf8) }
    return try Lexicon(words: try text("vader_lexicon.txt"), emoji: try text("emoji_utf8_lexicon.txt"))
  }
}

/// The lines that were logged.
final class LogBook: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var text: String { lines.withLock { $0.joined() } }
}

struct NotARequest: Error { let text: String }

/// A request as the parser makes it from bytes.
func request(_ method: Method, _ target: String, _ headers: [String] = [], body: [UInt8]? = nil) throws -> Request {
  var lines = ["\(method.rawValue) \(target) HTTP/1.1", "Host: localhost"] + headers
  if let body { lines.append("Content-Length: \(body.count)") }
  var parser = RequestParser()
  let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
  guard case .request(let request) = parser.receive(bytes.span).event else { throw NotARequest(text: target) }
  return request
}

let repositoryRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// Runs `body` with a client on a loop of its own.
/// - Parameters:
///   - settings: nil: the shared database, which nobody may change.
///   - token: nil: none is configured.
///   - waitMilliseconds: how long a request may wait for a connection; long, because the machine may be busy.
func withClient(
  _ settings: ConnectionSettings? = nil, token: String? = Client.token, files: StaticFiles = StaticFiles(),
  waitMilliseconds: Int = 60_000, _ body: @escaping @Sendable (Client) async throws -> Void
) async throws {
  let settings = if let settings { settings } else { try await SampleData.shared.value }
  await Gate.clients.enter()
  do {
    try await onLoop { loop in
      let client = try Client(settings, token: token, files: files, waitMilliseconds: waitMilliseconds, on: loop)
      defer { client.pool.close() }
      try await body(client)
    }
  } catch {
    await Gate.clients.leave()
    throw error
  }
  await Gate.clients.leave()
}

/// Lets a few in at a time: hundreds of cases run at once, and PostgreSQL has not so many connections.
actor Gate {
  static let clients = Gate(places: 8)

  private var places: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) { self.places = places }

  func enter() async {
    if places > 0 { places -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  func leave() {
    if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
  }
}

extension String {
  /// A route's path with values for its variable segments.
  var concrete: String {
    let values = [
      "service": "dashboard", "brand_id": SampleData.brand, "name": "brand-metrics", "job": "refresh", "id": "1",
      "token": SampleData.unknownBrand, "organization_id": SampleData.unknownBrand, "entity_id": "1",
      "conversation_id": SampleData.unknownBrand, "suggestion_id": SampleData.unknownBrand,
    ]
    return values.reduce(self) { $0.replacing("{\($1.key)}", with: $1.value) }
  }
}
