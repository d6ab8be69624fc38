/// The raw rows of a customer's database, as Swift values: what the old tables hold, and what the oracle computes from.
struct World: Sendable {
  struct Customer: Sendable {
    let id: String
    let name: String
  }

  struct Brand: Sendable {
    let id: String
    let customer: String
    let name: String
    let competitors: [String]
  }

  struct Query: Sendable {
    let id: String
    let brand: String
    let text: String
    let topic: String?
    let keywords: [String?]
  }

  struct Metrics: Sendable {
    var visibility: Exact?
    var share: Exact?
    var label: String?
    var score: Exact?
  }

  struct Competitor: Sendable {
    let name: String
    var mentions: Int?
    var metrics: Metrics
  }

  /// A collector result and what was extracted from it: the brand's wide row and those of competitors.
  struct Result: Sendable {
    let id: Int
    var brand: String
    var customer: String
    var query: String
    var collector: String
    var topic: String?
    /// Microseconds since 1970.
    var processedAt: Int
    var citations = JSONShape.array([])
    var isPresent: Bool?
    var metrics: Metrics
    var competitors: [Competitor] = []

    var day: Int { Calendar.day(ofMicroseconds: processedAt) }
  }

  let seed: UInt64
  var customers: [Customer] = []
  var brands: [Brand] = []
  var queries: [Query] = []
  var results: [Result] = []
}
