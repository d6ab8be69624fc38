import SQL

/// What is done with the new tables as such.
extension Migration {
  /// Empties them and nothing else: CASCADE would also empty a table of the user's that refers to them. What awaited
  /// repair is missing now like all the rest.
  package var truncate: Script {
    let tables = newTables.map { schema.qualified($0.name) }.joined(separator: ", ")
    return Script(
      "TRUNCATE \(tables); DELETE FROM switchyard.repair_queue WHERE migration = '\(name)'; DELETE FROM switchyard.changed_keys WHERE migration = '\(name)'"
    )
  }

  /// Takes them away, with all that `create` made. Readers of the old tables wait for it in the end.
  package var remove: Script { forgetChanges + expansion.remove + removeTriggers }

  /// Nobody else writes to them until the transaction ends; readers go on.
  package var lockNewTables: Script {
    let tables = newTables.map { schema.qualified($0.name) }.joined(separator: ", ")
    return Script("LOCK TABLE \(tables) IN SHARE ROW EXCLUSIVE MODE")
  }

  /// Plans for them should be made for what they now hold. A table that holds nothing is skipped: once it is known to be
  /// empty no plan uses its indexes, and plans are kept.
  package var analyze: Script {
    let tables = newTables.map { "'\(schema.qualified($0.name))'" }.joined(separator: ", ")
    return Script(
      """
      DO $$
      DECLARE
        new_table TEXT;
        has_rows BOOLEAN;
      BEGIN
        FOREACH new_table IN ARRAY ARRAY[\(tables)] LOOP
          EXECUTE format('SELECT EXISTS (SELECT FROM %s)', new_table) INTO has_rows;
          IF has_rows THEN
            EXECUTE format('ANALYZE %s', new_table);
          END IF;
        END LOOP;
      END
      $$
      """)
  }
}
