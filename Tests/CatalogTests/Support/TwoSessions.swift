import EventLoop
import Postgres
import SQL

/// A stage with one brand's facts, and two more connections to it, whose steps a test puts in the order it wants.
struct TwoSessions {
  let stage: Stage
  let world: World
  let first: Connection
  let second: Connection

  static func open(seed: UInt64, on loop: EventLoop) async throws -> TwoSessions {
    var world = SampleWorld.make(seed: seed, resultsPerBrand: 40)
    let brand = world.brands[2]
    world.results = world.results.filter { $0.brand == brand.id }
    let stage = try await Stage.open(world, on: loop)
    world.brands = [brand]
    try await stage.refresh()
    return TwoSessions(
      stage: stage, world: world, first: try await Connection.open(stage.settings, on: loop),
      second: try await Connection.open(stage.settings, on: loop))
  }

  func close() {
    first.close()
    second.close()
    stage.close()
  }

  /// nil if dashboard and visibility tell what the facts say.
  func staleAnswer() async throws -> String? {
    try await stage.staleAnswer(world, ranges: [Stage.ranges[0]])
  }

  /// Runs a statement that may have to wait for the other session's end.
  func start(_ text: String, on connection: Connection) async throws -> Started {
    let rows = try await connection.query(Statement("SELECT pg_backend_pid()"))
    let started = Started()
    connection.send([(Statement(text), [])]) { started.result = $0 }
    let isWaiting = "SELECT cardinality(pg_blocking_pids(\(rows.integer(row: 0, column: 0)!))) > 0"
    for _ in 0..<Self.looksMax {
      if started.result != nil { return started }
      if try await stage.value(isWaiting) == "t" {
        started.hasWaited = true
        return started
      }
    }
    throw Stuck(text: text)
  }

  /// Waits for what was started. False: it could not be serialized.
  func finish(_ started: Started) async throws -> Bool {
    for _ in 0..<Self.looksMax {
      switch started.result {
      case nil: _ = try await stage.value("SELECT 1")
      case .success: return true
      case .failure(let error) where error.state == .serializationFailure || error.state == .deadlockDetected:
        return false
      case .failure(let error): throw error
      }
    }
    throw Stuck(text: "what had to wait")
  }

  final class Started {
    var result: Result<[Rows], DatabaseError>?
    var hasWaited = false
  }

  struct Stuck: Error { let text: String }

  private static let looksMax = 50_000
}

/// Every way to shuffle two sequences together that keeps the order of each: true takes the next of the first.
func shuffles(_ first: Int, _ second: Int) -> [[Bool]] {
  if first == 0 { return [Array(repeating: false, count: second)] }
  if second == 0 { return [Array(repeating: true, count: first)] }
  return shuffles(first - 1, second).map { [true] + $0 } + shuffles(first, second - 1).map { [false] + $0 }
}
