/// Answers requests: the port between the server and the API. It runs on the caller's loop.
package protocol Responder {
  func respond(to request: Request) async -> Response
}
