import CLibUV
import Glibc

extension EventLoop {
  /// The first numeric address of a host name, looked up off the loop.
  package nonisolated(nonsending) func resolve(host: String) async throws(UVError) -> String {
    let answer: Result<String, UVError> = await offload {
      var hints = unsafe addrinfo()
      unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      var found: UnsafeMutablePointer<addrinfo>?
      let status = unsafe getaddrinfo(host, nil, &hints, &found)
      defer { if let found = unsafe found { unsafe freeaddrinfo(found) } }
      guard status == 0, let first = unsafe found else {
        return .failure(UVError("getaddrinfo", Int32(UV_EAI_NONAME.rawValue)))
      }
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let named = unsafe getnameinfo(
        first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      guard named == 0 else { return .failure(UVError("getnameinfo", Int32(UV_EAI_NONAME.rawValue))) }
      return .success(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return try answer.get()
  }
}
