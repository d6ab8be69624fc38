/// Takes a streamed body from its producer: one call at a time, and only while the producer runs.
package protocol BodyWriter: AnyObject {
  /// Sends `bytes` at once. Waits while the client is slow.
  /// - Returns: false once nobody takes more, because the client is gone or the server is stopping.
  func write(_ bytes: [UInt8]) async -> Bool

  /// Waits for at least `milliseconds`, but no longer than somebody takes more.
  /// - Returns: as `write`.
  func sleep(milliseconds: Int) async -> Bool
}

/// Writes a body, on the loop of its connection. The body is whole when it returns; if it throws, the connection is
/// reset, so that the client does not take a part for the whole.
///
/// The closure must have no capture list: Swift 6.3 takes an `async` closure with one off its caller's actor.
package typealias BodyProducer = (any BodyWriter) async throws -> Void
