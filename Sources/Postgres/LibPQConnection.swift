import CLibPQ
import Glibc
import SQL

/// One `PGconn`, in nonblocking pipeline mode once it is open. Finished exactly once, when it is released.
@safe final class LibPQConnection {
  let raw: OpaquePointer

  /// Begins to connect, without waiting (PostgreSQL section 34.1.1).
  init?(_ settings: [(keyword: String, value: String)]) {
    var keywords = unsafe settings.map { unsafe UnsafePointer(strdup($0.keyword)) }
    var values = unsafe settings.map { unsafe UnsafePointer(strdup($0.value)) }
    defer {
      unsafe (keywords + values).forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) }
    }
    unsafe keywords.append(nil)
    unsafe values.append(nil)
    guard let raw = unsafe PQconnectStartParams(keywords, values, 0) else { return nil }
    unsafe self.raw = raw
    // What the server says besides results would go to standard error.
    unsafe _ = PQsetNoticeProcessor(raw, { _, _ in }, nil)
  }

  deinit { unsafe PQfinish(raw) }

  var socket: Int32 { unsafe PQsocket(raw) }
  var isBad: Bool { unsafe PQstatus(raw) == CONNECTION_BAD }
  var isIdle: Bool { unsafe PQtransactionStatus(raw) == PQTRANS_IDLE }
  var isInFailedTransaction: Bool { unsafe PQtransactionStatus(raw) == PQTRANS_INERROR }
  var isBusy: Bool { unsafe PQisBusy(raw) != 0 }

  enum Progress { case reading, writing, open, failed }

  func pollConnect() -> Progress {
    switch unsafe PQconnectPoll(raw) {
    case PGRES_POLLING_READING: .reading
    case PGRES_POLLING_WRITING: .writing
    case PGRES_POLLING_OK: .open
    default: .failed
    }
  }

  func setNonblocking() -> Bool { unsafe PQsetnonblocking(raw, 1) == 0 }
  func enterPipeline() -> Bool { unsafe PQenterPipelineMode(raw) == 1 }
  func exitPipeline() -> Bool { unsafe PQexitPipelineMode(raw) == 1 }
  func sync() -> Bool { unsafe PQpipelineSync(raw) == 1 }
  func consumeInput() -> Bool { unsafe PQconsumeInput(raw) == 1 }

  /// Sends what is buffered. Nil: the connection broke. False: call again when the socket can be written.
  func flush() -> Bool? {
    switch unsafe PQflush(raw) {
    case 0: true
    case 1: false
    default: nil
    }
  }

  func prepare(_ name: String, _ text: String) -> Bool { unsafe PQsendPrepare(raw, name, text, 0, nil) == 1 }

  func execute(prepared name: String, _ binds: [Bind]) -> Bool {
    unsafe Self.withCStrings(binds) { values in
      unsafe PQsendQueryPrepared(raw, name, Int32(binds.count), values, nil, nil, 0) == 1
    }
  }

  func execute(_ text: String, _ binds: [Bind]) -> Bool {
    unsafe Self.withCStrings(binds) { values in
      unsafe PQsendQueryParams(raw, text, Int32(binds.count), nil, values, nil, nil, 0) == 1
    }
  }

  /// Outside pipeline mode only.
  func send(_ text: String) -> Bool { unsafe PQsendQuery(raw, text) == 1 }

  /// Nil: the connection broke. False: call again when the socket can be written.
  func putCopyData(_ bytes: [UInt8]) -> Bool? {
    let status = unsafe bytes.withUnsafeBytes {
      unsafe PQputCopyData(raw, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
    }
    return status < 0 ? nil : status == 1
  }

  /// - Parameter failure: makes the server give the copy up, and is in its error.
  func putCopyEnd(failure: String?) -> Bool? {
    let status =
      if let failure { unsafe PQputCopyEnd(raw, failure) } else { unsafe PQputCopyEnd(raw, nil) }
    return status < 0 ? nil : status == 1
  }

  func nextResult() -> LibPQResult? {
    guard let raw = unsafe PQgetResult(raw) else { return nil }
    return unsafe LibPQResult(raw)
  }

  /// The channel of the next notification that has arrived.
  func nextNotification() -> (channel: String, payload: String)? {
    guard let notification = unsafe PQnotifies(raw) else { return nil }
    defer { unsafe PQfreemem(notification) }
    return unsafe (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
  }

  /// A call that asks the server to cancel what this connection runs. It blocks, so it is made off the loop.
  func cancellation() -> (@Sendable () -> Void)? {
    guard let cancel = unsafe PQgetCancel(raw) else { return nil }
    let address = UInt(bitPattern: cancel)
    return {
      let cancel = unsafe OpaquePointer(bitPattern: address)
      var message = [CChar](repeating: 0, count: 256)
      unsafe PQcancel(cancel, &message, Int32(message.count))
      unsafe PQfreeCancel(cancel)
    }
  }

  private static func withCStrings<Result>(
    _ binds: [Bind], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    var bytes: [CChar] = []
    let offsets: [Int?] = binds.map { bind in
      guard let text = bind.text else { return nil }
      let offset = bytes.count
      for byte in text.utf8 { bytes.append(CChar(bitPattern: byte)) }
      bytes.append(0)
      return offset
    }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      let pointers = unsafe offsets.map { offset in
        unsafe offset.flatMap { unsafe buffer.baseAddress?.advanced(by: $0) }
      }
      return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
  }
}
