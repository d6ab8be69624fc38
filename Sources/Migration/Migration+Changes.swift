import SQL

/// While only the new tables are written: which keys are, so that the old tables can follow when they come back.
extension Migration {
  /// Triggers that note the keys of new rows that anybody writes, without waiting for anybody. May run again.
  package var noteChanges: Script { Script(newTables.compactMap(noting).joined()) }

  /// Takes away what `noteChanges` made, and what was noted.
  package var forgetChanges: Script {
    let functions = newTables.map { table in
      """
      DROP TRIGGER IF EXISTS switchyard_changed_insert ON \(schema.qualified(table.name));
      DROP TRIGGER IF EXISTS switchyard_changed_update ON \(schema.qualified(table.name));
      DROP TRIGGER IF EXISTS switchyard_changed_delete ON \(schema.qualified(table.name));
      DROP TRIGGER IF EXISTS switchyard_changed_truncate ON \(schema.qualified(table.name));
      DROP FUNCTION IF EXISTS \(functionName(table))();

      """
    }
    return Script("\(functions.joined())DELETE FROM switchyard.changed_keys WHERE migration = '\(name)'")
  }

  private func functionName(_ table: NewTable) -> String {
    "switchyard.note_\(name.replacing("-", with: "_"))_\(table.name)"
  }

  private func noting(_ table: NewTable) -> String? {
    guard let keys = keys(table) else { return nil }
    let (function, place) = (functionName(table), schema.qualified(table.name))
    func note(_ rows: String) -> String {
      """
      INSERT INTO switchyard.changed_keys (migration, key)
        SELECT DISTINCT '\(name)', \(keys(rows));
      """
    }
    return """
      CREATE OR REPLACE FUNCTION \(function)() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $note$
      BEGIN
        IF current_setting('switchyard.is_restoring', true) = 'on' THEN
          RETURN NULL;
        END IF;
        IF TG_OP IN ('INSERT', 'UPDATE') THEN
          \(note("new_rows"))
        END IF;
        IF TG_OP IN ('DELETE', 'UPDATE') THEN
          \(note("old_rows"))
        END IF;
        IF TG_OP = 'TRUNCATE' THEN
          \(note(place))
        END IF;
        RETURN NULL;
      END
      $note$;
      CREATE OR REPLACE TRIGGER switchyard_changed_insert AFTER INSERT ON \(place)
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION \(function)();
      CREATE OR REPLACE TRIGGER switchyard_changed_update AFTER UPDATE ON \(place)
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION \(function)();
      CREATE OR REPLACE TRIGGER switchyard_changed_delete AFTER DELETE ON \(place)
        REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION \(function)();
      CREATE OR REPLACE TRIGGER switchyard_changed_truncate BEFORE TRUNCATE ON \(place)
        FOR EACH STATEMENT EXECUTE FUNCTION \(function)();
      ALTER TABLE \(place) ENABLE ALWAYS TRIGGER switchyard_changed_insert;
      ALTER TABLE \(place) ENABLE ALWAYS TRIGGER switchyard_changed_update;
      ALTER TABLE \(place) ENABLE ALWAYS TRIGGER switchyard_changed_delete;
      ALTER TABLE \(place) ENABLE ALWAYS TRIGGER switchyard_changed_truncate;

      """
  }

  /// A row whose parent is gone has its key noted by the parent.
  private func keys(_ table: NewTable) -> ((_ rows: String) -> String)? {
    switch table.keySource {
    case .column(let key): return { "r.\(key) FROM \($0) r" }
    case .parent(let parent, let column):
      let key = newTables.first { $0.name == parent }?.key ?? ""
      return { "p.\(key) FROM \($0) r JOIN \(schema.qualified(parent)) p ON p.id = r.\(column)" }
    case .none: return nil
    }
  }
}
