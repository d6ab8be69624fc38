package import EventLoop

package struct NeverHappened: Error {
  package let what: String
}

/// Waits until something holds; gives up after a long while.
package func eventually(_ what: String, on loop: EventLoop, _ holds: () async throws -> Bool) async throws {
  let deadline = EventLoop.monotonicNanoseconds + 20_000_000_000
  while !(try await holds()) {
    guard EventLoop.monotonicNanoseconds < deadline else { throw NeverHappened(what: what) }
    await loop.sleep(milliseconds: 2)
  }
}
