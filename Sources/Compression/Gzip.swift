import CZlib

/// The gzip format (RFC 1952), by zlib.
package enum Gzip {
  /// How hard zlib tries: the cheapest for answers made once, the best for files that are sent many times.
  package enum Effort: Int32, Sendable {
    case fastest = 1
    case best = 9
  }

  private static let windowBitsForGzip: Int32 = 15 + 16
  private static let memoryLevel: Int32 = 8

  package static func compress(_ bytes: [UInt8], effort: Effort) -> [UInt8] {
    var stream = unsafe z_stream()
    let begun = unsafe deflateInit2_(
      &stream, effort.rawValue, Z_DEFLATED, windowBitsForGzip, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(begun == Z_OK, "zlib has memory for its window")
    defer { unsafe deflateEnd(&stream) }
    let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
    return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      unsafe bytes.withUnsafeBufferPointer { input in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(bound)
        let ended = unsafe deflate(&stream, Z_FINISH)
        precondition(ended == Z_STREAM_END, "the bound is large enough")
        count = bound - Int(unsafe stream.avail_out)
      }
    }
  }
}
