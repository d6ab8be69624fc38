import SQL

/// New rows that follow what any program writes to the old tables, in its own transaction.
extension RowMapping {
  /// Keys that one transaction copies itself, each with a lock, for which the server has little room; more await repair.
  private static let keysMax = 1_000
  /// For a row that several keys share, or a new table that somebody holds.
  private static let lockMillisecondsMax = 20
  /// How many this transaction has.
  private static let countSetting = "switchyard.mirrored_keys"

  /// Triggers that copy, where they can at once, and that leave to the repair queue what they cannot: a key that another
  /// transaction holds, one that PostgreSQL refuses, one in a transaction that may not see what others wrote. So they
  /// never wait, and never fail what the program does. May run again.
  package var mirror: Script {
    Script("\(copyFunction)\(keyColumns.map(mirrorFunction).joined())\(oldTables.map(triggers).joined())")
  }

  /// Takes away what `mirror` made.
  package var unmirror: Script {
    let triggers = oldTables.flatMap { table in
      Self.events.map { event in
        "DROP TRIGGER IF EXISTS switchyard_mirror_\(event.name) ON \(schema.qualified(table.name));"
      }
    }
    let functions = keyColumns.map { "DROP FUNCTION IF EXISTS \(mirrorName($0))();" }
    return Script(
      (triggers + functions + ["DROP FUNCTION IF EXISTS \(copyName)(bigint[], text[], bigint[]);"])
        .joined(separator: "\n"))
  }

  private var copyName: String { "switchyard.copy_\(identifier)" }
  private func mirrorName(_ key: String) -> String { "switchyard.mirror_\(identifier)_by_\(key)" }
  private var keyColumns: [String] { Set(oldTables.map(\.key)).sorted() }

  private static let safely = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

  private var copyFunction: String {
    """
    CREATE OR REPLACE FUNCTION \(copyName)(bigint[], text[], bigint[]) RETURNS void
    LANGUAGE sql \(Self.safely) SET lock_timeout = \(Self.lockMillisecondsMax) AS $copy$
    \(copy)
    $copy$;
    REVOKE ALL ON FUNCTION \(copyName)(bigint[], text[], bigint[]) FROM PUBLIC;

    """
  }

  /// The old tables are read for maintenance, which is nobody's read (`OwnScans`).
  private func mirrorFunction(_ key: String) -> String {
    let tables = oldTables.map { "'\(schema.qualified($0.name))'" }.joined(separator: ", ")
    let newKeys = self.tables.filter { !$0.isShared }.map { "SELECT t.\($0.key) FROM \(schema.qualified($0.name)) t" }
      .joined(
        separator: " UNION ")
    return """
      CREATE OR REPLACE FUNCTION \(mirrorName(key))() RETURNS trigger
      LANGUAGE plpgsql \(Self.safely) AS $mirror$
      DECLARE
        written BIGINT[];
        held BIGINT[] := '{}';
        known RECORD;
        scans_before BIGINT;
        hindrance TEXT;
        mirrored INTEGER;
      BEGIN
        IF current_setting('switchyard.is_writing', true) = 'on' THEN
          RETURN NULL;
        END IF;
        CASE TG_OP
          WHEN 'INSERT' THEN
            written := ARRAY(SELECT DISTINCT n.\(key) FROM new_rows n ORDER BY 1);
          WHEN 'UPDATE' THEN
            written := ARRAY(SELECT n.\(key) FROM new_rows n UNION SELECT o.\(key) FROM old_rows o ORDER BY 1);
          WHEN 'DELETE' THEN
            written := ARRAY(SELECT DISTINCT o.\(key) FROM old_rows o ORDER BY 1);
          WHEN 'TRUNCATE' THEN
            -- there are no transition tables: every key that has new rows, or rows on record as skipped, may have lost some
            written := ARRAY(
              \(newKeys)
              UNION SELECT s.key FROM switchyard.skipped_rows s
              WHERE s.migration = '\(migration)' AND s.table_name = TG_TABLE_NAME
              ORDER BY 1);
        END CASE;
        written := array_remove(written, NULL);
        IF cardinality(written) = 0 THEN
          RETURN NULL;
        END IF;

        SELECT m.dual_write, m.phase INTO known
        FROM switchyard.migrations m
        WHERE m.name = '\(migration)'
        FOR KEY SHARE;
        IF NOT FOUND THEN
          RETURN NULL;
        END IF;
        IF known.phase IN ('new_only', 'archived', 'dropped') THEN
          RAISE EXCEPTION '% is not written any more: \(migration) is %', TG_TABLE_NAME, known.phase
            USING ERRCODE = 'object_not_in_prerequisite_state',
              HINT = '"switchyard archive --migration \(migration)" puts a view in its place that takes such writes; "switchyard restore --migration \(migration)" brings it back.';
        END IF;

        mirrored := cardinality(written)
          + coalesce(nullif(current_setting('\(Self.countSetting)', true), '')::integer, 0);
        hindrance := CASE
          WHEN NOT known.dual_write THEN 'dual write was off'
          WHEN current_setting('transaction_isolation') <> 'read committed'
            THEN 'written by a transaction with a snapshot of its own'
          WHEN mirrored > \(Self.keysMax) THEN 'written by a transaction with many others'
        END;
        IF hindrance IS NULL THEN
          PERFORM set_config('\(Self.countSetting)', mirrored::text, true);
          hindrance := 'written by several transactions at once';
          held := ARRAY(
            SELECT w.key FROM unnest(written) w (key)
            WHERE pg_try_advisory_xact_lock_shared(\(lockSpace), \(Self.stripe("w.key")))
              AND pg_try_advisory_xact_lock(hashtextextended('switchyard.\(migration)', w.key)));
          IF cardinality(held) > 0 THEN
            scans_before := switchyard.count_scans(ARRAY[\(tables)]);
            BEGIN
              DELETE FROM switchyard.repair_queue r
              USING (
                SELECT q.key, q.subject FROM switchyard.repair_queue q
                WHERE q.migration = '\(migration)' AND q.key = ANY (held)
                FOR UPDATE SKIP LOCKED) free
              WHERE r.migration = '\(migration)' AND r.key = free.key AND r.subject = free.subject;
              PERFORM \(copyName)(held, '{}', '{}');
            EXCEPTION WHEN OTHERS THEN
              hindrance := SQLERRM;
              held := '{}';
            END;
            INSERT INTO switchyard.own_scans (migration, scans)
            SELECT '\(migration)', now.scans - scans_before
            FROM (SELECT switchyard.count_scans(ARRAY[\(tables)]) AS scans) now
            WHERE now.scans > scans_before;
          END IF;
        END IF;

        -- an entry of this transaction's own: who writes another's waits for that one's end
        INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
        SELECT '\(migration)', w.key, pg_current_xact_id()::text, hindrance
        FROM unnest(written) w (key)
        WHERE w.key <> ALL (held)
        ORDER BY w.key
        ON CONFLICT (migration, key, subject) DO UPDATE SET reason = excluded.reason, next_attempt_at = now();
        RETURN NULL;
      END
      $mirror$;

      """
  }

  private static let events: [(name: String, transitions: String)] = [
    ("insert", "REFERENCING NEW TABLE AS new_rows"),
    ("update", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ("delete", "REFERENCING OLD TABLE AS old_rows"),
    ("truncate", ""),
  ]

  /// Also for sessions with session_replication_role = replica.
  private func triggers(on table: OldTable) -> String {
    let name = schema.qualified(table.name)
    return Self.events.map { event in
      """
      CREATE OR REPLACE TRIGGER switchyard_mirror_\(event.name) AFTER \(event.name.uppercased()) ON \(name)
        \(event.transitions) FOR EACH STATEMENT EXECUTE FUNCTION \(mirrorName(table.key))();
      ALTER TABLE \(name) ENABLE ALWAYS TRIGGER switchyard_mirror_\(event.name);

      """
    }.joined()
  }
}
