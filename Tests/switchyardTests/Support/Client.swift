import Foundation
import Glibc

/// One request over a socket of its own.
struct Answer {
  static func get(_ path: String, port: UInt16, headers: [String: String] = [:]) throws -> Answer {
    try of("GET", path, port: port, headers: headers)
  }

  let status: Int
  let headers: [String: String]
  let body: String

  /// - Parameter host: a numeric IPv4 address.
  static func of(
    _ method: String, _ path: String, port: UInt16, headers: [String: String] = [:], body: String = ""
  ) throws -> Answer {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = unsafe withUnsafePointer(to: &address) {
      unsafe connect(
        socket, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_in>.size))
    }
    guard connected == 0 else { throw Program.Failure(description: "connect: \(errno)") }
    let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
    let type = body.isEmpty ? "" : "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
    let request = Array(
      "\(method) \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\(type)\(fields)\r\n\(body)".utf8)
    guard unsafe write(socket, request, request.count) == request.count else {
      throw Program.Failure(description: "write: \(errno)")
    }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(socket, &buffer, buffer.count)
      guard count > 0 else { break }
      received += buffer[..<count]
    }
    return try Answer(String(decoding: received, as: UTF8.self))
  }

  private init(_ text: String) throws {
    guard let end = text.range(of: "\r\n\r\n") else {
      throw Program.Failure(description: "no head in \(text.prefix(200))")
    }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    self.headers = headers
    body = String(text[end.upperBound...])
  }
}

/// Processes of PostgreSQL that run in a folder.
func postgresProcesses(in folder: URL) -> [Int32] {
  let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return processes.compactMap { Int32($0) }.filter { pid in
    let command = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
    return command.contains("postgres") && command.contains(folder.path)
  }
}
