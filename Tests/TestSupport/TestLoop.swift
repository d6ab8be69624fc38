package import EventLoop

/// Runs `body` on a loop of its own, on a thread of its own, and checks that it leaves nothing behind on it.
package func onLoop<Result: Sendable>(
  _ body: @escaping @Sendable (isolated EventLoop) async throws -> Result
) async throws -> Result {
  let thread = try LoopThread()
  let loop = thread.loop
  let result: Swift.Result<Result, any Error>
  do { result = .success(try await loop.run(body)) } catch { result = .failure(error) }
  await loop.stop()
  return try result.get()
}
