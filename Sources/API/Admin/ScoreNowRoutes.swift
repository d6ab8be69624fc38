import Cutover
import HTTP
import JSON
import Migration
import SQL
import ScoreNow
import Scoring

/// `POST /api/admin/brands/{brand_id}/score-now`
struct ScoreNowRoutes {
  private static let limits = 1...10_000
  private static let limitDefault = 100

  /// Calls that one loop works on at a time.
  private static let callsMax = 16

  private let context: APIContext
  private let calls = Calls()

  init(_ context: APIContext) { self.context = context }

  private final class Calls { var count = 0 }

  var routes: [Route] {
    [
      Route(.post, "/api/admin/brands/{brand_id}/score-now", access: .admin) { request, values in
        try await score(request, brand: values["brand_id"])
      }
    ]
  }

  private func score(_ request: Request, brand: String) async throws -> Response {
    let stopwatch = Stopwatch()
    var body = try RequestBody(request, known: ["customer_id", "limit"])
    let id = UUIDValue(brand)
    if id == nil { body.refuse("brand_id", malformed: "must be a UUID") }
    let customer = body.take("customer_id", "a UUID") { $0.string.flatMap { UUIDValue($0) } }
    if !body.has("customer_id") { body.refuse("customer_id", malformed: "is missing") }
    let limit = body.take("limit", "an integer", Self.integer) ?? Self.limitDefault
    if !Self.limits.contains(limit) {
      body.refuse("limit", impossible: "must be from \(Self.limits.lowerBound) to \(Self.limits.upperBound)")
    }
    try body.check()
    guard let id, let customer else { throw Problem(.badRequest, "The request is incomplete.") }
    let report = try await run(brand: id, customer: customer, limit: limit)
    return .json(Self.json(report, milliseconds: stopwatch.milliseconds))
  }

  /// One that is too large for us is out of range all the same.
  private static func integer(_ value: JSONValue) -> Int? {
    guard let text = value.numberText, !text.contains(where: { ".eE".contains($0) }) else { return nil }
    return Int(text) ?? .max
  }

  private func run(brand: UUIDValue, customer: UUIDValue, limit: Int) async throws -> ScoreNow.Report {
    guard calls.count < Self.callsMax else {
      throw Problem(
        .tooManyRequests, "\(Self.callsMax) score-now calls are under way; try again when one has ended.",
        headers: [.retryAfter: "1"])
    }
    calls.count += 1
    defer { calls.count -= 1 }
    let scoreNow = ScoreNow(
      scorer: context.scorer, migration: context.migrations.default, database: context.database)
    do { return try await scoreNow.run(brand: brand, customer: customer, limit: limit) } catch let refusal
      as ScoreNow.Refusal
    {
      switch refusal {
      case .unknownBrand: throw Problem(.notFound, "There is no brand \(brand).")
      case .notTheOwner:
        throw Problem.impossible([.init(field: "customer_id", detail: "does not own the brand")])
      }
    }
  }

  private static func json(_ report: ScoreNow.Report, milliseconds: Int) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    for (name, value) in [
      ("processed", report.processed), ("skipped", report.skipped), ("old_rows_written", report.oldRowsWritten),
      ("facts_written", report.factsWritten), ("new_schema_errors", report.newSchemaErrors),
      ("remaining", report.remaining), ("duration_ms", milliseconds),
    ] {
      json.key(name)
      json.integer(value)
    }
    json.endObject()
    return json.finish()
  }
}
