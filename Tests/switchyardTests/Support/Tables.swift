import Catalog
import Migration

enum Tests {
  /// The old tables with one scored result.
  static let oldTables = """
    \(BrandMetrics.oldSchema.text);
    INSERT INTO customers (id, name) VALUES ('0c000000-0000-4000-8000-000000000001', 'Customer');
    INSERT INTO brands (id, customer_id, name)
    VALUES ('0b000000-0000-4000-8000-000000000001', '0c000000-0000-4000-8000-000000000001', 'Brand');
    INSERT INTO generated_queries (id, brand_id, query_text)
    VALUES ('0d000000-0000-4000-8000-000000000001', '0b000000-0000-4000-8000-000000000001', 'Which?');
    INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, raw_answer)
    VALUES ('0b000000-0000-4000-8000-000000000001', '0c000000-0000-4000-8000-000000000001',
            '0d000000-0000-4000-8000-000000000001', 'chatgpt', 'Brand');
    INSERT INTO extracted_positions (collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name,
                                     has_brand_presence, visibility_index, processed_at)
    SELECT id, brand_id, customer_id, query_id, collector_type, 'Brand', true, 70.005, '2026-01-15 12:00+00'
    FROM collector_results;
    """
}
