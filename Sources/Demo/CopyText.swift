/// Rows in COPY's text format (PostgreSQL, COPY, "Text Format").
enum CopyText {
  static func encode(_ rows: [[String?]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for row in rows {
      for (index, cell) in row.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: "\t")) }
        if let cell { append(cell, to: &bytes) } else { bytes.append(contentsOf: "\\N".utf8) }
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func append(_ cell: String, to bytes: inout [UInt8]) {
    for byte in cell.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
      default: bytes.append(byte)
      }
    }
  }
}
