package import EventLoop
package import HTTP

/// Why a request got no answer.
package enum ClientError: Error, Equatable, CustomStringConvertible {
  case connect(UVError)
  case broken(UVError)
  case closedEarly
  case unreadable(ResponseError)
  /// The answer was longer than it said.
  case bytesAfterEnd
  case timedOut
  case queueFull

  package var description: String {
    switch self {
    case .connect(let error): "no connection (\(error.name))"
    case .broken(let error): "connection broken (\(error.name))"
    case .closedEarly: "connection closed before the answer's end"
    case .unreadable(let error): "unreadable answer (\(error))"
    case .bytesAfterEnd: "bytes after the answer's end"
    case .timedOut: "no answer within \(Plan.requestSecondsMax) s"
    case .queueFull: "not sent, \(Plan.waitingMax) requests were waiting already"
    }
  }
}
