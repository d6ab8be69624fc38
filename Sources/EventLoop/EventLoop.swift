import CLibUV

/// One libuv loop as an actor: what is isolated to it runs on the loop's thread.
///
/// Handles (timers, sockets, polls) and everything built on them are plain classes that never leave their
/// loop. They are not `Sendable`, so the compiler keeps them there; `spawn` is how their callbacks start
/// `async` work on the same loop.
package actor EventLoop {
  nonisolated let executor: LoopExecutor

  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  package init() throws(UVError) { executor = try LoopExecutor() }

  /// True on the thread that runs this loop.
  package nonisolated var isCurrent: Bool { executor.isCurrent }

  /// Runs the loop on the calling thread until `stop`.
  package nonisolated func run() { executor.run() }

  /// Ends `run` after the present tick.
  package func stop() { executor.stop() }

  /// Frees the loop once `run` has returned. False if something made on the loop is still alive.
  package nonisolated func close() -> Bool { executor.close() }

  /// Starts `body` on this loop, from this loop.
  ///
  /// `body` must have no capture list: Swift 6.3 takes an `async` closure with one off its caller's actor.
  package nonisolated func spawn(_ body: @escaping () async -> Void) {
    let confined = Confined(value: body)
    assumeIsolated { loop in
      _ = Task { await loop.perform(confined) }
    }
  }

  /// Starts `body` on this loop, from any thread.
  package nonisolated func submit(_ body: @escaping @Sendable (isolated EventLoop) async -> Void) {
    Task { await self.perform(body) }
  }

  /// Runs `body` on this loop and gives back what it returns, to any thread.
  package func run<Result: Sendable>(
    _ body: @Sendable (isolated EventLoop) async throws -> Result
  ) async rethrows -> Result {
    // Keeps the hop, as in `perform`.
    precondition(isCurrent)
    return try await body(self)
  }

  private func perform(_ confined: Confined) async {
    // Swift 6.3 leaves out the hop to this actor where nothing but a call of a closure follows; this call keeps it.
    precondition(isCurrent)
    await confined.value()
  }

  private func perform(_ body: @Sendable (isolated EventLoop) async -> Void) async {
    precondition(isCurrent)
    await body(self)
  }

  /// Suspends for at least `milliseconds`.
  package nonisolated(nonsending) func sleep(milliseconds: Int) async {
    precondition(isCurrent)
    var sleeper: CheckedContinuation<Void, Never>?
    let timer = LoopTimer(on: self) { sleeper?.resume() }
    await withCheckedContinuation { continuation in
      sleeper = continuation
      timer.start(afterMilliseconds: milliseconds)
    }
    withExtendedLifetime(timer) {}
  }

  /// Nanoseconds on a clock that never goes back.
  package nonisolated static var monotonicNanoseconds: UInt64 { uv_hrtime() }
}

/// Work that is handed to a task on the loop it comes from.
///
/// `@unchecked Sendable`: `spawn` makes it on the loop's thread, and the task that takes it is isolated to the
/// same loop, so its captures never meet another thread.
private struct Confined: @unchecked Sendable {
  let value: () async -> Void
}
