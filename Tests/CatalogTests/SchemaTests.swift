import Catalog
import Cutover
import EventLoop
import Migration
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct SchemaTests {
  /// The role of the test server is named `switchyard`, so its first schema is the control plane's.
  @Test("the new tables stand beside the old ones, whoever makes them")
  func newTablesStandBesideTheOldOnes() async throws {
    try await onLoop { loop in
      let stage = try await Stage.empty(on: loop)
      defer { stage.close() }
      #expect(try await stage.value("SELECT current_user") == "switchyard")
      let places = try await stage.value(
        """
        SELECT string_agg(n.nspname || '.' || c.relname, ' ' ORDER BY c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname IN ('extracted_positions', 'metric_facts', 'brand_metrics', 'competitor_metrics',
          'brand_sentiment', 'competitor_sentiment', 'mv_brand_daily_metrics')
        """)
      #expect(
        places == """
          public.brand_metrics public.brand_sentiment public.competitor_metrics public.competitor_sentiment \
          public.extracted_positions public.metric_facts public.mv_brand_daily_metrics
          """)
    }
  }

  @Test("a second creation changes nothing")
  func createsOnce() async throws {
    try await onLoop { loop in
      let stage = try await Stage.empty(on: loop)
      defer { stage.close() }
      let relations =
        "SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
      let before = try await stage.value(relations)
      #expect(try await stage.create() == false)
      #expect(try await stage.value(relations) == before)
    }
  }

  @Test("the columns that the contract adds are there, and the two generated ones follow their sources")
  func addedColumns() async throws {
    let world = SampleWorld.make(seed: 51, resultsPerBrand: 20)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      let types = try await stage.value(
        """
        SELECT string_agg(concat_ws(' ', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'required' END, CASE a.attgenerated WHEN 's' THEN 'generated' END,
            pg_get_expr(d.adbin, d.adrelid)), '; ' ORDER BY a.attrelid::regclass::text, a.attname)
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
        WHERE (a.attrelid::regclass::text, a.attname) IN (('metric_facts', 'metadata'), ('brand_metrics', 'product_mentions'),
          ('competitor_metrics', 'product_mentions'), ('competitor_metrics', 'first_position'),
          ('competitor_metrics', 'has_presence'))
        """)
      #expect(
        types == """
          brand_metrics product_mentions integer required 0; \
          competitor_metrics first_position integer generated competitor_positions[1]; \
          competitor_metrics has_presence boolean generated (competitor_mentions > 0); \
          competitor_metrics product_mentions integer required 0; metric_facts metadata jsonb
          """)
      let index = try await stage.value("SELECT pg_get_indexdef('idx_mv_brand_daily_metrics_lookup'::regclass)")
      #expect(
        index == """
          CREATE UNIQUE INDEX idx_mv_brand_daily_metrics_lookup ON public.mv_brand_daily_metrics \
          USING btree (brand_id, customer_id, collector_type, metric_date)
          """)
    }
  }

  @Test("brands are listed by name in code point order, then by id")
  func listsBrands() async throws {
    let world = SampleWorld.make(seed: 52, resultsPerBrand: 5)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      let rows = try await stage.pool.query(BrandMetrics.migration().subject.list!, [])
      let listed = (0..<rows.count).map { row in (0..<3).map { rows.string(row: row, column: $0) } }
      let expected = world.brands.sorted { ($0.name == $1.name) ? $0.id < $1.id : Text($0.name) < Text($1.name) }
      #expect(listed == expected.map { [$0.id, $0.name, $0.customer] })
      #expect(rows.columns.map(\.name) == ["id", "name", "customer_id"])
    }
  }
}
