import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import TestSupport

/// A database of its own with both schemas, and what the product offers on top of it.
struct Stage {
  let settings: ConnectionSettings
  let pool: Pool
  let loop: EventLoop
  let adapter: QueryAdapter

  static let migration = BrandMetrics.migration()

  /// Old tables with the world's rows, the control schema, the new tables; copied, never refreshed.
  static func open(
    _ world: World, on loop: EventLoop, settings: ConnectionSettings? = nil, isCopied: Bool = true
  ) async throws -> Stage {
    let stage = try await empty(on: loop, settings: settings)
    try await world.load(into: stage.pool)
    if isCopied { try await stage.backfill(97) }
    return stage
  }

  static func empty(on loop: EventLoop, settings: ConnectionSettings? = nil) async throws -> Stage {
    let settings = if let settings { settings } else { try await TestPostgres.database() }
    // Many tests at once on a small machine: to wait is no failure.
    var limits = PoolLimits(connectionsMax: 4)
    limits.waitMillisecondsMax = 60_000
    let pool = Pool(settings, limits: limits, on: loop)
    try await pool.run(script: BrandMetrics.migration().sample.oldSchema.text)
    try await ControlStore(database: pool, migrations: [migration]).prepare()
    let stage = Stage(
      settings: settings, pool: pool, loop: loop, adapter: QueryAdapter(database: pool, flags: FlagBox()))
    let isCreated = try await stage.create()
    precondition(isCreated)
    return stage
  }

  /// False: the new tables exist already.
  func create() async throws -> Bool {
    try await pool.transaction { try await Creation(Self.migration, by: Phases.Actor("test")).run(in: $0) }
  }

  /// - Parameter batchResults: nil: as many as fit the time budget.
  @discardableResult
  func backfill(_ batchResults: Int? = nil) async throws -> Backfill.Report {
    var options = Job.Options()
    options.batch_size = batchResults
    let report = try await JobRunner([Self.migration], database: pool, on: loop).run(
      .backfill, of: Self.migration, options, by: Phases.Actor("test"))
    return ControlJSON.value(report)!
  }

  func close() { pool.close() }

  func refresh() async throws { try await ViewRefresh(Self.migration, database: pool).run() }

  func run(_ text: String) async throws { _ = try await pool.query(Statement(text)) }

  /// The triggers leave it alone.
  func runUnseen(_ text: String) async throws {
    try await pool.transaction { session in
      _ = try await session.query(Statement("SET LOCAL switchyard.is_restoring = 'on'"))
      _ = try await session.query(Statement(text))
    }
  }

  /// The one value that a query gives.
  func value(_ text: String) async throws -> String? {
    try await pool.query(Statement(text)).string(row: 0, column: 0)
  }

  func dirtyCells() async throws -> Int {
    Int(try await value("SELECT count(*) FROM switchyard.brand_daily_dirty_cells") ?? "") ?? -1
  }
}

/// One request to one endpoint.
struct Inquiry: Hashable {
  let path: String
  let brand: String
  /// Days since 1970, both inclusive.
  let start: Int
  let end: Int
  let collectors: [[UInt8]]?
  let argument: [UInt8]?

  /// - Parameters are kept as bytes: Swift takes a composed and a decomposed umlaut for the same string.
  init(
    _ path: String, brand: String, from start: Int, to end: Int, collectors: [String]? = nil, argument: String? = nil
  ) {
    self.path = path
    self.brand = brand
    self.start = start
    self.end = end
    self.collectors = collectors?.map { Array($0.utf8) }
    self.argument = argument.map { Array($0.utf8) }
  }

  var collectorNames: [String]? { collectors?.map { String(decoding: $0, as: UTF8.self) } }
  var argumentText: String? { argument.map { String(decoding: $0, as: UTF8.self) } }

  var label: String {
    """
    \(path) of \(brand), \(Calendar.text(day: start)) to \(Calendar.text(day: end)), collectors \
    \(collectorNames.map { "\($0)" } ?? "all"), argument \(argumentText ?? "none")
    """
  }

  /// As the API asks it.
  var question: Question {
    let (service, endpoint) = Self.endpoints[path]!
    let (first, last) = (Calendar.text(day: start), Calendar.text(day: end))
    var binds: [Bind] = [.text(brand), .text(first), .text(last), .array(collectorNames)]
    var echo: [Question.Echo] = [.text("start", first), .text("end", last), .list("collectors", collectorNames)]
    precondition(argument == nil || !endpoint.parameters.isEmpty)
    for parameter in endpoint.parameters {
      switch parameter {
      case .choice(let name, _), .segment(let name):
        binds.append(.text(argumentText))
        echo.append(.text(name, argumentText!))
      case .days, .list, .integer, .key, .uuid: preconditionFailure("\(path) has no such parameter of its own")
      }
    }
    return Question(
      migration: Stage.migration, service: service, endpoint: endpoint, subject: brand, binds: binds, echo: echo,
      key: brand)
  }

  static let trendPath = "/competitors/{competitor_name}/trend"
  static let paths = [
    "/dashboard", "/visibility", "/topics", "/competitors", trendPath, "/prompts", "/keywords", "/citations",
  ]

  private static let endpoints = Dictionary(
    uniqueKeysWithValues: Stage.migration.services.flatMap { service in
      service.endpoints.map { ($0.path, (service, $0)) }
    })
}

extension Stage {
  /// The body that one schema gives, as text. A fallback is not an answer of the new schema.
  func body(_ inquiry: Inquiry, from schema: Schema) async throws -> String {
    let answer = await adapter.answer(inquiry.question, override: schema)
    guard case .body(let bytes, Choice(schema, .override)) = answer else {
      throw Unexpected(inquiry: inquiry, answer: answer)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  struct Unexpected: Error, CustomStringConvertible {
    let inquiry: Inquiry
    let answer: QueryAdapter.Answer

    var description: String { "\(inquiry.label): \(answer)" }
  }
}
