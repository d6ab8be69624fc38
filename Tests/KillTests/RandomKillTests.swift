import EventLoop
import Migration
import Testing

/// `kill -9` of the program, and of its PostgreSQL backend, at random moments of all that it does for long. One after the
/// other: each test keeps both processors busy.
@Suite(.serialized) struct RandomKillTests {
  @Test("a backfill that is killed again and again ends with every result copied, and does no batch twice")
  func backfill() async throws {
    let tally = try await Self.run(200, "backfill") { ground, seed, tally in
      try await BackfillRun(ground, seed: seed)(tally)
    }
    if let tally { #expect(tally.tenths.allSatisfy { $0 > 0 }, "every part of the work was hit") }
  }

  @Test("a create that is killed makes all or nothing, and ends with all")
  func create() async throws {
    try await Self.run(30, "create") { ground, seed, tally in try await CreateRun(ground, seed: seed)(tally) }
  }

  @Test("a verification that mends and is killed ends with both schemas equal, and finds nothing twice")
  func verify() async throws {
    try await Self.run(20, "verify", prepare: VerifyRun.prepare) { ground, seed, tally in
      try await VerifyRun(ground, seed: seed)(tally)
    }
  }

  @Test("an archive and a restore that are killed lose no row")
  func retirement() async throws {
    try await Self.run(24, "archive", prepare: RetirementRun.prepare) { ground, seed, tally in
      try await RetirementRun(ground, seed: seed)(tally)
    }
  }

  @Test("a backfill of nine tables that is killed again and again copies every decision, and does no batch twice")
  func contentBackfill() async throws { try await Self.backfill(of: ContentCase.self) }

  @Test("a create beside nine tables that is killed makes all or nothing, and ends with all")
  func contentCreate() async throws { try await Self.create(of: ContentCase.self) }

  @Test("a verification of nine tables that mends and is killed ends with both schemas equal")
  func contentVerify() async throws { try await Self.verify(of: ContentCase.self) }

  @Test("nine tables that are archived and restored, and killed meanwhile, lose no row")
  func contentRetirement() async throws { try await Self.retirement(of: ContentCase.self) }

  @Test("a backfill of tables that share rows and is killed again and again copies every entity, no batch twice")
  func socialBackfill() async throws { try await Self.backfill(of: SocialCase.self) }

  @Test("a create with roles and partitions that is killed makes all or nothing, and ends with all")
  func socialCreate() async throws { try await Self.create(of: SocialCase.self) }

  @Test("a verification of tables that share rows, that mends and is killed, ends with both schemas equal")
  func socialVerify() async throws { try await Self.verify(of: SocialCase.self) }

  @Test("six tables that are archived and restored, and killed meanwhile, lose no row")
  func socialRetirement() async throws { try await Self.retirement(of: SocialCase.self) }

  private static func backfill<Case: MappedCase>(of migration: Case.Type) async throws {
    try await run(24, "\(Case.migration.name) backfill", open: { try await MappedGround<Case>.open(on: $0) }) {
      ground, seed, tally in try await MappedBackfillRun<Case>(ground, seed: seed)(tally)
    }
  }

  private static func create<Case: MappedCase>(of migration: Case.Type) async throws {
    try await run(8, "\(Case.migration.name) create", open: { try await MappedGround<Case>.open(on: $0) }) {
      ground, seed, tally in try await MappedCreateRun<Case>(ground, seed: seed)(tally)
    }
  }

  private static func verify<Case: MappedCase>(of migration: Case.Type) async throws {
    try await run(
      8, "\(Case.migration.name) verify", open: { try await MappedGround<Case>.open(on: $0) },
      prepare: MappedVerifyRun<Case>.prepare
    ) { ground, seed, tally in try await MappedVerifyRun<Case>(ground, seed: seed)(tally) }
  }

  private static func retirement<Case: MappedCase>(of migration: Case.Type) async throws {
    try await run(
      8, "\(Case.migration.name) archive", open: { try await MappedGround<Case>.open(on: $0) },
      prepare: MappedRetirementRun<Case>.prepare
    ) { ground, seed, tally in try await MappedRetirementRun<Case>(ground, seed: seed)(tally) }
  }

  /// - Returns: where the kills fell; nil: one run alone was repeated.
  @discardableResult
  private static func run(
    _ count: Int, _ what: String,
    open: @escaping @Sendable (EventLoop) async throws -> Ground = { try await Ground.open(on: $0) },
    prepare: @escaping @Sendable (Ground) async throws -> Void = { _ in },
    _ body: @escaping @Sendable (Ground, UInt64, Tally) async throws -> Void
  ) async throws -> Tally? {
    let seeds = Seeds(count, of: what)
    let tally = Tally()
    try await Lanes.run(seeds, open: open, prepare: prepare) { ground, seed in try await body(ground, seed, tally) }
    print("\(what): \(tally.report)")
    return seeds.isComplete ? tally : nil
  }
}
