package import SQL

/// Triggers on the old tables: whatever any program writes there is copied in its own transaction, or refused.
///
/// A row trigger puts the key of each written row into the repair queue, so writes into partitions, by `COPY`, `MERGE`
/// and by logical replication are seen. When the transaction commits, the deferred trigger of the queue calls
/// `drain`, which copies these keys and takes them out again. What it cannot copy at once stays in the queue: it never
/// waits, and never fails what the program does.
extension Migration {
  /// Keys that one transaction copies itself; each takes a lock, of which the server has few. More await repair.
  private static let drainedKeysMax = 1_000
  /// How long a copy at commit waits for a row that several keys share.
  private static let drainLockMillisecondsMax = 20

  private static let enqueueTrigger = "switchyard_enqueue"
  private static let enqueueTruncateTrigger = "switchyard_enqueue_truncate"
  private static let refuseTrigger = "switchyard_refuse"
  private static let refuseStatementTrigger = "switchyard_refuse_statement"

  /// Installs the triggers; writes are followed, not refused. Waits for the tables' writers. May run again.
  package var installTriggers: Script { acceptOldWrites }

  /// The functions, and the triggers of each table and partition that exists now.
  private var triggerObjects: Script {
    let triggers = oldTables.map { table in
      forEachPartition(
        of: [table],
        """
        -- a partition has row triggers from its parent; a table that inherits in the other way has not
        IF NOT EXISTS (
          SELECT FROM pg_trigger t
          WHERE t.tgrelid = partition AND t.tgname = '\(Self.enqueueTrigger)' AND t.tgparentid <> 0)
        THEN
          EXECUTE format('CREATE OR REPLACE TRIGGER \(Self.enqueueTrigger) AFTER INSERT OR UPDATE OR DELETE ON %s
            FOR EACH ROW EXECUTE FUNCTION \(enqueueName(table))()', partition);
          EXECUTE format('CREATE OR REPLACE TRIGGER \(Self.refuseTrigger) BEFORE INSERT OR UPDATE OR DELETE ON %s
            FOR EACH ROW EXECUTE FUNCTION \(refuseName)()', partition);
        END IF;
        EXECUTE format('CREATE OR REPLACE TRIGGER \(Self.enqueueTruncateTrigger) AFTER TRUNCATE ON %s
          FOR EACH STATEMENT EXECUTE FUNCTION \(enqueueName(table))()', partition);
        EXECUTE format('CREATE OR REPLACE TRIGGER \(Self.refuseStatementTrigger)
          BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s
          FOR EACH STATEMENT EXECUTE FUNCTION \(refuseName)()', partition);
        """)
    }
    return Script(
      "\(copyFunction)\(drainFunction)\(refuseFunction)\(oldTables.map(enqueueFunction).joined())\(triggers.joined())")
  }

  /// Takes away what `installTriggers` made.
  package var removeTriggers: Script {
    let triggers = [
      Self.enqueueTrigger, Self.enqueueTruncateTrigger, Self.refuseTrigger, Self.refuseStatementTrigger,
    ]
    // A row trigger of a partition goes with its parent's.
    let drops = triggers.map { trigger in
      """
      IF EXISTS (
        SELECT FROM pg_trigger t WHERE t.tgrelid = partition AND t.tgname = '\(trigger)' AND t.tgparentid = 0)
      THEN
        EXECUTE format('DROP TRIGGER \(trigger) ON %s', partition);
      END IF;
      """
    }.joined(separator: "\n")
    return Script(forEachPartition(of: oldTables, drops)) + removeTriggerFunctions
  }

  /// Takes away what is left once the old tables are gone.
  package var removeTriggerFunctions: Script {
    let functions =
      oldTables.map { "\(enqueueName($0))()" } + ["\(refuseName)()", "\(drainName)()", "\(copyName)(bigint[])"]
    return Script("DROP FUNCTION IF EXISTS \(functions.joined(separator: ", "))")
  }

  /// Writes to the old tables are followed. Waits for the tables' writers, and not for readers.
  package var acceptOldWrites: Script { oldWrites(follow: "ENABLE ALWAYS", refuse: "DISABLE") }

  /// PostgreSQL refuses every write to the old tables. Waits for the tables' writers, and not for
  /// readers.
  package var refuseOldWrites: Script { oldWrites(follow: "DISABLE", refuse: "ENABLE ALWAYS") }

  /// Writes to the old tables, which are about to be archived, are neither followed nor refused: a foreign key may still
  /// delete a row there, and the archive's checksum shows it.
  package var ignoreOldWrites: Script { oldWrites(follow: "DISABLE", refuse: "DISABLE") }

  /// Nobody else writes to the old tables until the transaction ends. Waits for their writers, and not for readers.
  package var lockOldTables: Script {
    Script("LOCK TABLE \(qualifiedOldTables.joined(separator: ", ")) IN SHARE ROW EXCLUSIVE MODE")
  }

  /// A partition that came since has its triggers first.
  private func oldWrites(follow: String, refuse: String) -> Script {
    triggerObjects
      + Script(
        forEachPartition(
          of: oldTables,
          """
          EXECUTE format('ALTER TABLE %s \(follow) TRIGGER \(Self.enqueueTrigger)', partition);
          EXECUTE format('ALTER TABLE %s \(follow) TRIGGER \(Self.enqueueTruncateTrigger)', partition);
          EXECUTE format('ALTER TABLE %s \(refuse) TRIGGER \(Self.refuseTrigger)', partition);
          EXECUTE format('ALTER TABLE %s \(refuse) TRIGGER \(Self.refuseStatementTrigger)', partition);
          """))
  }

  /// `missing`: old tables and partitions whose writes are not followed; NULL: none. `state`: another one whenever
  /// anybody has changed a trigger, or a partition has come or gone.
  package var triggerState: Statement {
    Statement(
      """
      WITH RECURSIVE \(Self.parts(of: qualifiedOldTables)),
      tables (relid) AS (SELECT DISTINCT p.relid FROM parts p),
      triggers AS (
        SELECT t.tgrelid AS relid, t.tgname, t.oid, t.xmin::text AS written_by, t.tgenabled
        FROM pg_trigger t
        WHERE t.tgrelid IN (SELECT x.relid FROM tables x)
          AND t.tgfoid IN (
            \((oldTables.map(enqueueName) + [refuseName]).map { "to_regproc('\($0)')" }.joined(separator: ", "))))
      SELECT
        (SELECT string_agg(x.relid::regclass::text, ', ' ORDER BY x.relid::regclass::text)
         FROM tables x
         WHERE (
           SELECT count(*) FROM triggers g
           WHERE g.relid = x.relid AND g.tgenabled = 'A'
             AND g.tgname IN ('\(Self.enqueueTrigger)', '\(Self.enqueueTruncateTrigger)')) < 2) AS missing,
        md5(concat_ws(' ',
          (SELECT string_agg(x.relid::text, ',' ORDER BY x.relid) FROM tables x),
          (SELECT string_agg(concat_ws(',', g.relid, g.tgname, g.oid, g.written_by, g.tgenabled), ' '
             ORDER BY g.relid, g.tgname) FROM triggers g))) AS state
      """)
  }

  /// Fires the queue's deferred trigger now, so that what this transaction wrote is copied, or known not to be.
  package static let drainNow = Statement("SET CONSTRAINTS switchyard.switchyard_drain IMMEDIATE")

  // MARK: Names

  /// As part of names of functions.
  var identifier: String { name.replacing("-", with: "_") }

  private var copyName: String { "switchyard.copy_\(identifier)" }
  private var drainName: String { "switchyard.drain_\(identifier)" }
  private var refuseName: String { "switchyard.refuse_\(identifier)" }
  private func enqueueName(_ table: OldTable) -> String { "switchyard.enqueue_\(identifier)_\(table.name)" }

  // MARK: SQL

  private static let safely = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

  /// Runs for each table, and then for those that are parts of it, at any depth.
  private func forEachPartition(of tables: [OldTable], _ body: String) -> String {
    """
    DO $$
    DECLARE
      partition REGCLASS;
    BEGIN
      FOR partition IN
        WITH RECURSIVE \(Self.parts(of: tables.map { schema.qualified($0.name) }))
        SELECT p.relid FROM parts p GROUP BY p.relid ORDER BY min(p.depth), p.relid
      LOOP
        \(body)
      END LOOP;
    END
    $$;
    """
  }

  /// A recursive table expression `parts (relid, depth)`: the tables that exist, their partitions, and tables that inherit
  /// from them in the other way.
  private static func parts(of tables: [String]) -> String {
    """
    parts (relid, depth) AS (
      SELECT to_regclass(n.name)::oid, 0 FROM unnest(ARRAY[\(tables.map { "'\($0)'" }.joined(separator: ", "))]) n (name)
      WHERE to_regclass(n.name) IS NOT NULL
      UNION ALL
      SELECT i.inhrelid, p.depth + 1 FROM parts p JOIN pg_inherits i ON i.inhparent = p.relid)
    """
  }

  private func enqueueFunction(_ table: OldTable) -> String {
    func enqueue(_ row: String) -> String {
      """
      INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
            SELECT '\(name)', \(row).\(table.key), \(table.subject.map { "coalesce(\(row).\($0)::text, '')" } ?? "''"), reason
            WHERE \(row).\(table.key) IS NOT NULL
            ON CONFLICT DO NOTHING;
      """
    }
    let known = newTables.compactMap { newTable in
      newTable.key.map { key in
        "SELECT t.\(key), \(newTable.subject.map { "t.\($0)::text" } ?? "''") FROM \(schema.qualified(newTable.name)) t"
      }
    }
    return """
      CREATE OR REPLACE FUNCTION \(enqueueName(table))() RETURNS trigger
      \(Self.safely) AS $enqueue$
      DECLARE
        -- what the drain could not copy is not given to it, so that it reads nothing in such a transaction
        reason TEXT := CASE
          WHEN current_setting('transaction_isolation') <> 'read committed'
            THEN 'written by a transaction with a snapshot of its own'
          WHEN current_setting('session_replication_role') = 'replica' THEN 'written by replication'
          ELSE 'not copied yet' END;
      BEGIN
        IF current_setting('switchyard.is_restoring', true) = 'on' THEN
          RETURN NULL;
        END IF;
        CASE TG_OP
          WHEN 'INSERT' THEN
            \(enqueue("NEW"))
          WHEN 'UPDATE' THEN
            \(enqueue("NEW"))
            IF \(table.moves) THEN
              \(enqueue("OLD"))
            END IF;
          WHEN 'DELETE' THEN
            \(enqueue("OLD"))
          WHEN 'TRUNCATE' THEN
            -- the rows are gone: every key that has new rows, or rows on record as skipped, may have lost some
            IF current_setting('transaction_isolation') <> 'read committed' THEN
              -- keys that others have copied since are not seen: only a verification finds them
              INSERT INTO switchyard.verifications (migration, job, is_equal) VALUES ('\(name)', 0, false);
            END IF;
            INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
            SELECT '\(name)', k.key, k.subject, reason
            FROM (
              \(known.joined(separator: "\nUNION "))
              UNION SELECT s.key, '' FROM switchyard.skipped_rows s WHERE s.migration = '\(name)') k (key, subject)
            WHERE k.key IS NOT NULL
            ON CONFLICT DO NOTHING;
        END CASE;
        RETURN NULL;
      END
      $enqueue$;

      """
  }

  /// With plans that are made once for a session, whatever its settings.
  private var copyFunction: String {
    """
    CREATE OR REPLACE FUNCTION \(copyName)(keys bigint[]) RETURNS void
    \(Self.safely)
    SET lock_timeout = \(Self.drainLockMillisecondsMax) SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
    SET jit = off SET timezone = 'UTC' SET row_security = on AS $copy$
    #variable_conflict use_column
    DECLARE
      switchyard_counts RECORD;
    BEGIN
      \(copyOfKeys)
      INTO switchyard_counts;
    END
    $copy$;
    REVOKE ALL ON FUNCTION \(copyName)(bigint[]) FROM PUBLIC;

    """
  }

  /// The copying statement, with no row refused.
  private var copyOfKeys: String {
    copy.copy.text.replacing("$2", with: "'{}'").replacing("$3", with: "'{}'")
  }

  /// The old tables are read for maintenance, which is nobody's read (`OwnScans`).
  private var drainFunction: String {
    let tables = oldTables.map { "'\(schema.qualified($0.name))'" }.joined(separator: ", ")
    let newTables = newTables.map { "to_regclass('\(schema.qualified($0.name))')" }.joined(separator: ", ")
    let (drained, counted) = ("switchyard.drained_\(identifier)", "switchyard.drained_keys_\(identifier)")
    return """
      CREATE OR REPLACE FUNCTION \(drainName)() RETURNS void
      \(Self.safely) AS $drain$
      DECLARE
        drained BIGINT := coalesce(nullif(current_setting('\(drained)', true), ''), '0')::bigint;
        written BIGINT[];
        through BIGINT;
        copied BIGINT[] := '{}';
        is_dual_writing BOOLEAN;
        scans_before BIGINT;
        keys INTEGER;
        hindrance TEXT;
        deferred TEXT;
      BEGIN
        SELECT array_agg(DISTINCT q.key ORDER BY q.key), max(q.id) INTO written, through
        FROM switchyard.repair_queue q
        WHERE q.writer = pg_current_xact_id() AND q.migration = '\(name)' AND q.id > drained;
        PERFORM set_config('\(drained)', coalesce(through, drained)::text, true);
        -- a transaction that has the trigger fire after each statement comes here often
        keys := coalesce(nullif(current_setting('\(counted)', true), '')::integer, 0) + coalesce(cardinality(written), 0);

        SELECT m.dual_write INTO is_dual_writing FROM switchyard.migrations m WHERE m.name = '\(name)';
        hindrance := CASE
          WHEN NOT pg_try_advisory_xact_lock_shared(\(lock)) THEN 'a step was being taken'
          WHEN is_dual_writing IS NOT TRUE THEN 'dual write was off'
          WHEN current_setting('transaction_isolation') <> 'read committed'
            THEN 'written by a transaction with a snapshot of its own'
          -- foreign keys and triggers of the new tables do not fire there
          WHEN current_setting('session_replication_role') = 'replica' THEN 'written by replication'
          WHEN keys > \(Self.drainedKeysMax) THEN 'written by a transaction with many others'
        END;
        IF hindrance IS NULL THEN
          PERFORM set_config('\(counted)', keys::text, true);
          hindrance := 'written by several transactions at once';
          scans_before := switchyard.count_scans(ARRAY[\(tables)]);
          PERFORM set_config('switchyard.is_copying', pg_trigger_depth()::text, true);
          BEGIN
            copied := ARRAY(
              SELECT w.key FROM unnest(written) w (key)
              WHERE pg_try_advisory_xact_lock_shared(\(TableMove.lockSpace(of: name)), \(TableMove.stripe("w.key")))
                AND pg_try_advisory_xact_lock(hashtextextended('switchyard.\(name)', w.key)));
            DELETE FROM switchyard.repair_queue r
            WHERE r.ctid = ANY (ARRAY(
              SELECT q.ctid FROM switchyard.repair_queue q
              WHERE q.migration = '\(name)' AND q.key = ANY (copied)
              FOR UPDATE SKIP LOCKED));
            PERFORM \(copyName)(copied);
            -- what a deferred constraint refuses is refused here, and does not fail the program's commit
            SELECT string_agg(DISTINCT format('%s.%I', c.connamespace::regnamespace, c.conname), ', ') INTO deferred
            FROM pg_constraint c
            WHERE c.condeferrable AND c.conrelid IN (\(newTables));
            IF deferred IS NOT NULL THEN
              EXECUTE format('SET CONSTRAINTS %s IMMEDIATE', deferred);
            END IF;
          EXCEPTION WHEN OTHERS THEN
            hindrance := SQLERRM;
            copied := '{}';
          END;
          PERFORM set_config('switchyard.is_copying', '', true);
          -- in a transaction of ours, these are counted with the rest
          IF coalesce(current_setting('switchyard.scans_before', true), '') = '' THEN
            INSERT INTO switchyard.own_scans (migration, scans)
            SELECT '\(name)', now.scans - scans_before
            FROM (SELECT switchyard.count_scans(ARRAY[\(tables)]) AS scans) now
            WHERE now.scans > scans_before;
          END IF;
        END IF;
        IF cardinality(written) <= \(Self.drainedKeysMax) THEN
          UPDATE switchyard.repair_queue q SET reason = hindrance
          WHERE q.writer = pg_current_xact_id() AND q.migration = '\(name)' AND q.key = ANY (written);
        END IF;
      END
      $drain$;
      REVOKE ALL ON FUNCTION \(drainName)() FROM PUBLIC;

      """
  }

  private var refuseFunction: String {
    """
    CREATE OR REPLACE FUNCTION \(refuseName)() RETURNS trigger
    \(Self.safely) AS $refuse$
    BEGIN
      IF current_setting('switchyard.is_restoring', true) = 'on' THEN
        RETURN CASE WHEN TG_LEVEL = 'ROW' THEN coalesce(NEW, OLD) END;
      END IF;
      RAISE EXCEPTION '% takes no writes any more: \(name) writes its new tables only', TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state',
          HINT = 'Write to the new tables, or run \(command("archive")), which puts a compatibility view here, or \(command("restore")), which accepts such writes again.';
    END
    $refuse$;

    """
  }

  /// The advisory lock of the migration: writers share it while they commit, a step has it alone.
  var lock: String { "hashtextextended('switchyard.lock.\(name)', 0)" }

  /// For a writer that must know which tables are written: no step changes that until its transaction ends.
  package var shareWriterLock: Statement {
    Statement("SELECT pg_advisory_xact_lock_shared(\(lock)) IS NOT NULL AS is_locked")
  }

  /// Waits for writers that are committing, and keeps others from copying, until the transaction ends.
  package var lockOutWriters: Statement { Statement("SELECT pg_advisory_xact_lock(\(lock)) IS NOT NULL AS is_locked") }
}

extension OldTable {
  /// Whether an update moves the row to another key or subject.
  fileprivate var moves: String {
    let columns = [key] + (subject.map { [$0] } ?? [])
    return columns.map { "NEW.\($0) IS DISTINCT FROM OLD.\($0)" }.joined(separator: " OR ")
  }
}
