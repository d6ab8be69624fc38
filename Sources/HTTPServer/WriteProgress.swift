/// When a peer last took some of what was sent to it. Times are in milliseconds.
struct WriteProgress {
  private var lastTaken: Int
  /// What the socket had not taken at the last look.
  private var queuedBytesSeen = 0

  init(now: Int) { lastTaken = now }

  /// The peer has its time anew.
  mutating func restart(queuedBytes: Int, now: Int) {
    lastTaken = now
    queuedBytesSeen = queuedBytes
  }

  /// - Parameters:
  ///   - queuedBytes: what the socket has not taken yet.
  ///   - sentBytes: what was handed to it since the last look: a queue that grows may be moving all the same.
  mutating func look(queuedBytes: Int, sentBytes: Int = 0, now: Int) {
    if queuedBytesSeen == 0 || queuedBytes < queuedBytesSeen + sentBytes { lastTaken = now }
    queuedBytesSeen = queuedBytes
  }

  func milliseconds(now: Int) -> Int { now - lastTaken }
}
