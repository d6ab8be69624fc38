import Testing

@testable import HTTP

@Suite("reference model")
struct ReferenceModelTests {
  /// Bodies are kept short so that mutated sizes reach the limit.
  private static var limits: Limits {
    var limits = Limits()
    limits.bodyBytesMax = 64
    return limits
  }

  @Test("agrees on the conformance cases", arguments: Case.all)
  func cases(_ example: Case) {
    // The model knows no limit on extensions.
    if replay(example.bytes).error?.reason == .chunkExtensionTooLong { return }
    let model = ReferenceModel(example.bytes, bodyBytesMax: Limits().bodyBytesMax)
    #expect(model.messages.map(\.end) == replay(example.bytes).messages.map(\.end))
    #expect(model.verdict == Self.verdict(replay(example.bytes).outcome))
  }

  @Test("agrees on 200,000 mutations", arguments: [UInt64.random(in: 0...UInt64.max)])
  func mutations(seed: UInt64) {
    var mutator = Mutator(corpus: Case.mutable, seed: seed)
    var counts: [String: Int] = [:]
    for round in 0..<200_000 {
      let bytes = mutator.next()
      let model = ReferenceModel(bytes, bodyBytesMax: Self.limits.bodyBytesMax)
      let (messages, verdict) = Self.parse(bytes, cuts: mutator.cuts(bytes))
      counts["\(verdict)", default: 0] += 1
      counts["messages", default: 0] += messages.count
      guard messages != model.messages || verdict != model.verdict else { continue }
      Issue.record(
        "seed \(seed), round \(round): \(verdict), model \(model.verdict): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
      )
      return
    }
    print("seed \(seed): \(counts)")
    #expect(counts.count == 4 && counts.values.allSatisfy { $0 > 5_000 }, "each answer is met often: \(counts)")
  }

  private static func parse(_ bytes: [UInt8], cuts: [Int]) -> ([ReferenceModel.Message], ReferenceModel.Verdict) {
    var parser = RequestParser(limits: limits)
    var messages: [ReferenceModel.Message] = []
    var position = 0
    for end in cuts + [bytes.count] {
      while position < end {
        let step = parser.receive(bytes.span.extracting(position..<end))
        position += step.consumed
        switch step.event {
        case .needMore, .expectContinue: break
        case .request(let request): messages.append(ReferenceModel.Message(end: position, body: request.body))
        case .failed: return (messages, .refused)
        }
      }
    }
    return (messages, parser.phase == .idle ? .accepted : .unfinished)
  }

  private static func verdict(_ outcome: Case.Outcome) -> ReferenceModel.Verdict {
    switch outcome {
    case .accepted: .accepted
    case .unfinished: .unfinished
    case .refused: .refused
    }
  }
}
