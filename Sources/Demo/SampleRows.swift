import CivilTime
import FoundationEssentials
import Hashing
import SQL

/// The sample answers as rows of the old tables, repeated as often as wished, with brands and dates that vary.
///
/// The ids are made from names, so that they are the same on every machine.
struct SampleRows {
  /// Repeats that share brands; then come new brands, of the same names, under a new customer.
  static let repeatsPerBrandSet = 20

  private let sample: SampleAnswers
  private let scale: Int
  private let now: Int
  private let firstDay: Day
  private let dayCount: Int

  /// - Parameter now: seconds since 1970. The last answers were given on this day.
  init(_ sample: SampleAnswers, scale: Int, now: Int) {
    self.sample = sample
    self.scale = scale
    self.now = now
    let days = sample.answers.compactMap { Day($0.answeredOn) }
    firstDay = days.min() ?? Day(number: 0)
    dayCount = (days.max() ?? firstDay) - firstDay + 1
  }

  private var brandSets: Range<Int> { 0..<((scale + Self.repeatsPerBrandSet - 1) / Self.repeatsPerBrandSet) }

  /// `id`, `name`
  func customers(_ set: Int) -> [[String?]] {
    sample.brands.map {
      [id("customer", $0.key, set), set == 0 ? "\($0.name) Ltd" : "\($0.name) Ltd, part \(set + 1)"]
    }
  }

  /// `id`, `customer_id`, `name`
  func brands(_ set: Int) -> [[String?]] {
    sample.brands.map { [id("brand", $0.key, set), id("customer", $0.key, set), $0.name] }
  }

  /// `brand_id`, `competitor_name`
  func competitors(_ set: Int) -> [[String?]] {
    sample.brands.flatMap { brand in brand.competitors.map { [id("brand", brand.key, set), $0] } }
  }

  /// `id`, `brand_id`, `query_text`, `topic`, `keywords`
  func queries(_ set: Int) -> [[String?]] {
    sample.prompts.map { prompt in
      [
        id("query", prompt.key, set), id("brand", prompt.brandKey, set), prompt.queryText, prompt.topic,
        Bind.array(prompt.keywords).text,
      ]
    }
  }

  /// `brand_id`, `customer_id`, `query_id`, `collector_type`, `topic`, `raw_answer`, `citations`, `created_at`
  func results(_ repetition: Int) throws -> [[String?]] {
    let set = repetition / Self.repeatsPerBrandSet
    let encoder = JSONEncoder()
    return try sample.answers.enumerated().map { index, answer in
      [
        id("brand", answer.brandKey, set), id("customer", answer.brandKey, set), id("query", answer.promptKey, set),
        answer.collectorType, answer.topic, answer.rawAnswer,
        String(decoding: try encoder.encode(answer.citations), as: UTF8.self),
        moment(of: answer, index: index, repetition),
      ]
    }
  }

  /// Each repetition turns the days a little further, within the same stretch that ends today.
  private func moment(of answer: SampleAnswers.Answer, index: Int, _ repetition: Int) -> String {
    let daysPerRepetition = 7
    let secondsBetweenAnswers = 431
    let place = (Day(answer.answeredOn) ?? firstDay) - firstDay
    let turned = (place + repetition * daysPerRepetition) % dayCount
    let day = Day(unixSeconds: now) - (dayCount - 1 - turned)
    let second = (index * secondsBetweenAnswers + repetition * 17) % 86_400
    let latest = now - day.number * 86_400
    let time = min(second, latest)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(day) \(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60))+00"
  }

  /// A version 8 UUID (RFC 9562) from SHA-256 of a name.
  private func id(_ kind: String, _ key: String, _ set: Int) -> String {
    var bytes = SHA256.hash("switchyard demo/\(kind)/\(key)/\(set)".utf8).prefix(16)
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return groups.map { String(digits.dropFirst($0.lowerBound).prefix($0.count)) }.joined(separator: "-")
  }

  /// Every row of a table, in chunks for `COPY`.
  func chunks(of table: Table) -> Chunks { Chunks(self, table, parts: table == .results ? 0..<scale : brandSets) }

  enum Table { case customers, brands, competitors, queries, results }

  struct Chunks {
    private let rows: SampleRows
    private let table: Table
    private var parts: Range<Int>

    init(_ rows: SampleRows, _ table: Table, parts: Range<Int>) {
      self.rows = rows
      self.table = table
      self.parts = parts
    }

    mutating func next() throws -> [UInt8]? {
      guard let part = parts.popFirst() else { return nil }
      let lines =
        switch table {
        case .customers: rows.customers(part)
        case .brands: rows.brands(part)
        case .competitors: rows.competitors(part)
        case .queries: rows.queries(part)
        case .results: try rows.results(part)
        }
      return CopyText.encode(lines)
    }
  }
}
