import SQL

/// Triggers on the new tables: which keys anybody but the engine has written; a trigger of somebody's that fires while the
/// engine copies is somebody, by its depth. A verification is complete only with them,
/// and a restore brings the old rows of these keys back.
extension Migration {
  private static let noteTrigger = "switchyard_note"
  private static let noteTruncateTrigger = "switchyard_note_truncate"

  /// Installs the triggers, also for writes into partitions. May run again.
  package var noteChanges: Script { Script(newTables.compactMap(noting).joined()) }

  /// Takes away what `noteChanges` made, and what was noted.
  package var forgetChanges: Script {
    let functions = newTables.map { table in
      """
      DROP TRIGGER IF EXISTS \(Self.noteTrigger) ON \(schema.qualified(table.name));
      DROP TRIGGER IF EXISTS \(Self.noteTruncateTrigger) ON \(schema.qualified(table.name));
      DROP FUNCTION IF EXISTS \(functionName(table))();

      """
    }
    return Script("\(functions.joined())DELETE FROM switchyard.changed_keys WHERE migration = '\(name)'")
  }

  private func functionName(_ table: NewTable) -> String { "switchyard.note_\(identifier)_\(table.name)" }

  private func noting(_ table: NewTable) -> String? {
    guard let key = keySource(table) else { return nil }
    let (function, place) = (functionName(table), schema.qualified(table.name))
    return """
      CREATE OR REPLACE FUNCTION \(function)() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $note$
      BEGIN
        IF NOT switchyard.notes_changes('\(name)') THEN
          RETURN NULL;
        END IF;
        IF TG_OP IN ('INSERT', 'UPDATE') THEN
          INSERT INTO switchyard.changed_keys (migration, key) \(key.ofRow("NEW"));
        END IF;
        IF TG_OP IN ('DELETE', 'UPDATE') THEN
          INSERT INTO switchyard.changed_keys (migration, key) \(key.ofRow("OLD"));
        END IF;
        IF TG_OP = 'TRUNCATE' THEN
          INSERT INTO switchyard.changed_keys (migration, key) \(key.ofAll);
        END IF;
        RETURN NULL;
      END
      $note$;
      CREATE OR REPLACE TRIGGER \(Self.noteTrigger) AFTER INSERT OR UPDATE OR DELETE ON \(place)
        FOR EACH ROW WHEN (current_setting('switchyard.is_copying', true) IS DISTINCT FROM pg_trigger_depth()::text)
        EXECUTE FUNCTION \(function)();
      CREATE OR REPLACE TRIGGER \(Self.noteTruncateTrigger) BEFORE TRUNCATE ON \(place)
        FOR EACH STATEMENT EXECUTE FUNCTION \(function)();
      ALTER TABLE \(place) ENABLE ALWAYS TRIGGER \(Self.noteTrigger);
      ALTER TABLE \(place) ENABLE ALWAYS TRIGGER \(Self.noteTruncateTrigger);

      """
  }

  /// A row whose parent is gone has its key noted by the parent.
  private func keySource(_ table: NewTable) -> (ofRow: (String) -> String, ofAll: String)? {
    let place = schema.qualified(table.name)
    switch table.keySource {
    case .column(let key):
      return (
        { "VALUES ('\(self.name)', \($0).\(key))" }, "SELECT DISTINCT '\(name)', r.\(key) FROM \(place) r"
      )
    case .parent(let parent, let column):
      let key = newTables.first { $0.name == parent }?.key ?? ""
      let parents = schema.qualified(parent)
      return (
        { "SELECT '\(self.name)', p.\(key) FROM \(parents) p WHERE p.id = \($0).\(column)" },
        "SELECT DISTINCT '\(name)', p.\(key) FROM \(place) r JOIN \(parents) p ON p.id = r.\(column)"
      )
    case .none: return nil
    }
  }
}
