import Foundation
import FoundationNetworking
import JSON

/// Asks a running program.
struct Client: Sendable {
  struct Answer {
    let status: Int
    let headers: [String: String]
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }
    var schema: String { "\(headers["x-schema"] ?? "none") \(headers["x-schema-reason"] ?? "none")" }

    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:]
    }
  }

  let address: String
  var token: String?
  private let session = URLSession(configuration: .ephemeral)

  init(_ address: String, token: String? = nil) {
    self.address = address
    self.token = token
  }

  func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
    try await send("GET", path, nil, headers)
  }

  @discardableResult
  func patch(_ path: String, _ body: String) async throws -> Answer { try await send("PATCH", path, body, [:]) }

  func post(_ path: String, _ body: String) async throws -> Answer { try await send("POST", path, body, [:]) }

  private func send(_ method: String, _ path: String, _ body: String?, _ headers: [String: String]) async throws
    -> Answer
  {
    var request = URLRequest(url: URL(string: address + path)!)
    request.httpMethod = method
    if let body {
      request.httpBody = Data(body.utf8)
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await session.data(for: request)
    let head = response as! HTTPURLResponse
    let fields = head.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
    return Answer(status: head.statusCode, headers: Dictionary(fields) { $1 }, body: data)
  }

  /// Paths of all services of a brand.
  static func services(of brand: String) -> [String] {
    [
      "dashboard", "visibility", "visibility?interval=week", "visibility?interval=month", "topics", "competitors",
      "competitors/Nobody/trend", "prompts", "keywords", "citations",
    ].map { "/api/brands/\(brand)/\($0)" }
  }
}
