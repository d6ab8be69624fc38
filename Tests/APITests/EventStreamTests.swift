import EventLoop
import HTTP
import TestSupport
import Testing

@testable import API

/// What a client makes of a stream, written from WHATWG HTML section 9.2.6, over text that has come whole.
private struct EventSource {
  struct Event: Equatable {
    var type: String
    var data: String
    var lastEventID: String
  }

  var events: [Event] = []
  var lastEventID = ""
  var reconnectionMilliseconds: Int?

  init(_ bytes: [UInt8]) {
    var type = ""
    var data = ""
    var id = ""
    for line in Self.lines(String(decoding: bytes, as: UTF8.self)) {
      if line.isEmpty {
        lastEventID = id
        if !data.isEmpty {
          events.append(Event(type: type.isEmpty ? "message" : type, data: String(data.dropLast()), lastEventID: id))
        }
        data = ""
        type = ""
        continue
      }
      guard line.first != ":" else { continue }
      let colon = line.firstIndex(of: ":")
      let field = String(String.UnicodeScalarView(line[..<(colon ?? line.endIndex)]))
      var value = colon.map { line[line.index(after: $0)...] } ?? []
      if value.first == " " { value = value.dropFirst() }
      let text = String(String.UnicodeScalarView(value))
      switch field {
      case "event": type = text
      case "data": data += text + "\n"
      case "id": if !value.contains("\0") { id = text }
      case "retry": if value.allSatisfy({ ("0"..."9").contains($0) }) { reconnectionMilliseconds = Int(text) }
      default: break
      }
    }
  }

  /// A line that nothing ends is dropped, as the end of a stream does.
  private static func lines(_ text: String) -> [[Unicode.Scalar]] {
    var lines: [[Unicode.Scalar]] = []
    var line: [Unicode.Scalar] = []
    var last: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if scalar == "\n" && last == "\r" {
        last = scalar
        continue
      }
      if scalar == "\n" || scalar == "\r" {
        lines.append(line)
        line = []
      } else {
        line.append(scalar)
      }
      last = scalar
    }
    return lines
  }
}

@Suite("server-sent events")
struct EventStreamTests {
  @Test(
    "exact bytes",
    arguments: [
      (ServerSentEvent(data: Array("{}".utf8)), "data: {}\n\n"),
      (ServerSentEvent("progress", data: Array(#"{"a":1}"#.utf8)), "event: progress\ndata: {\"a\":1}\n\n"),
      (ServerSentEvent("progress", id: .init(42), data: []), "event: progress\nid: 42\ndata: \n\n"),
      (ServerSentEvent(id: "", data: Array("a\nb".utf8)), "id: \ndata: a\ndata: b\n\n"),
      (ServerSentEvent(data: Array("a\r\nb\rc\n\rd\n".utf8)), "data: a\ndata: b\ndata: c\ndata: \ndata: d\ndata: \n\n"),
    ])
  func exact(event: ServerSentEvent, text: String) {
    #expect(String(decoding: event.bytes, as: UTF8.self) == text)
  }

  @Test("a client gets every event, name, id and text as they were given")
  func readBack() throws {
    let seed = UInt64.random(in: 1...UInt64.max)
    var state = seed
    func random(below bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let parts = [
      "a", " ", ":", "data: ", "event: x", "\n", "\r", "\r\n", "\n\n", "é🦉", "\u{FEFF}", "\u{2028}", "\t", "\0",
    ]
    func text(_ parts: [String]) -> String {
      (0..<random(below: 6)).map { _ in parts[random(below: parts.count)] }.joined()
    }
    let inLine = parts.filter { !$0.contains(/[\r\n\0]/.matchingSemantics(.unicodeScalar)) }
    for _ in 0..<2_000 {
      var bytes = EventStream.heartbeat
      var expected: [EventSource.Event] = []
      var id = ""
      for _ in 0...random(below: 4) {
        let name = random(below: 2) == 0 ? nil : text(inLine)
        let newID = random(below: 2) == 0 ? nil : text(inLine)
        let data = text(parts)
        id = newID ?? id
        bytes +=
          ServerSentEvent(
            try name.map { try #require(.init($0)) }, id: try newID.map { try #require(.init($0)) },
            data: Array(data.utf8)
          ).bytes
        if random(below: 3) == 0 { bytes += EventStream.heartbeat }
        expected.append(
          .init(
            type: name.flatMap { $0.isEmpty ? nil : $0 } ?? "message",
            data: data.replacing(/\r\n|\r/.matchingSemantics(.unicodeScalar), with: "\n"), lastEventID: id))
      }
      let source = EventSource(bytes)
      #expect(source.events == expected, "seed \(seed)")
      #expect(source.lastEventID == id, "seed \(seed)")
      guard source.events == expected else { return }
    }
  }

  @Test("a heartbeat is no event and ends none; the time to connect again is told")
  func others() {
    let source = EventSource(EventStream.retry(milliseconds: 3_000) + EventStream.heartbeat)
    #expect(source.events.isEmpty)
    #expect(source.reconnectionMilliseconds == 3_000)
    #expect(EventStream.heartbeat == Array(":\n\n".utf8))
  }

  @Test("a name or id is one line")
  func values() async {
    for text in ["\n", "\r", "a\r\nb", "a\0", "a\n"] { #expect(ServerSentEvent.Value(text) == nil) }
    for text in ["", " ", "a b", "é", "\u{2028}", "\u{85}", ":"] { #expect(ServerSentEvent.Value(text)?.text == text) }
    await #expect(processExitsWith: .failure) { _ = ServerSentEvent.Value(stringLiteral: "a\nb") }
  }

  @Test("the head says what it is, and that nobody keeps it")
  func headers() throws {
    let response = EventStream.response { _ in }
    #expect(response.status == .ok)
    #expect(response.headers == ["Content-Type": "text/event-stream", "Cache-Control": "no-store"])
    guard case .stream = response.body else { throw NotARequest(text: "not a stream") }
  }

  private final class Recorder: BodyWriter {
    var bytes: [UInt8] = []

    func write(_ bytes: [UInt8]) async -> Bool {
      self.bytes += bytes
      return true
    }

    func sleep(milliseconds: Int) async -> Bool { true }
  }

  private struct Fault: Error {}

  @Test("what makes a stream fail is in the log, and still fails it; other answers pass as they are")
  func failure() async throws {
    try await withClient { client in
      let asked = try request(.get, "/api/stream?secret=1")
      let logged = client.api.loggingFailures(
        of: EventStream.response { writer in
          _ = await writer.write([1])
          throw Fault()
        }, to: asked)
      guard case .stream(let produce) = logged.body else { throw NotARequest(text: "not a stream") }
      let recorder = Recorder()
      var hasFailed = false
      do { try await produce(recorder) } catch is Fault { hasFailed = true }
      #expect(hasFailed)
      #expect(recorder.bytes == [1])
      #expect(client.log.text.contains("/api/stream") && client.log.text.contains("Fault"))
      #expect(!client.log.text.contains("secret"))
      let plain = client.api.loggingFailures(of: Response(.ok, body: [2]), to: asked)
      #expect(Answer(response: plain, method: .get).body == [2])
    }
  }
}
