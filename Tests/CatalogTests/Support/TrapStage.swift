import EventLoop

extension MappingModel {
  /// What the mapping may know of a world whose orphans `Stage.traps` leaves out.
  init(_ world: World) {
    self.init(
      customers: Set(world.customers.map(\.id)), queries: Set(world.queries.map(\.id)),
      results: Set(world.results.filter { !TrapRows.isOrphan($0) }.map(\.id)),
      competitors: Dictionary(
        uniqueKeysWithValues: world.brands.map { ($0.id, Set($0.competitors.map { Text($0) })) }))
  }
}

extension Stage {
  /// A world whose wide rows are `rows`, nothing copied.
  static func traps(_ world: World, _ rows: [WideRow], on loop: EventLoop) async throws -> Stage {
    var raw = world
    raw.results = world.results.filter { !TrapRows.isOrphan($0) }
    let stage = try await Stage.open(raw, on: loop, isCopied: false)
    try await stage.replaceWideRows(by: rows)
    return stage
  }

  func replaceWideRows(by rows: [WideRow]) async throws {
    try await runUnseen("TRUNCATE extracted_positions")
    try await World.copy(
      "extracted_positions (\(WideRow.columns))", rows.map(\.cells), into: pool, isFollowed: false)
  }
}
