import Cutover
import HTTP
import JSON
import Migration
import Observability
import RowJSON
import SQL

/// How both schemas answer, side by side.
struct ComparisonRoutes {
  private static let hours = 1...SchemaComparison.hoursMax
  private static let hoursDefault = 24

  private let context: APIContext

  init(_ context: APIContext) { self.context = context }

  var routes: [Route] {
    [Route(.get, "/api/admin/comparison", access: .admin) { request, _ in try await show(request) }]
  }

  private func show(_ request: Request) async throws -> Response {
    let hours = try request.integer("hours", default: Self.hoursDefault)
    guard Self.hours.contains(hours) else {
      throw Problem.impossible([
        .init(field: "hours", detail: "must be from \(Self.hours.lowerBound) to \(Self.hours.upperBound)")
      ])
    }
    let services = try await context.store.listServices()
    let comparison = try await SchemaComparison.read(of: services, hours: hours, in: context.database)
    var json = JSONWriter()
    json.beginObject()
    json.key("since")
    json.string(comparison.since)
    json.key("services")
    json.beginArray()
    for service in comparison.services { json.service(service) }
    json.endArray()
    json.endObject()
    return .json(json.finish())
  }
}

extension JSONWriter {
  fileprivate mutating func service(_ service: SchemaComparison.Service) {
    beginObject()
    key("service")
    string(service.name)
    key("old")
    side(service.old)
    key("new")
    side(service.new)
    key("shadow_matches")
    integer(service.shadowMatches)
    key("shadow_explained")
    integer(service.shadowExplained)
    key("shadow_mismatches")
    integer(service.shadowMismatches)
    key("samples")
    array(of: service.samples)
    endObject()
  }

  private mutating func side(_ side: SchemaComparison.Side) {
    beginObject()
    key("requests")
    integer(side.requests)
    key("errors")
    integer(side.errors)
    for percent in [50, 95, 99] {
      key("p\(percent)")
      milliseconds(side.latencies.percentile(percent))
    }
    endObject()
  }

  /// With 3 decimals.
  private mutating func milliseconds(_ bucket: LatencyBucket?) {
    guard let bucket else { return null() }
    let (whole, rest) = bucket.microseconds.quotientAndRemainder(dividingBy: 1_000)
    let decimals = String(rest)
    verbatim("\(whole).\(String(repeating: "0", count: 3 - decimals.count))\(decimals)")
  }
}
