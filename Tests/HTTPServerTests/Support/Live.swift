import EventLoop
import Foundation
import Glibc
import HTTP
import TestSupport
import Testing

@testable import HTTPServer

/// Answers by the path: `/big/N` with N bytes, `/asked` with how often that was asked for, `/wait…` when the gate
/// opens, `/open` after opening it, `…/stream/…` by `Streams`, all else with what was asked.
final class Echo: Responder {
  var isOpen = false
  private(set) var asked = 0
  private(set) var bigAsked = 0
  private(set) var answered = 0
  let streams: Streams
  private let loop: EventLoop

  init(on loop: EventLoop) {
    self.loop = loop
    streams = Streams(on: loop)
  }

  func respond(to request: Request) async -> Response {
    asked += 1
    defer { answered += 1 }
    if request.path.first?.hasPrefix("wait") == true {
      while !isOpen { await loop.sleep(milliseconds: 2) }
    }
    if request.path == ["open"] { isOpen = true }
    if let start = request.path.firstIndex(of: "stream") {
      return await streams.respond(to: Array(request.path[(start + 1)...]))
    }
    if request.path == ["asked"] { return Response(.ok, body: Array("\(bigAsked)".utf8)) }
    if request.path.first == "big" {
      bigAsked += 1
      return Response(.ok, body: [UInt8](repeating: UInt8(ascii: "x"), count: Int(request.path[1]) ?? 0))
    }
    return Response(.ok, body: Array("\(request.method.rawValue) \(request.rawPath) ".utf8) + request.body)
  }
}

/// A server on its loop, and clients on threads of their own.
final class Live {
  let loop: EventLoop
  let responder: Echo
  private(set) var server: Server

  init(limits: Limits, port: UInt16 = 0, on loop: EventLoop) throws {
    self.loop = loop
    responder = Echo(on: loop)
    server = try Server(
      host: "127.0.0.1", port: port, responder: responder, limits: limits,
      refusal: { Response($0, body: Array("refused".utf8)) }, on: loop)
  }

  /// Runs `body` on a thread of its own.
  func client<Result: Sendable>(_ body: @escaping @Sendable (UInt16) throws -> Result) async throws -> Result {
    let port = server.port
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Swift.Result { try body(port) }) }
    }
  }

  /// Looks until it is so; false after a long time.
  func becomes(_ condition: () -> Bool) async -> Bool {
    let deadline = Date(timeIntervalSinceNow: 30)
    while !condition() {
      guard Date() < deadline else { return false }
      await loop.sleep(milliseconds: 2)
    }
    return true
  }
}

/// Runs `body` with a server, and checks that it leaves no connection behind.
func withServer(
  _ limits: Limits = Limits(), _ body: @escaping @Sendable (Live) async throws -> Void
) async throws {
  // libuv leaves this to the program; ours does it at its start
  signal(SIGPIPE, SIG_IGN)
  try await onLoop { loop in
    let live = try Live(limits: limits, on: loop)
    do { try await body(live) } catch {
      await live.server.stop(withinMilliseconds: 0)
      throw error
    }
    live.responder.isOpen = true
    await live.server.stop(withinMilliseconds: 0)
    #expect(live.server.connectionCount == 0)
    #expect(await live.becomes { live.responder.answered == live.responder.asked })
    #expect(await live.becomes { live.responder.streams.running == 0 })
  }
}

func get(_ path: String, _ fields: String...) -> String {
  "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields.map { "\($0)\r\n" }.joined())\r\n"
}
