import EventLoop

/// Runs `count` bodies at once on the loop. Gives what they return, in the order in which they began.
func sideBySide<Result: Sendable>(_ count: Int, on loop: EventLoop, _ body: @escaping (Int) async -> Result) async
  -> [Result]
{
  await withCheckedContinuation { continuation in
    var results: [Int: Result] = [:]
    for index in 0..<count {
      loop.spawn {
        results[index] = await body(index)
        if results.count == count { continuation.resume(returning: (0..<count).compactMap { results[$0] }) }
      }
    }
  }
}

/// Looks again and again until `condition` holds. False: it did not within the time.
func eventually(
  on loop: EventLoop, withinMilliseconds limit: Int = 10_000, _ condition: () async -> Bool
) async -> Bool {
  let end = EventLoop.monotonicNanoseconds + UInt64(limit) * 1_000_000
  while EventLoop.monotonicNanoseconds < end {
    if await condition() { return true }
    await loop.sleep(milliseconds: 10)
  }
  return false
}

/// What `body` throws. Not `#expect(throws:)`: that runs an `async` closure off the loop, unless it names the loop.
func failure(_ body: () async throws -> Void) async -> (any Error)? {
  do {
    try await body()
    return nil
  } catch { return error }
}
