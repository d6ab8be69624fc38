import Testing

@testable import HTTP

@Suite("response")
struct ResponseTests {
  /// A response read back: strict, and by other means than the writer.
  struct Parsed: Equatable {
    var statusLine: String
    var fields: [String: String]
    var body: String

    init?(_ bytes: [UInt8]) {
      guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) }) else { return nil }
      body = String(decoding: bytes[(end + 4)...], as: UTF8.self)
      var lines = String(decoding: bytes[..<end], as: UTF8.self).split(
        separator: "\r\n", omittingEmptySubsequences: false)
      statusLine = String(lines.removeFirst())
      fields = [:]
      for line in lines {
        guard let colon = line.firstIndex(of: ":"), !line.utf8.contains(13), !line.utf8.contains(10) else { return nil }
        let name = line[..<colon].lowercased()
        guard fields[name] == nil, line[colon...].hasPrefix(": ") else { return nil }
        fields[name] = String(line[colon...].dropFirst(2))
      }
    }
  }

  private func write(
    _ response: Response, method: Method? = .get, version: Version = .http11, keepAlive: Bool = true
  ) -> Parsed? {
    var buffer: [UInt8] = [1, 2, 3]
    ResponseWriter.write(
      response, method: method, version: version, keepAlive: keepAlive, date: HTTPDate(unixSeconds: 784_111_777),
      into: &buffer)
    #expect(buffer.starts(with: [1, 2, 3]), "what is in the buffer stays")
    return Parsed(Array(buffer.dropFirst(3)))
  }

  private let date = "Sun, 06 Nov 1994 08:49:37 GMT"

  @Test("exact bytes")
  func exact() {
    var buffer: [UInt8] = []
    ResponseWriter.write(
      Response(.ok, headers: ["Content-Type": "application/json"], body: octets("{}")), method: .get, version: .http11,
      keepAlive: true, date: HTTPDate(unixSeconds: 784_111_777), into: &buffer)
    #expect(
      buffer
        == octets("HTTP/1.1 200 OK\r\nDate: \(date)\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"))
  }

  @Test("every status has one framing, a date and a reason", arguments: Status.allCases.filter { $0 != .continue })
  func everyStatus(status: Status) {
    let body = status.forbidsBody ? "" : "body"
    let parsed = write(Response(status, body: octets(body)))
    #expect(parsed?.statusLine == "HTTP/1.1 \(status.code) \(status.reasonPhrase)")
    #expect(!status.reasonPhrase.isEmpty)
    #expect(parsed?.fields["content-length"] == (status.forbidsBody ? nil : "4"))
    #expect(parsed?.fields["transfer-encoding"] == nil)
    #expect(parsed?.fields["date"] == date)
    #expect(parsed?.body == body)
  }

  @Test("only 1xx, 204 and 304 forbid a body")
  func bodiless() {
    #expect(Status.allCases.filter(\.forbidsBody).map(\.code) == [100, 204, 304])
  }

  @Test("HEAD has the head of GET and no body")
  func head() {
    let response = Response(.ok, headers: ["ETag": "\"a\""], body: octets("hello"))
    let get = write(response)
    let head = write(response, method: .head)
    #expect(head?.fields == get?.fields)
    #expect(head?.fields["content-length"] == "5")
    #expect(head?.body == "")
    #expect(get?.body == "hello")
  }

  @Test("304 keeps its fields")
  func notModified() throws {
    let tag = FieldValue(try #require(EntityTag("a")))
    let parsed = write(Response(.notModified, headers: ["ETag": tag, "X-Schema": "new"]))
    #expect(parsed?.fields == ["etag": "\"a\"", "x-schema": "new", "date": date])
  }

  @Test(
    "Connection",
    arguments: [
      (Version.http11, true, nil), (.http11, false, "close"), (.http10, true, "keep-alive"), (.http10, false, "close"),
    ])
  func connection(version: Version, keepAlive: Bool, expected: String?) {
    #expect(write(Response(.ok), version: version, keepAlive: keepAlive)?.fields["connection"] == expected)
  }

  @Test("the answer to an unreadable request")
  func unreadable() {
    let parsed = write(Response(.badRequest, body: octets("x")), method: nil, keepAlive: false)
    #expect(parsed?.body == "x")
    #expect(parsed?.fields["connection"] == "close")
  }

  @Test("100 Continue")
  func interim() {
    var buffer: [UInt8] = []
    ResponseWriter.writeContinue(into: &buffer)
    #expect(buffer == octets("HTTP/1.1 100 Continue\r\n\r\n"))
  }

  @Test("Allow and Retry-After")
  func specialFields() {
    let parsed = write(
      Response(.methodNotAllowed, headers: ["Allow": FieldValue([.get, .head]), "Retry-After": FieldValue(5)]))
    #expect(parsed?.fields["allow"] == "GET, HEAD")
    #expect(parsed?.fields["retry-after"] == "5")
    #expect(write(Response(.methodNotAllowed, headers: ["Allow": FieldValue([Method]())]))?.fields["allow"] == "")
  }

  @Test("setting replaces without regard to case, nil removes")
  func replacing() {
    var response = Response(.ok, headers: ["X-A": "1", "X-B": "2"])
    response.headers["x-a"] = "3"
    #expect(response.headers["X-A"] == "3")
    #expect(response.headers.fields.count == 2)
    response.headers["X-B"] = nil
    #expect(response.headers["x-b"] == nil)
    #expect(write(response)?.fields == ["x-a": "3", "date": date, "content-length": "0"])
  }

  @Test("a value with a control or white space at its ends cannot be made")
  func injection() {
    for octet in 0...127 {
      let isControl = (octet < 32 && octet != 9) || octet == 127
      #expect((FieldValue("a\(Unicode.Scalar(UInt8(octet)))b") == nil) == isControl)
    }
    for text in ["a\r\nSet-Cookie: b", "\r\n", " a", "a ", "\ta", "a\t", "\u{85}\n"] {
      #expect(FieldValue(text) == nil)
    }
    for text in ["", "a b", "é", "\u{2028}"] { #expect(FieldValue(text)?.text == text) }
  }

  @Test("what the writer frames cannot be set, nor a name that is no token")
  func reservedNames() async {
    await #expect(processExitsWith: .failure) { _ = FieldName(stringLiteral: "content-LENGTH") }
    await #expect(processExitsWith: .failure) { _ = FieldName(stringLiteral: "Transfer-Encoding") }
    await #expect(processExitsWith: .failure) { _ = FieldName(stringLiteral: "A b") }
    await #expect(processExitsWith: .failure) { _ = FieldName(stringLiteral: "") }
    await #expect(processExitsWith: .failure) { _ = FieldValue(stringLiteral: "a\r\nb") }
  }

  @Test("a body where none may be traps")
  func bodyOfNoContent() async {
    await #expect(processExitsWith: .failure) {
      var buffer: [UInt8] = []
      ResponseWriter.write(
        Response(.noContent, body: [1]), method: .get, version: .http11, keepAlive: true,
        date: HTTPDate(unixSeconds: 0),
        into: &buffer)
    }
  }

  @Test("responses in one buffer stand one behind the other")
  func pipelined() {
    var buffer: [UInt8] = []
    let date = HTTPDate(unixSeconds: 0)
    for body in ["a", "bb"] {
      ResponseWriter.write(
        Response(.ok, body: octets(body)), method: .get, version: .http11, keepAlive: true, date: date, into: &buffer)
    }
    let text = String(decoding: buffer, as: UTF8.self)
    #expect(text.split(separator: "HTTP/1.1 200 OK\r\n").count == 2)
    #expect(text.hasSuffix("Content-Length: 2\r\n\r\nbb"))
  }

  @Test("a responder is answered through the port")
  func responder() async {
    struct Echo: Responder {
      func respond(to request: Request) async -> Response { Response(.ok, body: request.body) }
    }
    var parser = RequestParser()
    let step = parser.receive(octets("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi").span)
    guard case .request(let request) = step.event else {
      Issue.record("no request")
      return
    }
    let responder: any Responder = Echo()
    #expect(write(await responder.respond(to: request))?.body == "hi")
  }
}
