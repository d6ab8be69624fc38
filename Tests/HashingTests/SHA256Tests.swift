import Hashing
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples, and the empty message.
  @Test(
    "known digests",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func known(_ text: String, _ digest: String) {
    #expect(hex(SHA256.hash(Array(text.utf8))) == digest)
    #expect(hex(SHA256.hash(text.utf8)) == digest)
    #expect(hex(SHA256.hash(Array("x\(text)".utf8)[1...])) == digest)
  }

  @Test("a million times the letter a") func million() {
    let digest = SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
    #expect(hex(digest) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
