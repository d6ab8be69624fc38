import HTTP
import JSON
import Testing

@testable import API

@Suite("paths and methods")
struct RouterTests {
  @Test(
    "a path that is not there",
    arguments: [
      "/nothing", "/api", "/api/", "/api/brands/", "/api//brands", "//api/brands", "/api/brands/\(SampleData.brand)",
      "/api/brands/\(SampleData.brand)/", "/api/brands//dashboard", "/api/brands/\(SampleData.brand)/dashboard/",
      "/api/brands/\(SampleData.brand)/Dashboard", "/API/brands", "/api/brands/\(SampleData.brand)/competitors//trend",
      "/api/brands/\(SampleData.brand)/competitors/Acme", "/api/admin", "/api/admin/", "/api/admin/flags/",
      "/api/admin/flags/history/", "/api%2Fbrands", "/./api/brands", "/api/../healthz", "/healthz/", "/healthz/..",
    ])
  func unknown(path: String) async throws {
    try await withClient { client in
      for method in Method.allCases { _ = try await client.ask(method, path).problem(404) }
    }
  }

  @Test("a segment may be written with escapes")
  func escapes() async throws {
    try await withClient { client async throws in
      #expect(try await client.get("/%61pi/brand%73").status == 200)
      #expect(try await client.get("http://localhost/api/brands").status == 200)
    }
  }

  @Test("every route: the methods that its path does not know are refused with Allow, with a token or without")
  func methods() async throws {
    try await withClient { client in
      let paths = Dictionary(grouping: client.api.routes, by: \.path)
      for (path, routes) in paths {
        var known = Set(routes.map(\.method))
        if known.contains(.get) { known.insert(.head) }
        let target = path.concrete
          .replacing("{competitor_name}", with: "Acme")
        // this one is also a name that PATCH /api/admin/flags/{service} looks up
        if path == "/api/admin/flags/history" { known.insert(.patch) }
        for method in Method.allCases where !known.contains(method) {
          for headers in [[], [Client.asAdmin]] {
            let answer = try await client.ask(method, target, headers)
            _ = try answer.problem(405)
            let allowed = (answer.header("Allow") ?? "").split(separator: ", ").map(String.init)
            #expect(allowed.sorted() == known.map(\.rawValue).sorted(), "\(method) \(path)")
          }
        }
      }
      #expect(paths.count > 15)
    }
  }

  @Test("OPTIONS * is nothing here")
  func wholeServer() async throws {
    try await withClient { client in _ = try await client.ask(.options, "*").problem(404) }
  }
}
