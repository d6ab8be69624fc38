import TestSupport

/// Plain SQL on the new tables, as an operator or another program may write it.
struct PlainWrite: Sendable {
  let name: String
  /// Run one after the other in one transaction.
  let statements: [String]

  /// - Parameter results: ids of collector results; each write picks among those.
  static func any(_ world: World, results: [Int], _ generator: inout SeededGenerator) -> PlainWrite {
    let result = generator.pick(results)
    let fact = "(SELECT id FROM metric_facts WHERE collector_result_id = \(result))"
    let some = "collector_result_id % 7 = \(generator.below(7))"
    let ofSome = "metric_fact_id IN (SELECT id FROM metric_facts WHERE \(some))"
    let brand = generator.pick(world.brands)
    let moment = Calendar.text(microseconds: SampleWorld.moment(&generator))
    let number = Exact(generator.within(-9_999...9_999), scale: 2).text
    let again = """
      INSERT INTO metric_facts (collector_result_id, brand_id, customer_id, query_id, collector_type, processed_at)
      SELECT r.id, r.brand_id, r.customer_id, r.query_id, r.collector_type, '\(moment)' FROM collector_results r
      WHERE r.id = \(result)
      """
    let writes: [(String, [String])] = [
      ("insert a fact alone", ["\(again) ON CONFLICT DO NOTHING"]),
      (
        "insert or move a fact",
        ["\(again) ON CONFLICT (collector_result_id) DO UPDATE SET processed_at = excluded.processed_at"]
      ),
      (
        "insert a fact and its children",
        [
          "DELETE FROM metric_facts WHERE collector_result_id = \(result)", again,
          "INSERT INTO brand_metrics (metric_fact_id, visibility_index, has_brand_presence) SELECT \(fact), \(number), true",
          "INSERT INTO brand_sentiment (metric_fact_id, sentiment_label) SELECT \(fact), 'NEGATIVE'",
        ]
      ),
      (
        "insert all in one statement",
        [
          "DELETE FROM metric_facts WHERE collector_result_id = \(result)",
          "WITH f AS (\(again) RETURNING id) INSERT INTO brand_metrics (metric_fact_id, share_of_answers) SELECT id, \(number) FROM f",
        ]
      ),
      (
        "move facts in time",
        ["UPDATE metric_facts SET processed_at = processed_at + interval '1 day 1 microsecond' WHERE \(some)"]
      ),
      (
        "move a fact by a microsecond",
        [
          "UPDATE metric_facts SET processed_at = processed_at - interval '1 microsecond' WHERE collector_result_id = \(result)"
        ]
      ),
      ("move facts to another collector", ["UPDATE metric_facts SET collector_type = 'moved' WHERE \(some)"]),
      ("move facts to another customer", ["UPDATE metric_facts SET customer_id = '\(brand.customer)' WHERE \(some)"]),
      ("move facts to another brand", ["UPDATE metric_facts SET brand_id = '\(brand.id)' WHERE \(some)"]),
      (
        "move everything at once",
        [
          "UPDATE metric_facts SET brand_id = '\(brand.id)', customer_id = '\(brand.customer)', collector_type = 'all', processed_at = '\(moment)' WHERE \(some)"
        ]
      ),
      (
        "give a fact another id",
        [
          "DELETE FROM brand_metrics WHERE metric_fact_id = \(fact)",
          "DELETE FROM brand_sentiment WHERE metric_fact_id = \(fact)",
          "DELETE FROM competitor_metrics WHERE metric_fact_id = \(fact)",
          "DELETE FROM competitor_sentiment WHERE metric_fact_id = \(fact)",
          "UPDATE metric_facts SET id = id + 1000000, processed_at = '\(moment)' WHERE collector_result_id = \(result)",
        ]
      ),
      (
        "change values",
        [
          "UPDATE brand_metrics SET visibility_index = \(number), has_brand_presence = NOT has_brand_presence WHERE \(ofSome)"
        ]
      ),
      ("clear values", ["UPDATE brand_metrics SET visibility_index = NULL, share_of_answers = NULL WHERE \(ofSome)"]),
      (
        "change sentiment",
        ["UPDATE brand_sentiment SET sentiment_label = 'POSITIVE', sentiment_score = \(number) WHERE \(ofSome)"]
      ),
      (
        "hand metrics to another fact",
        [
          "DELETE FROM brand_metrics WHERE metric_fact_id = \(fact)",
          "UPDATE brand_metrics SET metric_fact_id = \(fact) WHERE id = (SELECT min(id) FROM brand_metrics) AND EXISTS (SELECT \(fact) WHERE \(fact) IS NOT NULL)",
        ]
      ),
      ("delete metrics", ["DELETE FROM brand_metrics WHERE \(ofSome)"]),
      ("delete sentiments", ["DELETE FROM brand_sentiment WHERE \(ofSome)"]),
      ("delete facts", ["DELETE FROM metric_facts WHERE collector_result_id = \(result)"]),
      (
        "delete and move in one statement",
        [
          "WITH gone AS (DELETE FROM brand_sentiment WHERE \(ofSome)) UPDATE metric_facts SET processed_at = processed_at + interval '25 hours' WHERE \(some)"
        ]
      ),
      (
        "merge",
        [
          "MERGE INTO brand_metrics m USING (SELECT id FROM metric_facts WHERE \(some)) f ON m.metric_fact_id = f.id WHEN MATCHED THEN UPDATE SET share_of_answers = \(number) WHEN NOT MATCHED THEN INSERT (metric_fact_id, visibility_index) VALUES (f.id, \(number))"
        ]
      ),
      (
        "as a replica",
        [
          "SET LOCAL session_replication_role = replica",
          "UPDATE brand_metrics SET visibility_index = \(number) WHERE \(ofSome)",
        ]
      ),
      (
        "with an empty search_path",
        ["SET LOCAL search_path = ''", "UPDATE public.metric_facts SET processed_at = '\(moment)' WHERE \(some)"]
      ),
      (
        "behind a savepoint that is given up",
        [
          "SAVEPOINT a", "UPDATE metric_facts SET collector_type = 'never' WHERE \(some)", "ROLLBACK TO a",
          "UPDATE metric_facts SET collector_type = 'ever' WHERE \(some)",
        ]
      ),
    ]
    let (name, statements) = generator.pick(writes)
    return PlainWrite(name: name, statements: statements)
  }
}
