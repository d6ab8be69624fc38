import SQL

/// The compatibility views: one for each old table.
extension Migration {
  /// Makes them beside the tables, with the tables' defaults, but those that draw from a sequence of the table's own, and
  /// with the tables' privileges and no others that new relations get. Under row security nobody sees more through a view
  /// than in the new tables. May run again.
  package var compatibilityViews: Script {
    let pairs = oldTables.map {
      "('\($0.name)', '\(schema.qualified($0.name))'::regclass, '\(schema.qualified($0.compatibilityView))'::regclass)"
    }
    return retirement.compatibilityView
      + Script(
        """
        DO $$
        DECLARE
          pair RECORD;
          given RECORD;
        BEGIN
          FOR pair IN
            SELECT p.name, p.old_table, p.compatibility_view
            FROM (VALUES \(pairs.joined(separator: ", "))) p (name, old_table, compatibility_view)
          LOOP
            EXECUTE format('COMMENT ON VIEW %s IS %L', pair.compatibility_view,
              'The table ' || pair.name || ' as the new tables have it, for SQL that still asks it');
            FOR given IN
              SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) AS value
              FROM pg_attrdef d
              JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
              WHERE d.adrelid = pair.old_table AND a.attgenerated = ''
                AND pg_get_serial_sequence(pair.old_table::text, a.attname) IS NULL
                AND EXISTS (
                  SELECT FROM pg_attribute v
                  WHERE v.attrelid = pair.compatibility_view AND v.attname = a.attname AND v.attnum > 0)
            LOOP
              EXECUTE format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', pair.compatibility_view, given.attname, given.value);
            END LOOP;
            FOR given IN
              SELECT DISTINCT
                p.grantee, CASE p.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END AS role
              FROM pg_class c
              CROSS JOIN LATERAL aclexplode(c.relacl) p
              WHERE c.oid = pair.compatibility_view AND p.grantee <> c.relowner
            LOOP
              EXECUTE format('REVOKE ALL ON %s FROM %s', pair.compatibility_view, given.role);
            END LOOP;
            FOR given IN
              SELECT
                p.privilege_type, p.is_grantable, p.column_name,
                CASE p.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END AS role
              FROM (
                SELECT t.privilege_type, t.is_grantable, t.grantee, NULL::name AS column_name
                FROM pg_class c
                CROSS JOIN LATERAL aclexplode(COALESCE(c.relacl, acldefault('r', c.relowner))) t
                WHERE c.oid = pair.old_table
                UNION ALL
                SELECT t.privilege_type, t.is_grantable, t.grantee, a.attname
                FROM pg_attribute a
                CROSS JOIN LATERAL aclexplode(a.attacl) t
                WHERE a.attrelid = pair.old_table AND EXISTS (
                  SELECT FROM pg_attribute v
                  WHERE v.attrelid = pair.compatibility_view AND v.attname = a.attname AND v.attnum > 0)) p
            LOOP
              EXECUTE format(
                'GRANT %s%s ON %s TO %s%s', given.privilege_type,
                CASE WHEN given.column_name IS NOT NULL THEN format(' (%I)', given.column_name) END, pair.compatibility_view,
                given.role, CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' END);
            END LOOP;
            IF (SELECT c.relrowsecurity FROM pg_class c WHERE c.oid = pair.old_table) THEN
              EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', pair.compatibility_view);
            END IF;
          END LOOP;
        END
        $$
        """)
  }
}
