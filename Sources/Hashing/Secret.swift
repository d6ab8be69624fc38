import CCrypto

/// A secret that others show us, such as an admin token.
package struct Secret: Sendable {
  private let digest: [UInt8]

  /// nil for an empty text: that is no secret.
  package init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    digest = SHA256.hash(text.utf8)
  }

  /// Compares in constant time, whatever the length of `shown`.
  package func matches(_ shown: String) -> Bool {
    let other = SHA256.hash(shown.utf8)
    return unsafe CRYPTO_memcmp(digest, other, SHA256.byteCount) == 0
  }

  /// A new secret: 32 random bytes in hexadecimal.
  package static func random() -> String {
    var bytes = [UInt8](repeating: 0, count: SHA256.byteCount)
    precondition(unsafe RAND_bytes(&bytes, Int32(bytes.count)) == 1, "OpenSSL has random bytes")
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
