/// One row of the wide table, with every column that the mapping speaks of. Values are kept as they are written.
struct WideRow: Sendable {
  var id: Int
  var result: Int
  var brand: String
  var customer: String
  var query: String
  var collector: String
  var topic: String?
  var competitor: String?
  var isPresent: Bool?
  var firstPosition: Int?
  var positions: [Int]?
  var mentions: Int?
  var words: Int?
  /// Numbers as text, `NaN` and infinities among them.
  var visibility: String?
  var share: String?
  var score: String?
  var label: String?
  /// JSON.
  var positive: String?
  var negative: String?
  var metadata: String?
  /// Microseconds since 1970.
  var processedAt: Int
  var createdAt: Int

  static let columns = """
    id, collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, competitor_name, \
    has_brand_presence, brand_first_position, total_word_count, metadata, processed_at, created_at, brand_positions, \
    total_brand_mentions, visibility_index, share_of_answers_brand, sentiment_score, sentiment_label, \
    sentiment_positive_sentences, sentiment_negative_sentences, competitor_positions, competitor_mentions, \
    visibility_index_competitor, share_of_answers_competitor, sentiment_score_competitor, sentiment_label_competitor, \
    sentiment_positive_sentences_competitor, sentiment_negative_sentences_competitor
    """

  var cells: [String?] {
    let common: [String?] = [
      String(id), String(result), brand, customer, query, collector, topic, "name", competitor,
      isPresent.map { $0 ? "t" : "f" }, firstPosition.map(String.init), words.map(String.init), metadata,
      Calendar.text(microseconds: processedAt), Calendar.text(microseconds: createdAt),
    ]
    let own: [String?] = [
      positions.map { "{\($0.map(String.init).joined(separator: ","))}" }, mentions.map(String.init), visibility, share,
      score, label, positive, negative,
    ]
    let other = [String?](repeating: nil, count: own.count)
    return common + (competitor == nil ? own + other : other + own)
  }
}
