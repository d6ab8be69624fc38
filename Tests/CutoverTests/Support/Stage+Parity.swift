import Migration
import QueryAdapter
import Rollout
import SQL

extension Stage {
  /// What breaks "old minus (new plus repair queue) is empty, and new minus old is empty", by value, not only by key.
  func violations() async throws -> [String] {
    try await rows(Self.violationsText).map { $0.map { $0 ?? "NULL" }.joined(separator: " ") }
  }

  private static let violationsText = """
    SELECT 'not in new', e.collector_result_id, e.competitor_name
    FROM extracted_positions e
    LEFT JOIN metric_facts f USING (collector_result_id)
    LEFT JOIN brand_metrics bm ON bm.metric_fact_id = f.id
    LEFT JOIN brand_sentiment bs ON bs.metric_fact_id = f.id
    LEFT JOIN brand_competitors c ON c.brand_id = e.brand_id AND c.competitor_name = e.competitor_name
    LEFT JOIN competitor_metrics cm ON cm.metric_fact_id = f.id AND cm.competitor_id = c.id
    LEFT JOIN competitor_sentiment cs ON cs.metric_fact_id = f.id AND cs.competitor_id = c.id
    WHERE NOT EXISTS (SELECT FROM switchyard.repair_queue q WHERE q.key = e.collector_result_id)
      AND CASE WHEN e.competitor_name IS NULL THEN
        (e.brand_id, e.customer_id, e.query_id, e.collector_type, e.topic, e.processed_at, e.has_brand_presence,
         e.brand_first_position, e.brand_positions, e.total_brand_mentions, e.total_word_count, e.visibility_index,
         e.share_of_answers_brand, e.sentiment_label, e.sentiment_score)
        IS DISTINCT FROM
        (f.brand_id, f.customer_id, f.query_id, f.collector_type, f.topic, f.processed_at, bm.has_brand_presence,
         bm.brand_first_position, bm.brand_positions, bm.total_brand_mentions, bm.total_word_count, bm.visibility_index,
         bm.share_of_answers, bs.sentiment_label, bs.sentiment_score)
      ELSE
        (f.id IS NULL, e.competitor_positions, e.competitor_mentions, e.visibility_index_competitor,
         e.share_of_answers_competitor, e.sentiment_label_competitor, e.sentiment_score_competitor)
        IS DISTINCT FROM
        (false, cm.competitor_positions, cm.competitor_mentions, cm.visibility_index, cm.share_of_answers,
         cs.sentiment_label, cs.sentiment_score)
      END
    UNION ALL
    SELECT 'not in old', f.collector_result_id, NULL FROM metric_facts f
    WHERE NOT EXISTS (
      SELECT FROM extracted_positions e
      WHERE e.collector_result_id = f.collector_result_id AND e.competitor_name IS NULL)
    UNION ALL
    SELECT 'not in old', f.collector_result_id, c.competitor_name
    FROM competitor_metrics cm
    JOIN metric_facts f ON f.id = cm.metric_fact_id
    JOIN brand_competitors c ON c.id = cm.competitor_id
    WHERE NOT EXISTS (
      SELECT FROM extracted_positions e
      WHERE e.collector_result_id = f.collector_result_id AND e.competitor_name = c.competitor_name)
    """

  /// Paths of services whose bodies differ, or that new did not answer.
  func unequalServices(of brand: Int) async throws -> [String] {
    var unequal: [String] = []
    for question in try await questions(about: brand) {
      let old = await adapter.answer(question, override: .old)
      let new = await adapter.answer(question, override: .new)
      guard case .body(let oldBytes, Choice(.old, .override)) = old,
        case .body(let newBytes, Choice(.new, .override)) = new,
        oldBytes == newBytes
      else {
        unequal.append(question.endpoint.path)
        continue
      }
    }
    return unequal
  }

  /// How requests that insist on new are answered.
  func choices(of brand: Int) async throws -> Set<String> {
    var choices: Set<String> = []
    for question in try await questions(about: brand) {
      let answer = await adapter.answer(question, override: .new)
      if case .body(_, let choice) = answer {
        choices.insert("\(choice.schema) \(choice.reason)")
      } else {
        choices.insert("\(answer)")
      }
    }
    return choices
  }

  private var adapter: QueryAdapter { QueryAdapter(database: pool, flags: FlagBox()) }

  func questions(about brand: Int) async throws -> [Question] {
    let days = try await rows("SELECT (now() AT TIME ZONE 'UTC')::date - 2, (now() AT TIME ZONE 'UTC')::date + 2")[0]
    let id = UUIDValue.sample(brand).description
    return Self.migration.services.flatMap { service in
      service.endpoints.map { endpoint in
        let binds = (Self.migration.subject.parameters + endpoint.parameters).flatMap { parameter -> [Bind] in
          switch parameter {
          case .days: [.text(days[0]), .text(days[1])]
          case .list: [.null]
          case .choice(_, let choices): [.text(choices[0])]
          case .integer(_, _, let standard): [.integer(standard)]
          case .segment: [.text("Globex")]
          case .key, .uuid: preconditionFailure("no endpoint has one")
          }
        }
        return Question(
          migration: Self.migration, service: service, endpoint: endpoint, subject: id, binds: [.text(id)] + binds,
          echo: [], key: "")
      }
    }
  }
}
