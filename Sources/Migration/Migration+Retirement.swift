package import SQL

/// How the old tables go, and come back. Each script runs in a transaction of the engine's.
extension Migration {
  /// Renames the old tables, and their compatibility views to the old tables' names. Readers wait meanwhile, so nothing else is
  /// done; nor do they wait for the disk: the transaction that follows does.
  package var archive: Script {
    let locked = oldTables.map { schema.qualified($0.name) }.joined(separator: ", ")
    let renamed = oldTables.map {
      """
      ALTER TABLE \(schema.qualified($0.name)) RENAME TO \($0.archived);
      ALTER VIEW \(schema.qualified($0.compatibilityView)) RENAME TO \($0.name);

      """
    }
    return Script(
      """
      SET LOCAL synchronous_commit = off;
      LOCK TABLE \(locked) IN ACCESS EXCLUSIVE MODE;
      \(renamed.joined())
      """)
  }

  /// A statement about the old tables, under the names that they have once they are archived.
  package func archived(_ statement: Statement) -> Statement {
    Statement(
      oldTables.reduce(statement.text) {
        $0.replacing(name: schema.qualified($1.name), with: schema.qualified($1.archived))
      })
  }

  /// The old tables under their own names, and the compatibility views gone. Readers wait for it.
  package var restore: Script {
    let renamed = oldTables.map {
      """
      DROP VIEW \(schema.qualified($0.name));
      ALTER TABLE \(schema.qualified($0.archived)) RENAME TO \($0.name);

      """
    }
    return Script("SET LOCAL synchronous_commit = off;\n\(renamed.joined())")
  }

  /// Takes the archived tables away and nothing else. The views under their old names stay.
  package var drop: Script { Script("DROP TABLE \(archivedTables.joined(separator: ", "))") }

  /// Takes the archived tables' indexes away, but for those of constraints, and remembers them. May run again.
  package var dropIndexes: Script {
    Script(
      """
      DO $$
      DECLARE
        secondary REGCLASS;
      BEGIN
        FOR secondary IN
          SELECT i.indexrelid
          FROM pg_index i
          WHERE i.indrelid = ANY (ARRAY[\(archivedTables.map { "'\($0)'::regclass" }.joined(separator: ", "))])
            AND NOT i.indisreplident
            AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
          ORDER BY i.indexrelid
        LOOP
          INSERT INTO switchyard.archived_indexes (migration, definition)
          VALUES ('\(name)', pg_get_indexdef(secondary));
          EXECUTE format('DROP INDEX %s', secondary);
        END LOOP;
      END
      $$
      """)
  }

  /// Makes the archived tables' indexes as they were, while nobody waits for them. May run again.
  package var createIndexes: Script {
    Script(
      """
      DO $$
      DECLARE
        remembered TEXT;
      BEGIN
        FOR remembered IN SELECT i.definition FROM switchyard.archived_indexes i WHERE i.migration = '\(name)' LOOP
          EXECUTE remembered;
        END LOOP;
      END
      $$;
      DELETE FROM switchyard.archived_indexes WHERE migration = '\(name)'
      """)
  }

  /// Count and checksum of the old tables' rows: every byte of every column counts, and the order of rows does not.
  package var checksum: Statement { Self.checksum(of: oldTables.map { schema.qualified($0.name) }) }

  /// The same of the archived tables.
  package var archivedChecksum: Statement { Self.checksum(of: archivedTables) }

  private var archivedTables: [String] { oldTables.map { schema.qualified($0.archived) } }

  private static func checksum(of tables: [String]) -> Statement {
    let sums = tables.map {
      "SELECT count(*) AS rows, sum(hash_record_extended(ROW(record_send(t)), 0)) AS checksum FROM \($0) t"
    }
    return Statement(
      """
      SELECT sum(s.rows)::bigint AS row_count, coalesce(sum(s.checksum), 0) AS checksum
      FROM (\(sums.joined(separator: "\nUNION ALL\n"))) s
      """)
  }
}
