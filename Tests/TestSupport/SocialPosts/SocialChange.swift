/// Statements that change the old tables at random, with few values of each kind, so that rows meet.
package struct SocialChange: OldRowsChange {
  /// Posts and accounts are 1 to this.
  package let keys: Int
  let isSound: Bool
  package var random: SeededGenerator

  package init(keys: Int, seed: UInt64, isSound: Bool = false) {
    self.keys = keys
    self.isSound = isSound
    random = SeededGenerator(seed: seed)
  }

  package static let workspaces = (1...3).map { "00000000-0000-0000-0000-00000000000\($0)" }
  /// That there may be, but is not at first.
  package static let late = "00000000-0000-0000-0000-0000000000ff"

  /// Three workspaces, and an account for each third key.
  package static func homes(_ keys: Int) -> [String] {
    [
      """
      INSERT INTO social.workspaces (id, name, slug)
      SELECT id::uuid, 'W' || n, 'team-' || n
      FROM unnest('{\(workspaces.joined(separator: ","))}'::text[]) WITH ORDINALITY w (id, n)
      """,
      """
      INSERT INTO social.accounts (id, workspace_id, platform, handle)
      SELECT k, ('00000000-0000-0000-0000-00000000000' || k / 3 % 3 + 1)::uuid, 'x', 'h'
      FROM generate_series(1, \(keys), 3) k
      """,
    ]
  }

  /// A value for a column of an old table.
  package mutating func value(_ kind: SocialTable.Kind) -> String {
    let words = SocialWords.of(kind)
    if !isSound, !words.bad.isEmpty, random.chance(words.oneIn) { return random.pick(words.bad) }
    switch kind {
    case .key: return String(random.within(1...keys))
    case .time:
      let hours = random.pick(["0", "0", "1", "2.5"])
      return """
        '2025-06-0\(random.pick([1, 1, 2, 3])) 00:00:00+00'::timestamptz
        + interval '\(hours) hours \(random.pick([0, 0, 1])) microseconds'
        """
    default: return random.pick(words.good)
    }
  }

  private mutating func someRow(of table: SocialTable) -> String {
    "id IN (SELECT id FROM social.\(table.name) WHERE \(table.key) = \(random.within(1...keys)) ORDER BY id LIMIT 1)"
  }

  package mutating func insert(into table: SocialTable) -> String {
    var values = table.columns.map { ($0.name, value($0.kind)) }
    if table.name == "posts" { values.append(("id", String(random.within(1...keys)))) }
    return """
      INSERT INTO social.\(table.name) (\(values.map(\.0).joined(separator: ", ")))
      VALUES (\(values.map(\.1).joined(separator: ", ")))\(table.name == "posts" ? " ON CONFLICT (id) DO NOTHING" : "")
      """
  }

  package mutating func update(_ table: SocialTable) -> String {
    let columns = Set((0..<random.within(1...3)).map { _ in random.below(table.columns.count) }).sorted()
    let changes = columns.map { "\(table.columns[$0].name) = \(value(table.columns[$0].kind))" }
    return "UPDATE social.\(table.name) SET \(changes.joined(separator: ", ")) WHERE \(someRow(of: table))"
  }

  package mutating func delete(from table: SocialTable) -> String {
    "DELETE FROM social.\(table.name) WHERE \(someRow(of: table))"
  }

  private mutating func write(to tables: [SocialTable]) -> String {
    let table = random.pick(tables)
    return switch random.below(13) {
    case 0..<6: insert(into: table)
    case 6..<10: update(table)
    default: delete(from: table)
    }
  }

  package mutating func any() -> String { write(to: SocialTable.all + [SocialTable.named("posts")]) }

  package mutating func write(of program: Int, among programs: Int) -> String {
    write(to: SocialTable.all.indices.filter { $0 % programs == program }.map { SocialTable.all[$0] })
  }

  package mutating func fill(_ count: Int) -> [String] {
    (0..<count).map { _ in insert(into: random.pick(SocialTable.all + [SocialTable.named("posts")])) }
  }

  /// A change of what rows belong to: workspaces, their names, accounts.
  package mutating func move() -> String {
    let workspace = random.pick(Self.workspaces)
    let other = random.pick(Self.workspaces + [Self.late])
    let key = random.within(1...keys)
    switch random.below(12) {
    case 0..<3:
      return """
        UPDATE social.workspaces w SET slug = v.slug FROM (VALUES ('team-\(random.within(1...6))')) v (slug)
        WHERE w.id = '\(workspace)' AND NOT EXISTS (SELECT FROM social.workspaces o WHERE o.slug = v.slug)
        """
    case 3: return "DELETE FROM social.workspaces WHERE id = '\(other)'"
    case 4..<6:
      return """
        INSERT INTO social.workspaces (id, name, slug) VALUES ('\(other)', 'new', 'team-\(random.within(1...6))')
        ON CONFLICT DO NOTHING
        """
    case 6:
      return """
        UPDATE social.workspaces w SET id = '\(Self.late)'
        WHERE w.id = '\(workspace)' AND NOT EXISTS (SELECT FROM social.workspaces o WHERE o.id = '\(Self.late)')
          AND NOT EXISTS (SELECT FROM social.accounts a WHERE a.workspace_id = w.id)
        """
    case 7..<9:
      return """
        INSERT INTO social.accounts (id, workspace_id, platform, handle)
        SELECT \(key), w.id, 'x', 'h' FROM social.workspaces w ORDER BY w.id LIMIT 1 ON CONFLICT DO NOTHING
        """
    case 9..<11:
      return """
        UPDATE social.accounts a SET workspace_id = w.id FROM social.workspaces w
        WHERE a.id = \(key) AND w.id = '\(workspace)'
        """
    default: return "DELETE FROM social.accounts WHERE id = \(key)"
    }
  }
}
