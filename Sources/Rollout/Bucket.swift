import Hashing

/// The place of a key in a service's canary, from 0 to 9,999.
///
/// The first 64 bits of SHA-256 over the service's name, a zero byte and the key, scaled to 10,000. So it is the
/// same in every process and for ever, uniform, and independent from service to service.
/// `docs/canary-vectors.md` lists examples.
package struct Bucket: Sendable, Equatable {
  package static let count = 10_000

  package let number: Int

  package init(key: String, service: String) {
    let digest = SHA256.hash(Array(service.utf8) + [0] + Array(key.utf8))
    let bits = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    number = Int(bits.multipliedFullWidth(by: UInt64(Self.count)).high)
  }
}
