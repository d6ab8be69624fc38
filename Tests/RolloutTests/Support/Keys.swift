import Rollout

/// Many keys as they are in life, and the buckets they have in every service.
enum Keys {
  static let services = ["dashboard", "visibility", "topics", "competitors", "prompts", "keywords", "citations"]
  static let count = 100_000

  /// Half are numbered users, half look like ids: both hash as they like.
  static func key(_ index: Int) -> String {
    index % 2 == 0 ? "user-\(index)" : "0000\(index)-0000-4000-8000-000000000000"
  }

  static let buckets: [[Int]] = services.map { service in
    (0..<count).map { Bucket(key: key($0), service: service).number }
  }
}
