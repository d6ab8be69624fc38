import Migration
import Postgres
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct DefectTests {
  private static let seed: UInt64 = 91

  @Test("every seeded defect is found and located, with both values, and nothing else is reported")
  func findsEveryDefect() async throws {
    let world = SampleWorld.make(seed: Self.seed, resultsPerBrand: 90)
    try await onLoop { loop in
      let traps = TrapRows(world, seed: Self.seed)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }
      let keys = try await stage.keys()
      _ = try await stage.pool.query(Stage.migration.copy.copy, [keys] + refusing())

      var score: [String: (seeded: Int, found: Int)] = [:]
      for defect in StarDefect.all {
        let (seeded, found) = try await Self.seed(defect, on: stage)
        score[defect.kind, default: (0, 0)].seeded += seeded
        score[defect.kind, default: (0, 0)].found += found
      }
      let clean = try await Self.differences(stage.pool, keys)
      #expect(clean.isEmpty, "each defect is taken back")
      for (kind, count) in score.sorted(by: { $0.key < $1.key }) {
        print("defects: \(kind): \(count.found) of \(count.seeded)")
      }
      let all = score.values.reduce((0, 0)) { ($0.0 + $1.seeded, $0.1 + $1.found) }
      print("defects: \(all.1) of \(all.0) in \(score.count) classes")
      #expect(all.0 == all.1)
      #expect(all.0 > 1_000)
      #expect(score.count > 20)
    }
  }

  @Test("what is copied rightly gives no difference, whatever the wide rows are", arguments: [92, 93] as [UInt64])
  func reportsNothingWhenClean(seed: UInt64) async throws {
    let world = SampleWorld.make(seed: seed, resultsPerBrand: 150)
    try await onLoop { loop in
      let traps = TrapRows(world, seed: seed)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }
      let keys = try await stage.keys()
      var generator = SeededGenerator(seed: seed)
      for refused in [[], traps.rows.map(\.id).filter { _ in generator.chance(9) }] {
        let counts = try await Self.numbers(
          stage.pool.query(Stage.migration.copy.copy, [keys] + refusing(refused)), row: 0)
        #expect(counts[0] > 100 || !refused.isEmpty)
        #expect(try await Self.differences(stage.pool, keys, refused: refused).isEmpty)
        let prints = try await stage.pool.query(Stage.migration.parity.fingerprints, [keys] + refusing(refused))
        for row in 0..<prints.count {
          let table = prints.string(row: row, column: 0)!
          let rows = Int(try await stage.value("SELECT count(*) FROM \(table)") ?? "")
          #expect(
            prints.integer(row: row, column: 1) == rows && prints.integer(row: row, column: 2) == rows, "\(table)")
          #expect(prints.integer(row: row, column: 3) == 0, "\(table)")
          #expect(prints.string(row: row, column: 4) == "{}", "\(table)")
        }
      }
    }
  }

  @Test("before a copy, the rows to write are those that the copy then writes", arguments: [94, 95] as [UInt64])
  func foretellsTheCopy(seed: UInt64) async throws {
    let world = SampleWorld.make(seed: seed, resultsPerBrand: 150)
    try await onLoop { loop in
      var traps = TrapRows(world, seed: seed)
      let model = MappingModel(world)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }
      var before: [String] = []
      for step in ["first", "changed"] {
        let keys = try await stage.keys()
        let after = model.map(traps.rows).star
        let prints = try await stage.pool.query(Stage.migration.parity.fingerprints, [keys] + refusing())
        let differing = Set((0..<prints.count).flatMap { Self.list(prints, row: $0, column: 4) })
        let changed = Set(before).symmetricDifference(after).map { Int($0.split(separator: "|")[1])! }
        #expect(differing == Set(changed), "seed \(seed), \(step)")
        let named = try await Self.differences(stage.pool, keys).map { $0[1]! }
        #expect(Set(named) == Set(changed.map(String.init)), "seed \(seed), \(step)")
        let counts = try await Self.numbers(
          stage.pool.query(Stage.migration.copy.copy, [keys] + refusing()), row: 0)
        #expect((0..<5).map { prints.integer(row: $0, column: 3) } == counts.dropLast(), "seed \(seed), \(step)")
        before = after
        traps.change()
        try await stage.replaceWideRows(by: traps.rows)
      }
    }
  }

  // MARK: Helpers

  private struct RolledBack: Error {}

  /// - Returns: differences that the defect makes, and how many of them are reported.
  private static func seed(_ defect: StarDefect, on stage: Stage) async throws -> (seeded: Int, found: Int) {
    var result = (seeded: 0, found: 0)
    do {
      try await stage.pool.transaction { session in
        _ = try await session.query(Statement(StarState.remember))
        for statement in defect.statements { _ = try await session.query(Statement(statement)) }
        let expected = lines(try await session.query(Statement(StarState.differences)))
        let keys = try await stage.keys(in: session)
        let found = try await differences(session, keys)
        let what = "\(defect.kind): \(defect.statements.last!)"
        #expect(!expected.isEmpty, "\(what) changes something")
        let missed = Set(expected).subtracting(found)
        let invented = Set(found).subtracting(expected)
        #expect(
          missed.isEmpty && invented.isEmpty, "\(what): missed \(missed.prefix(3)), invented \(invented.prefix(3))")
        #expect(found.count == expected.count, "\(what)")
        result = (expected.count, expected.count - missed.count)

        let prints = try await session.query(Stage.migration.parity.fingerprints, [keys] + refusing())
        for row in 0..<prints.count {
          let table = prints.string(row: row, column: 0)!
          let wrong = Set(expected.filter { $0[0] == table }.map { Int($0[1]!)! })
          #expect(list(prints, row: row, column: 4) == wrong.sorted(), "\(what): \(table)")
        }
        if defect.canBeMended {
          let counts = try await numbers(
            session.query(Stage.migration.copy.copy, [keys] + refusing()), row: 0)
          #expect((0..<5).map { prints.integer(row: $0, column: 3) } == counts.dropLast(), "\(what): rows to write")
          #expect(try await differences(session, keys).isEmpty, "\(what): mended")
        }
        throw RolledBack()
      }
    } catch is RolledBack {}
    return result
  }

  private static func differences(
    _ session: any Session, _ keys: Bind, refused: [Int] = []
  ) async throws -> [[String?]] {
    lines(try await session.query(Stage.migration.parity.differences, [keys] + refusing(refused)))
  }

  private static func lines(_ rows: Rows) -> [[String?]] {
    (0..<rows.count).map { row in (0..<6).map { rows.string(row: row, column: $0) } }
  }

  private static func numbers(_ rows: Rows, row: Int) -> [Int] {
    (0..<rows.columns.count).map { rows.integer(row: row, column: $0)! }
  }

  private static func list(_ rows: Rows, row: Int, column: Int) -> [Int] {
    rows.string(row: row, column: column)!.dropFirst().dropLast().split(separator: ",").map { Int($0)! }
  }
}

extension Stage {
  /// Every key that there is to copy.
  func keys(in session: (any Session)? = nil) async throws -> Bind {
    let rows = try await (session ?? pool).query(
      Self.migration.nextKeys, [.integer(Int.min), .integer(1_000_000)])
    return .array((0..<rows.count).map { rows.integer(row: $0, column: 0)! })
  }
}
