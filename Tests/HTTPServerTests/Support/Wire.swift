import Foundation
import Glibc

/// A client's end of a TCP connection: plain POSIX calls, each with a deadline.
final class Wire {
  enum Trouble: Error {
    case socket(Int32)
    case deadline, closedEarly
    case notHTTP(String)
  }

  private static let deadlineSeconds = 30.0

  private var socket: Int32
  private var received: [UInt8] = []
  private let deadline = Date(timeIntervalSinceNow: deadlineSeconds)

  /// - Parameter receiveBufferBytes: small for a client that takes little.
  init(port: UInt16, receiveBufferBytes: Int32? = nil) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Trouble.socket(errno) }
    var one: Int32 = 1
    unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    if var bytes = receiveBufferBytes { unsafe setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, 4) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) {
      unsafe connect(
        socket, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_in>.size))
    }
    guard status == 0 else { throw Trouble.socket(errno) }
    _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
  }

  deinit { if socket >= 0 { Glibc.close(socket) } }

  private func wait(for events: Int32) throws {
    var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
    let left = deadline.timeIntervalSinceNow * 1_000
    guard left > 0, unsafe poll(&descriptor, 1, Int32(left)) > 0 else { throw Trouble.deadline }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        try wait(for: POLLOUT)
      } else {
        throw Trouble.socket(errno)
      }
    }
  }

  /// Says that nothing more comes.
  func finish() { shutdown(socket, Int32(SHUT_WR)) }

  func close() {
    Glibc.close(socket)
    socket = -1
  }

  /// Closes with a reset.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Reads what there is. False at the end of the stream.
  private func read() throws -> Bool {
    while true {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe recv(socket, &buffer, buffer.count, 0)
      if count > 0 {
        received += buffer[..<count]
        return true
      }
      if count == 0 { return false }
      guard errno == EAGAIN else { throw Trouble.socket(errno) }
      try wait(for: POLLIN)
    }
  }

  /// True if the peer closes without another byte, in whatever way.
  func isClosedByPeer() throws -> Bool {
    if !received.isEmpty { return false }
    do { return try !read() } catch Trouble.socket(ECONNRESET) { return true }
  }

  /// Waits until an answer has begun.
  func awaitFirstBytes() throws { guard try !received.isEmpty || read() else { throw Trouble.closedEarly } }

  /// One response, the body by its Content-Length.
  func reply(toHead: Bool = false) throws -> Reply {
    var end: Int?
    while true {
      end = received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
      if end != nil { break }
      guard try read() else { throw Trouble.closedEarly }
    }
    let headEnd = end ?? 0
    var reply = try Reply(head: String(decoding: received[..<headEnd], as: UTF8.self))
    let bodyBytes = toHead || reply.status == 100 ? 0 : Int(reply.fields["content-length"] ?? "") ?? 0
    while received.count < headEnd + bodyBytes {
      guard try read() else { throw Trouble.closedEarly }
    }
    reply.body = Array(received[headEnd..<headEnd + bodyBytes])
    received.removeSubrange(..<(headEnd + bodyBytes))
    return reply
  }

  /// One chunk of a body, as text; nil for the last one, which is empty.
  func chunk() throws -> String? {
    let line = try take { $0.firstRange(of: Array("\r\n".utf8))?.upperBound }
    guard line.hasSuffix("\r\n"), let size = Int(line.dropLast(1), radix: 16) else { throw Trouble.notHTTP(line) }
    let text = try take { $0.count >= size + 2 ? size + 2 : nil }
    guard text.hasSuffix("\r\n") else { throw Trouble.notHTTP(text) }
    return size == 0 ? nil : String(text.dropLast(1))
  }

  /// Waits for bytes and forgets them. False at the end of the stream.
  func discard() throws -> Bool {
    received = []
    return try read()
  }

  /// What comes before the peer's end.
  func rest() throws -> String {
    while try read() {}
    return try take { $0.count }
  }

  /// Waits until `end` finds how much to take, which is ASCII.
  private func take(_ end: ([UInt8]) -> Int?) throws -> String {
    while true {
      if let end = end(received) {
        defer { received.removeSubrange(..<end) }
        return String(decoding: received[..<end], as: UTF8.self)
      }
      guard try read() else { throw Trouble.closedEarly }
    }
  }
}

/// What a client understood.
struct Reply: Sendable {
  let status: Int
  /// By their names in lower case.
  let fields: [String: String]
  var body: [UInt8] = []

  var text: String { String(decoding: body, as: UTF8.self) }
  var closes: Bool { fields["connection"] == "close" }

  init(head: String) throws {
    let lines = head.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[0] == "HTTP/1.1", let status = Int(words[1]) else { throw Wire.Trouble.notHTTP(head) }
    self.status = status
    var fields: [String: String] = [:]
    for line in lines.dropFirst() where !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2, fields.updateValue(parts[1], forKey: parts[0].lowercased()) == nil else {
        throw Wire.Trouble.notHTTP(head)
      }
    }
    self.fields = fields
  }
}
