/// An answer before it is framed: `ResponseWriter` adds length, date and connection.
package struct Response: Equatable, Sendable {
  package var status: Status
  package var headers: ResponseHeaders
  package var body: [UInt8]

  package init(_ status: Status, headers: ResponseHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
