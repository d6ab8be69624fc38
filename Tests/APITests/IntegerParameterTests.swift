import CivilTime
import HTTP
import Migration
import QueryAdapter
import SQL
import Testing

@testable import API

@Suite("A parameter that is a whole number") struct IntegerParameterTests {
  private static let subject = Subject(
    "weather", path: "/api/weather", row: QueryPair(old: Statement(""), new: Statement("")),
    parameters: [.list("stations")])
  private static let endpoint = ServiceEndpoint(
    "/days", QueryPair(old: Statement(""), new: Statement("")),
    parameters: [.integer("limit", in: 1...1_000, default: 100)], sections: [])

  private func parameters(_ query: String) throws -> ServiceParameters {
    try ServiceParameters(
      request(.get, "/api/weather/days?\(query)"), PathValues([:]), of: Self.subject,
      Self.subject.parameters + Self.endpoint.parameters,
      today: try #require(Day("2026-03-05")))
  }

  @Test(
    "is bound and echoed; its default where it is absent",
    arguments: [("", 100), ("limit=1", 1), ("limit=1000", 1_000), ("limit=7", 7)])
  func value(query: String, limit: Int) throws {
    let parameters = try parameters(query)
    #expect(parameters.binds.map(\.text) == [nil, "\(limit)"], "the only subject has no id")
    guard case .integer(let name, let echoed)? = parameters.echo.last else {
      Issue.record("\(parameters.echo)")
      return
    }
    #expect((name, echoed) == ("limit", limit))
  }

  @Test(
    "is refused where it is none, or out of range",
    arguments: [
      ("limit=", 400), ("limit", 400), ("limit=ten", 400), ("limit=1.0", 400), ("limit=1&limit=1", 400),
      ("limit=99999999999999999999", 400), ("limit=0", 422), ("limit=1001", 422), ("limit=-1", 422),
    ])
  func fault(query: String, status: Int) throws {
    let problem = #expect(throws: Problem.self) { try parameters(query) }
    #expect(problem?.status.code == status)
    #expect(problem?.fields.map(\.field) == ["limit"])
  }
}
