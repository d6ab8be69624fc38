import Foundation
import Rollout
import Testing

/// The promise to the outside: `docs/canary-vectors.md`, made by another implementation.
@Suite struct VectorTests {
  private struct Vector {
    let service: String
    let key: String
    let bucket: Int
  }

  private static func published() throws -> [Vector] {
    let text = try String(contentsOf: Repository.root.appending(path: "docs/canary-vectors.md"), encoding: .utf8)
    return try text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(cells.count == 4, "\(line)")
      let times = try #require(Int(cells[2]))
      return Vector(
        service: try Self.string(cells[0]), key: String(repeating: try Self.string(cells[1]), count: times),
        bucket: try #require(Int(cells[3])))
    }
  }

  private static func string(_ cell: String) throws -> String {
    try JSONDecoder().decode(String.self, from: Data(cell.dropFirst().dropLast().utf8))
  }

  @Test func agreesWithEveryPublishedVector() throws {
    let vectors = try Self.published()
    #expect(vectors.count >= 500)
    for vector in vectors {
      #expect(
        Bucket(key: vector.key, service: vector.service).number == vector.bucket,
        "\(vector.service) \(vector.key.prefix(40))")
    }
  }

  @Test func publishesTheHardKeys() throws {
    let vectors = try Self.published()
    #expect(Set(vectors.map(\.service)).isSuperset(of: Keys.services))
    #expect(vectors.contains { $0.key.isEmpty })
    #expect(vectors.contains { $0.key.utf8.count == 1_000_000 })
    #expect(vectors.contains { $0.key.unicodeScalars.contains { $0.value > 0xFFFF } })
    #expect(vectors.contains { $0.key.contains("ü") })
    #expect(vectors.count { UUID(uuidString: $0.key) != nil } >= 100)
  }
}
