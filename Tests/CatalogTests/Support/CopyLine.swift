/// One line of PostgreSQL's COPY text format.
enum CopyLine {
  static func line(_ fields: [String?]) -> String { fields.map(field).joined(separator: "\t") + "\n" }

  /// A text array; NULL items stay NULL.
  static func array(_ items: [String?]) -> String {
    let quoted = items.map { item in
      item.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" } ?? "NULL"
    }
    return "{\(quoted.joined(separator: ","))}"
  }

  private static func field(_ field: String?) -> String {
    guard let field else { return "\\N" }
    return field.replacing("\\", with: "\\\\").replacing("\t", with: "\\t").replacing("\n", with: "\\n")
      .replacing("\r", with: "\\r")
  }
}
