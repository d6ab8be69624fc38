import EventLoop
import Glibc
import HTTP
import TestSupport
import Testing

@testable import LoadTest

/// The whole run, and its client, against small servers on loopback that behave badly in every way.
@Suite struct LoadRunTests {
  /// What the server does with the n-th request that comes in, over all connections.
  enum Act {
    case answer(String)
    case sendAndClose(String)
    case stall
    case close
    case reset
  }

  private static func body(_ text: String, _ fields: String = "") -> String {
    "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
  }

  /// What a test is told of a run.
  private struct Outcome {
    let recording: Recording
    let connections: Int
    let requests: [String]
  }

  private static func run(
    rate: Int = 500, concurrency: Int = 4, seconds: Int = 1, warmUp: Int = 0,
    fields: [String] = ["S: old\r\n", "S: new\r\n"],
    act: @escaping @Sendable (Int, String) -> Act
  ) async throws -> Outcome {
    signal(SIGPIPE, SIG_IGN)
    let plan = try Plan(rate: rate, concurrency: concurrency, seconds: seconds, warmUpSeconds: warmUp, seed: 1)
    return try await onLoop { loop in
      var connections: [TCPConnection?] = []
      var requests: [String] = []
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { connection in
        connections.append(connection)
        var pending: [UInt8] = []
        let index = connections.count - 1
        connection.open(
          received: { bytes in
            for index in bytes.indices { pending.append(bytes[index]) }
            guard pending.suffix(4) == Array("\r\n\r\n".utf8) else { return }
            let request = String(decoding: pending, as: UTF8.self)
            pending = []
            requests.append(request)
            switch act(requests.count - 1, request) {
            case .answer(let text): connections[index]?.write(Array(text.utf8).span)
            case .sendAndClose(let text):
              connections[index]?.write(Array(text.utf8).span)
              connections[index]?.finishWriting()
            case .stall: break
            case .close: connections[index]?.finishWriting()
            case .reset:
              connections[index]?.abort()
              connections[index]?.close()
              connections[index] = nil
            }
          }, ended: { _ in }, drained: {})
      }
      let target = try Target(url: "http://127.0.0.1:\(listener.port)")
      let run = LoadRun(
        plan, target, host: "127.0.0.1", groups: [LoadGroup("a", paths: ["/a", "/b"]), LoadGroup("c", paths: ["/c"])],
        fields: fields, on: loop, judge: { answer, _ in answer.status == 200 ? nil : "answered \(answer.status)" },
        progress: { _, _ in })
      let recording = try await run.run()
      for connection in connections { connection?.close() }
      return Outcome(recording: recording, connections: connections.count, requests: requests)
    }
  }

  private static func errors(_ outcome: Outcome) -> [String: Int] {
    outcome.recording.errors.values.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
  }

  @Test("every request of the schedule is sent once, keep-alive, over no more connections than allowed")
  func sound() async throws {
    let outcome = try await Self.run(warmUp: 1) { _, _ in .answer(Self.body("x")) }
    #expect(outcome.requests.count == 1_000 && outcome.connections <= 4)
    #expect(outcome.recording.sentCount == 500 && outcome.recording.lateness.count == 500)
    #expect(outcome.recording.errorCount == 0)
    #expect(outcome.recording.comparison.comparedCount == 250 && outcome.recording.comparison.differentCount == 0)
    for group in [nil, 0, 1] {
      let sides = outcome.recording.latencies(of: group)
      #expect(sides.map(\.count) == [group == nil ? 250 : 125, group == nil ? 250 : 125])
      #expect(sides.joined().allSatisfy { $0 > 0 })
    }
    let (old, new) = (
      outcome.requests.count { $0.contains("S: old") }, outcome.requests.count { $0.contains("S: new") }
    )
    #expect(old == 500 && new == 500)
    for path in ["/a", "/b", "/c"] { #expect(outcome.requests.contains { $0.hasPrefix("GET \(path) HTTP/1.1\r\n") }) }
  }

  @Test("a side that answers other bytes is found, with the paths")
  func different() async throws {
    let outcome = try await Self.run(rate: 200) { _, request in
      .answer(Self.body(request.contains("/c ") && request.contains("S: new") ? "y" : "x"))
    }
    let comparison = outcome.recording.comparison
    #expect(comparison.comparedCount == 100 && comparison.differentCount == 50)
    #expect(
      comparison.differences.count == Plan.differencesKept && comparison.differences.allSatisfy { $0.path == "/c" })
    #expect(outcome.recording.errorCount == 0)
  }

  @Test("with one side nothing is compared")
  func oneSide() async throws {
    let outcome = try await Self.run(rate: 100, fields: [""]) { index, _ in .answer(Self.body("\(index)")) }
    #expect(outcome.requests.count == 100 && outcome.recording.comparison.comparedCount == 0)
    #expect(outcome.recording.latencies(of: nil).map(\.count) == [100])
  }

  @Test("connections that the server ends are opened again, and what broke when new is an error")
  func reopened() async throws {
    let polite = try await Self.run(rate: 200) { _, _ in .answer(Self.body("x", "Connection: close\r\n")) }
    #expect(polite.recording.errorCount == 0 && polite.connections == 200)
    let idle = try await Self.run(rate: 50) { _, _ in .sendAndClose(Self.body("x")) }
    #expect(idle.recording.errorCount == 0 && idle.connections == 50)
    let broken = try await Self.run(rate: 200, concurrency: 1) { index, _ in
      switch index % 5 {
      case 1: .close
      case 2: .close
      case 3: .reset
      default: .answer(Self.body("x"))
      }
    }
    #expect(
      Self.errors(broken) == ["connection closed before the answer's end": 50, "connection broken (ECONNRESET)": 50])
    #expect(broken.requests.count == 250 && broken.recording.resentCount == 50 && broken.connections == 150 + 1)
  }

  @Test("a length that is a lie is an error, never an answer")
  func lies() async throws {
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd"
    let outcome = try await Self.run(rate: 50) { _, _ in .answer(short) }
    #expect(Self.errors(outcome) == ["bytes after the answer's end": 50])
    let long = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd"
    let cut = try await Self.run(rate: 50) { _, _ in .sendAndClose(long) }
    #expect(Self.errors(cut) == ["connection closed before the answer's end": 50])
    let huge = try await Self.run(rate: 50) { _, _ in
      .answer("HTTP/1.1 200 OK\r\nContent-Length: \(Plan.bodyBytesMax + 1)\r\n\r\n")
    }
    #expect(Self.errors(huge) == ["unreadable answer (body too large)": 50])
    for recording in [outcome, cut, huge].map(\.recording) {
      #expect(recording.comparison.comparedCount == 0 && recording.latencies(of: nil) == [[], []])
    }
  }

  @Test("what the judge does not take is an error of its side, and its pair has no latency")
  func judged() async throws {
    let outcome = try await Self.run(rate: 100) { _, request in
      .answer(request.contains("S: new") ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n" : Self.body("x"))
    }
    #expect(outcome.recording.errors == [.new: ["answered 503": 50]])
    #expect(outcome.recording.latencies(of: nil) == [[], []])
  }

  /// One connection, and the server never answers the first request: without open loop the others would be sent late and
  /// look fast.
  @Test("what waits behind a stalled request counts the wait, and gives up at the limit")
  func stalls() async throws {
    let outcome = try await Self.run(rate: 20, concurrency: 1) { index, _ in
      index == 4 ? .stall : .answer(Self.body("x"))
    }
    // Those whose limit has come when the connection is free again.
    let timedOut = Self.errors(outcome)["no answer within 10 s"] ?? 0
    #expect(timedOut >= 1 && outcome.recording.errorCount == timedOut)
    #expect(outcome.requests.count == 20 - timedOut + 1)
    let slow = outcome.recording.latencies(of: nil).joined().count { $0 > 8_000_000_000 }
    #expect(slow >= 1)
  }

  @Test("an answer that comes unasked, later, is not taken for the next one")
  func unasked() async throws {
    let extra = Self.body("late", "Connection: keep-alive\r\n")
    try await onLoop { loop in
      var accepted: [TCPConnection] = []
      var requests = 0
      var endCount = 0
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { connection in
        accepted.append(connection)
        connection.open(
          received: { _ in
            requests += 1
            connection.write(Array(Self.body("\(requests)").utf8).span)
          }, ended: { _ in endCount += 1 }, drained: {})
      }
      let client = ClientConnection(host: "127.0.0.1", port: listener.port, on: loop)
      func ask() async -> String {
        let result = await withCheckedContinuation { continuation in
          client.send(Array("GET / HTTP/1.1\r\n\r\n".utf8)) { continuation.resume(returning: $0) }
        }
        switch result {
        case .success(let answer): return String(decoding: answer.body, as: UTF8.self)
        case .failure(let error): return error.description
        }
      }
      #expect(await ask() == "1")
      #expect(await ask() == "2" && accepted.count == 1)
      accepted[0].write(Array(extra.utf8).span)
      let end = EventLoop.monotonicNanoseconds + 10_000_000_000
      while endCount == 0, EventLoop.monotonicNanoseconds < end { await loop.sleep(milliseconds: 1) }
      #expect(await ask() == "3" && accepted.count == 2)
      client.close()
      for connection in accepted { connection.close() }
    }
  }

  @Test("a connection that cannot even be tried is told too, after the call")
  func untried() async throws {
    let told = try await onLoop { loop in
      let client = ClientConnection(host: "no address", port: 1, on: loop)
      var isInside = true
      let told = await withCheckedContinuation { continuation in
        client.send([]) { result in
          let text = if case .failure(let error) = result { error.description } else { "answered" }
          continuation.resume(returning: isInside ? "too early" : text)
        }
        isInside = false
      }
      client.close()
      return told
    }
    #expect(told == "no connection (EINVAL)")
  }

  @Test("nobody there: every request is an error, and the run ends")
  func refused() async throws {
    let outcome = try await onLoop { loop in
      var listener: TCPListener? = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { _ in }
      let port = try #require(listener?.port)
      listener = nil
      await loop.sleep(milliseconds: 1)
      let target = try Target(url: "http://127.0.0.1:\(port)")
      let run = LoadRun(
        try Plan(rate: 100, concurrency: 2, seconds: 1, warmUpSeconds: 0, seed: 1), target, host: "127.0.0.1",
        groups: [LoadGroup("a", paths: ["/"])], fields: ["", ""], on: loop, judge: { _, _ in nil },
        progress: { _, _ in })
      let error = await #expect(throws: ClientError.self) {
        _ = try await ClientConnection.get(target.request("/"), host: "127.0.0.1", port: port, on: loop)
      }
      #expect(error?.description == "no connection (ECONNREFUSED)")
      return try await run.run().errors
    }
    #expect(outcome.values.reduce(0) { $0 + ($1["no connection (ECONNREFUSED)"] ?? 0) } == 100)
  }
}
