import Testing

@testable import HTTP
import TestSupport

@Suite("conformance")
struct ConformanceTests {
  @Test("whole", arguments: Case.all)
  func whole(_ example: Case) {
    let transcript = replay(example.bytes)
    #expect(transcript.messages.map(\.request) == example.requests)
    #expect(transcript.outcome == example.outcome, "\(String(describing: transcript.error))")
  }

  @Test("split at every byte, and byte by byte")
  func everySplit() {
    for example in Case.all {
      let whole = replay(example.bytes)
      for cut in 0...example.bytes.count where replay(example.bytes, cuts: [cut]) != whole {
        Issue.record("\(example): cut at \(cut)")
      }
      if replay(example.bytes, cuts: Array(0...example.bytes.count)) != whole {
        Issue.record("\(example): byte by byte")
      }
    }
  }

  @Test("split at random", arguments: [UInt64.random(in: 0...UInt64.max)])
  func randomSplits(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for example in Case.all where example.bytes.count > 1 {
      let whole = replay(example.bytes)
      for _ in 0..<10 {
        let cuts = (0...generator.below(8)).map { _ in generator.below(example.bytes.count) }.sorted()
        if replay(example.bytes, cuts: cuts) != whole { Issue.record("\(example): cuts \(cuts), seed \(seed)") }
      }
    }
  }

  @Test("every reason to refuse is met by a case or a limit test")
  func everyReason() {
    let met = Set(Case.all.compactMap { replay($0.bytes).error?.reason })
    let byLimits: Set<ProtocolError.Reason> = [
      .requestLineTooLong, .fieldTooLong, .fieldCount, .headTooLong, .trailerTooLong,
    ]
    #expect(Set(ProtocolError.Reason.allCases).subtracting(met) == byLimits)
  }

  @Test("a refusal is final and takes no more bytes")
  func refusalIsFinal() {
    var parser = RequestParser()
    let first = parser.receive(octets("GET / HTTP/1.1\n").span)
    guard case .failed(let error) = first.event else {
      Issue.record("accepted")
      return
    }
    #expect(error == ProtocolError(reason: .bareLineFeed, offset: 14))
    let second = parser.receive(octets("GET / HTTP/1.1\r\n").span)
    guard case .failed(error) = second.event else {
      Issue.record("not final")
      return
    }
    #expect(second.consumed == 0)
    #expect(parser.phase == .failed)
  }

  @Test(
    "offsets count from the beginning of the message",
    arguments: [
      ("\r\nGET / HTTP/1.1\r\nHost: h\r\nA B: c\r\n\r\n", 28),
      ("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nA\r\n", 17),
      ("GET /%zz HTTP/1.1\r\n", 5),
      ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", 66),
      ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", 42),
    ])
  func offsets(text: String, offset: Int) {
    #expect(replay(octets(text)).error?.offset == offset)
    #expect(replay(octets(text), cuts: Array(0..<text.utf8.count)).error?.offset == offset)
  }
}
