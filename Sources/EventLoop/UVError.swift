import CLibUV

/// A libuv call that failed: which call, and libuv's name for the cause (`EADDRINUSE`).
package struct UVError: Error, Equatable, CustomStringConvertible {
  package let call: String
  package let code: Int32

  init(_ call: String, _ code: Int32) {
    self.call = call
    self.code = code
  }

  /// libuv's short name of the code, for example `ECONNREFUSED`.
  package var name: String { unsafe String(cString: uv_err_name(code)) }

  package var description: String { "\(call): \(unsafe String(cString: uv_strerror(code)))" }

  package var isAddressInUse: Bool { code == UV_EADDRINUSE.rawValue }

  static func check(_ call: String, _ code: Int32) throws(UVError) {
    if code < 0 { throw UVError(call, code) }
  }
}
