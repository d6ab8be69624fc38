import TestSupport

/// What a tenant may try with SQL to see or change what is another's.
struct SocialTrespass {
  enum Outcome: Hashable {
    /// What comes is the tenant's own.
    case own
    /// Nothing comes.
    case nothing
    /// PostgreSQL refuses the last statement, if not one before.
    case refused
  }

  let statements: [String]
  let outcome: Outcome

  private static let ai = ["ai_prompts", "ai_context_logs", "ai_suggestions"]
  private static let columns = [
    ("organizations", "id", "name"), ("organization_members", "organization_id", "user_id"),
    ("posts_core", "organization_id", "platform_post_id"), ("posts_content", "organization_id", "text"),
    ("media_files", "organization_id", "url"), ("post_media_links", "organization_id", "details"),
    ("post_insights", "organization_id", "reel_music"), ("time_series_metrics", "organization_id", "metrics"),
    ("embeddings", "organization_id", "embedding"), ("social_disagreements", "organization_id", "other"),
    ("ai_prompts", "organization_id", "template"), ("ai_context_logs", "organization_id", "content"),
    ("ai_suggestions", "organization_id", "suggestion"), ("organization_roles", "organization_id", "role_name"),
  ]

  static var tables: [String] { columns.map(\.0) }

  /// One that is picked at random.
  /// - Parameters:
  ///   - mine: the tenant's organization.
  ///   - other: whose rows it wants.
  ///   - otherRole: that one's role.
  static func some(
    _ mine: Int, _ other: Int, otherRole: String, group: String, _ random: inout SeededGenerator
  ) -> SocialTrespass {
    let (table, organization, text) = random.pick(columns)
    let name = "social.\(table)"
    let (second, itsOrganization, _) = random.pick(columns)
    let id = SocialTenants.organization(other)
    let entity = SocialTenants.entity(other, random.below(SocialTenants.posts))
    let reads: [SocialTrespass] = [
      own("SELECT * FROM \(name)"), own("TABLE \(name)"), own("SELECT * FROM \(name) WHERE true"),
      nothing("SELECT * FROM \(name) WHERE \(organization) = '\(id)'"),
      own("SELECT * FROM \(name) WHERE \(organization) = '\(id)' OR true"),
      nothing("SELECT * FROM \(name) WHERE \(organization) <> '\(SocialTenants.organization(mine))'"),
      nothing("SELECT 1 FROM \(name) WHERE \(text)::text LIKE '%\(SocialTenants.mark(other))%'"),
      own("WITH x AS MATERIALIZED (SELECT * FROM \(name)) SELECT * FROM x"),
      own("SELECT t, o FROM \(name) t FULL JOIN social.\(second) o ON t.\(organization) = o.\(itsOrganization)"),
      own("SELECT t, o FROM \(name) t, social.\(second) o"),
      own("SELECT (SELECT string_agg(t::text, ' ') FROM \(name) t) FROM social.\(second)"),
      own("SELECT max(t.\(text)::text) OVER (), count(*) OVER () FROM \(name) t"),
      own("SELECT \(text) FROM \(name) UNION ALL SELECT NULL FROM social.\(second)"),
      own("SELECT jsonb_agg(t) FROM \(name) t"),
      own("SELECT count(*), min(\(text)::text), max(\(text)::text) FROM \(name)"),
      own("SELECT query_to_xml('SELECT * FROM \(name)', true, true, '')"),
      own("SELECT table_to_xml('\(name)', true, true, '')"),
      own("EXPLAIN (ANALYZE, VERBOSE, TIMING off) SELECT * FROM \(name)"),
      own("EXPLAIN SELECT * FROM \(name) WHERE \(text)::text > 'm'"),
      own("DECLARE c CURSOR FOR SELECT * FROM \(name)", "FETCH ALL FROM c"),
      own("CREATE TEMP VIEW v AS SELECT * FROM \(name)", "SELECT * FROM v"),
      own("CREATE TEMP TABLE t AS SELECT * FROM \(name)", "SELECT * FROM t"),
      own("PREPARE p AS SELECT * FROM \(name)", "EXECUTE p"),
      nothing("SELECT * FROM pg_stats WHERE schemaname = 'social' AND tablename = '\(table)'"),
      nothing("SELECT * FROM pg_stats_ext"),
    ]
    // A function that is cheap is asked before the policy, if it may be: what it sees is told by an error.
    let spy = [
      "CREATE FUNCTION pg_temp.spy(seen text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN "
        + "IF seen ~ '\(SocialTenants.mark(other))|\(id)' THEN RAISE EXCEPTION '%', seen; END IF; RETURN true; END $$",
      "SELECT * FROM \(name) t WHERE pg_temp.spy(t::text)",
    ]
    let functions: [SocialTrespass] = [
      SocialTrespass(statements: spy, outcome: .own),
      nothing("SELECT * FROM social.similar_posts('\(id)', \(entity), 100)"),
      nothing("SELECT * FROM social.similar_posts('\(id)', \(entity), 100, 0)"),
      nothing("SELECT * FROM social.similar_posts('\(SocialTenants.organization(mine))', \(entity), 100)"),
      own(
        "SELECT * FROM social.similar_posts('\(SocialTenants.organization(mine))', \(SocialTenants.entity(mine, 0)), 100)"
      ),
      refused("SELECT social.maintenance(1)"), refused("SELECT social.make_tenant_roles()"),
      refused("SELECT social.make_metric_partitions('2020-01-01', '2020-02-01')"),
      refused("SELECT pg_read_file('postgresql.conf')"),
      refused("SELECT switchyard.copy_social_posts('{1}', '{}', '{}')"),
    ]
    let settings: [SocialTrespass] = [
      refused("SET LOCAL row_security = off", "SELECT * FROM \(name)"),
      refused("SET LOCAL ROLE \"\(otherRole)\""), refused("SELECT set_config('role', '\(otherRole)', true)"),
      refused("SET LOCAL ROLE switchyard"), refused("SET LOCAL SESSION AUTHORIZATION switchyard"),
      own("RESET ROLE", "SELECT * FROM \(name)"), own("SET LOCAL ROLE none", "SELECT * FROM \(name)"),
      nothing("SET LOCAL ROLE \"\(group)\"", "SELECT * FROM \(name)"),
      own("SET LOCAL social.organization = '\(id)'", "SET LOCAL search_path = social", "SELECT * FROM \(table)"),
      own("SET LOCAL custom.role = '\(otherRole)'", "SELECT * FROM \(name)"),
      refused("SET LOCAL session_replication_role = replica"),
      own("SET LOCAL enable_seqscan = off", "SET LOCAL enable_indexscan = off", "SELECT * FROM \(name)"),
    ]
    let closed: [SocialTrespass] = [
      refused("SELECT * FROM social.\(random.pick(SocialTable.all).name)"), refused("SELECT * FROM social.workspaces"),
      refused("SELECT * FROM social.accounts"), refused("SELECT * FROM social.workspace_members"),
      refused("SELECT * FROM social.time_series_metrics_default"),
      refused("SELECT * FROM social.time_series_metrics_2025_06"), refused("SELECT * FROM social.metric_archives"),
      refused("SELECT * FROM switchyard.repair_queue"), refused("SELECT * FROM switchyard.skipped_rows"),
    ]
    let ai = random.pick(ai)
    let closedToWrites = random.pick(columns.map(\.0).filter { !$0.hasPrefix("ai_") })
    let writes: [SocialTrespass] = [
      refused(
        "UPDATE social.\(closedToWrites) SET \(closedToWrites == "organizations" ? "id = id" : "organization_id = organization_id")"
      ),
      refused("DELETE FROM social.\(closedToWrites)"), refused("TRUNCATE \(name)"),
      refused("SELECT * FROM social.\(closedToWrites) FOR UPDATE"),
      refused("LOCK TABLE social.\(closedToWrites) IN EXCLUSIVE MODE"),
      refused("ALTER TABLE \(name) NO FORCE ROW LEVEL SECURITY"),
      refused("ALTER TABLE \(name) DISABLE ROW LEVEL SECURITY"),
      refused("DROP POLICY tenant ON \(name)"), refused("CREATE POLICY mine ON \(name) USING (true)"),
      refused("INSERT INTO social.organization_roles VALUES ('x', '\(id)')"),
      refused("CREATE TABLE social.mine ()"),
      refused(
        "CREATE TRIGGER mine BEFORE INSERT ON \(name) FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
      ),
      nothing("DELETE FROM social.\(ai) WHERE organization_id = '\(id)' RETURNING *"),
      nothing("UPDATE social.\(ai) SET created_at = now() WHERE organization_id = '\(id)' RETURNING *"),
      own("UPDATE social.\(ai) SET created_at = now() RETURNING *"),
      own("DELETE FROM social.ai_suggestions RETURNING *"),
      refused("UPDATE social.\(ai) SET organization_id = '\(id)'"),
      refused("INSERT INTO social.ai_prompts (organization_id, name, version, template) VALUES ('\(id)', 'p', 1, '')"),
      refused("INSERT INTO social.ai_prompts (organization_id, name, version, template) VALUES ('\(id)', 'q', 7, '')"),
      refused(
        """
        INSERT INTO social.ai_prompts (organization_id, name, version, template) VALUES ('\(id)', 'p', 1, 'x')
        ON CONFLICT (organization_id, name, version) DO UPDATE SET template = 'x'
        """),
      refused("INSERT INTO social.ai_suggestions (organization_id, kind, suggestion) VALUES ('\(id)', 'idea', 'x')"),
      refused(
        """
        INSERT INTO social.ai_context_logs (organization_id, conversation_id, turn, role, content)
        VALUES ('\(id)', '\(id)', 2, 'user', 'x')
        """),
      own(
        """
        INSERT INTO social.ai_suggestions (organization_id, kind, suggestion, entity_id)
        SELECT o.id, 'idea', 'x', 1 FROM social.organizations o RETURNING *
        """),
    ]
    return random.pick([reads, reads, functions, settings, closed, writes].map { random.pick($0) })
  }

  private static func own(_ statements: String...) -> SocialTrespass {
    SocialTrespass(statements: statements, outcome: .own)
  }
  private static func nothing(_ statements: String...) -> SocialTrespass {
    SocialTrespass(statements: statements, outcome: .nothing)
  }
  private static func refused(_ statements: String...) -> SocialTrespass {
    SocialTrespass(statements: statements, outcome: .refused)
  }
}
