import Foundation
import HTTP
import Testing

@testable import API

@Suite("openapi.yaml and the routes")
struct OpenAPITests {
  /// `GET /path` for each operation of the document: paths stand at two blanks, their methods at four.
  private static func operations() throws -> Set<String> {
    let text = try String(contentsOf: repositoryRoot.appending(path: "openapi.yaml"), encoding: .utf8)
    var isInPaths = false
    var path = ""
    var operations: Set<String> = []
    for line in text.split(separator: "\n") {
      if line.first != " " { isInPaths = line == "paths:" }
      guard isInPaths else { continue }
      if let match = line.wholeMatch(of: #/ {2}'?(/[^:']*)'?:/#) { path = String(match.1) }
      if let match = line.wholeMatch(of: #/ {4}(get|put|post|delete|options|head|patch|trace):.*/#) {
        let isNew = operations.insert("\(match.1.uppercased()) \(path)").inserted
        #expect(isNew, "\(path) says \(match.1) once")
      }
    }
    return operations
  }

  /// Files stand for themselves at the top, and as `{file}` in the document.
  private static let files = [
    "/": "GET /", "/docs": "GET /docs", "/app.js": "GET /{file}", "/openapi.yaml": "GET /openapi.yaml",
    "/vendor/chart.min.js": "GET /vendor/{file}",
  ]

  @Test("every route is in the document, and every operation of the document is a route")
  func bothWays() async throws {
    let files = {
      var files = StaticFiles()
      for path in Self.files.keys { files.add([], at: path, named: path) }
      return files
    }()
    let documented = try Self.operations()
    try await withClient(files: files) { client in
      let served = Set(
        client.api.routes.map { route in Self.files[route.path] ?? "\(route.method.rawValue) \(route.path)" })
      #expect(served.subtracting(documented) == [], "not in the document")
      #expect(documented.subtracting(served) == [], "not served")
      #expect(client.api.routes.count == Set(client.api.routes.map { "\($0.method) \($0.path)" }).count)
    }
  }
}
