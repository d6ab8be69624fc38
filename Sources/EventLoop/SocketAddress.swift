import CLibUV
import Glibc

extension sockaddr_storage {
  /// A numeric IPv4 or IPv6 address and a port.
  init(host: String, port: UInt16) throws(UVError) {
    self.init()
    let status = unsafe withUnsafeMutablePointer(to: &self) {
      let raw = UnsafeMutableRawPointer($0)
      return if host.utf8.contains(UInt8(ascii: ":")) {
        unsafe uv_ip6_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self))
      } else {
        unsafe uv_ip4_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self))
      }
    }
    try UVError.check("address", status)
  }
}
