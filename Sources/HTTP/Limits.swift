/// Every maximum and time-out of the HTTP side, named with its unit.
///
/// The parser enforces the sizes of one message; the connection enforces the rest.
package struct Limits: Sendable {
  // Head (RFC 9112 section 3: at least 8000 octets of request line)
  package var leadingEmptyLinesMax = 1
  package var requestLineBytesMax = 8 * 1024
  package var fieldBytesMax = 8 * 1024
  package var headBytesMax = 32 * 1024
  package var fieldCountMax = 100

  // Body
  package var bodyBytesMax = 1024 * 1024
  package var chunkSizeDigitsMax = 15
  package var chunkExtensionBytesMax = 4 * 1024
  package var trailerBytesMax = 8 * 1024

  // Time
  package var headSeconds = 10
  package var bodySeconds = 30
  package var bodyIdleSeconds = 10
  package var writeStallSeconds = 10
  package var keepAliveSeconds = 30
  package var lingerSeconds = 2
  package var connectionAgeSeconds = 3600

  // Connection
  package var connectionCountMax = 10_000
  package var pipelinedBytesMax = 64 * 1024
  package var requestsPerWakeUpMax = 200
  package var writeQueueBytesMax = 256 * 1024
  package var writeQueueResumeBytes = 64 * 1024
  package var lingerBytesMax = 16 * 1024 * 1024

  package init() {}

  /// Traps where two limits contradict each other, so that a bad setting stops the start and not a request.
  package func requireConsistency() {
    precondition(leadingEmptyLinesMax >= 1, "RFC 9112 section 2.2: at least one empty line is ignored")
    precondition(requestLineBytesMax >= 8000, "RFC 9112 section 3: at least 8000 octets")
    precondition(fieldBytesMax > 0 && fieldCountMax > 0)
    precondition(requestLineBytesMax + lineEndBytes * 2 <= headBytesMax, "the longest request line fits in a head")
    precondition(fieldBytesMax <= headBytesMax)
    precondition(headBytesMax <= Int(UInt16.max), "a place in a head is kept in 16 bits")
    precondition((0..<1 << 48).contains(bodyBytesMax))
    precondition((1...15).contains(chunkSizeDigitsMax), "a chunk size fits in an Int")
    precondition(chunkExtensionBytesMax > 0 && trailerBytesMax > 0)
    precondition(headSeconds > 0 && bodyIdleSeconds > 0 && bodyIdleSeconds <= bodySeconds)
    precondition(writeStallSeconds > 0 && keepAliveSeconds > 0 && keepAliveSeconds <= connectionAgeSeconds)
    precondition(lingerSeconds > 0 && lingerBytesMax > 0)
    precondition(connectionCountMax > 0 && requestsPerWakeUpMax > 0)
    precondition(headBytesMax <= pipelinedBytesMax, "a whole head fits in the read buffer")
    precondition(writeQueueResumeBytes < writeQueueBytesMax)
  }
}

/// CR LF.
let lineEndBytes = 2
