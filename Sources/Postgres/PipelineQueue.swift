import SQL

/// What one connection has sent and not yet had answered, in order; and what it has prepared.
///
/// Groups of statements are sent together and end with a Sync; results arrive in the same order.
struct PipelineQueue {
  enum Step {
    case prepare(name: String, Statement)
    case execute(name: String?, Statement, [Bind])
  }

  struct Pending {
    let doing: String
    var awaited: [Step]
    var rows: [Rows] = []
    var error: DatabaseError?
    let completion: Connection.Completion
  }

  private var pipeline: [Pending] = []
  /// The name on the server of each statement that is prepared there.
  private var prepared: [String: String] = [:]
  private var renamings = 0

  var isEmpty: Bool { pipeline.isEmpty }

  /// The statement that the server is at.
  var doing: String { pipeline.first?.doing ?? "wait" }

  static func name(of statements: [(Statement, [Bind])]) -> String {
    statements.last?.0.name ?? "statement"
  }

  /// Sends the steps of one group.
  /// - Parameter send: hands one step to libpq; false if it did not take it.
  mutating func send(
    _ statements: [(Statement, [Bind])], _ completion: @escaping Connection.Completion, send: (Step) -> Bool
  ) -> Bool {
    var steps: [Step] = []
    for (statement, binds) in statements {
      if let name = statement.name, prepared[name] == nil {
        let serverName = renamings == 0 ? name : "\(name)/\(renamings)"
        prepared[name] = serverName
        steps.append(.prepare(name: serverName, statement))
      }
      steps.append(.execute(name: statement.name.flatMap { prepared[$0] }, statement, binds))
    }
    pipeline.append(Pending(doing: Self.name(of: statements), awaited: steps.reversed(), completion: completion))
    return steps.allSatisfy(send)
  }

  /// Takes the next result. Gives the completion and the outcome of a group when its Sync has arrived.
  mutating func arrive(
    _ result: borrowing LibPQResult
  ) -> (Connection.Completion, Result<[Rows], DatabaseError>)? {
    if result.kind == .sync {
      let pending = pipeline.removeFirst()
      return (pending.completion, pending.error.map { .failure($0) } ?? .success(pending.rows))
    }
    guard let step = pipeline[0].awaited.popLast() else { return nil }
    switch (step, result.kind) {
    case (.prepare, .done): break
    case (.execute, .done): pipeline[0].rows.append(result.rows())
    case (.prepare(_, let statement), _):
      forget(statement)
      note(result)
    case (.execute(_, let statement, _), _):
      note(result)
      if pipeline[0].error?.isStalePlan == true { forget(statement) }
    }
    return nil
  }

  /// Everything that will not be answered any more.
  mutating func failAll() -> [Pending] {
    defer {
      pipeline = []
      prepared = [:]
    }
    return pipeline
  }

  private mutating func note(_ result: borrowing LibPQResult) {
    if pipeline[0].error == nil {
      pipeline[0].error = result.error(doing: pipeline[0].doing)
    }
  }

  /// The next use prepares it anew, under a name that the server does not know.
  private mutating func forget(_ statement: Statement) {
    guard let name = statement.name else { return }
    prepared[name] = nil
    renamings += 1
  }
}
