import CCrypto

/// SHA-256 (FIPS 180-4), by OpenSSL.
package enum SHA256 {
  package static let byteCount = 32

  package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
    if let digest = bytes.withContiguousStorageIfAvailable({ unsafe digest($0) }) { return digest }
    return unsafe Array(bytes).withUnsafeBufferPointer { unsafe digest($0) }
  }

  private static func digest(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
      let status = unsafe EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, EVP_sha256(), nil)
      precondition(status == 1, "OpenSSL has SHA-256")
      count = byteCount
    }
  }
}
