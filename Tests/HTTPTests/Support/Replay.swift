@testable import HTTP

/// All that a parser said about some bytes. Equal for every split of them.
struct Transcript: Equatable {
  struct Message: Equatable {
    let request: String
    let path: [String]
    let query: Query
    let fields: [[UInt8]]
    let wantsKeepAlive: Bool
    let authority: String?
    /// Where the next message begins.
    let end: Int
  }

  var messages: [Message] = []
  /// Where each `expectContinue` was said.
  var continues: [Int] = []
  var error: ProtocolError?
  var errorEnd = 0
  var phase = RequestParser.Phase.idle

  var outcome: Case.Outcome {
    if let error { return .refused(error.status.code) }
    return phase == .idle ? .accepted : .unfinished
  }
}

/// Feeds `bytes` in pieces that end at `cuts`.
func replay(_ bytes: [UInt8], cuts: [Int] = [], limits: Limits = Limits()) -> Transcript {
  var parser = RequestParser(limits: limits)
  var transcript = Transcript()
  var position = 0
  for end in cuts + [bytes.count] {
    while position < end {
      let step = parser.receive(bytes.span.extracting(position..<end))
      position += step.consumed
      switch step.event {
      case .needMore: precondition(position == end, "needMore takes everything")
      case .expectContinue: transcript.continues.append(position)
      case .request(let request): transcript.messages.append(message(request, end: position))
      case .failed(let error):
        transcript.error = error
        transcript.errorEnd = position
        transcript.phase = parser.phase
        return transcript
      }
    }
  }
  transcript.phase = parser.phase
  return transcript
}

private func message(_ request: Request, end: Int) -> Transcript.Message {
  let target = request.rawPath + (request.rawQuery.map { "?" + $0 } ?? "")
  let body = request.body.isEmpty ? "" : " " + String(decoding: request.body, as: UTF8.self)
  let head = request.headers.head
  return Transcript.Message(
    request: "\(request.method.rawValue) \(target)\(body)", path: request.path, query: request.query,
    fields: request.headers.lines.map { head[$0.name] + [0x3A] + head[$0.value] },
    wantsKeepAlive: request.wantsKeepAlive, authority: request.authority, end: end)
}
