import SQL

extension Statement {
  /// A statement over many rows, planned anew each time: a plan kept since the tables were empty never ends when they
  /// are large. The line `-- include: name` stands for the body of `name.sql`.
  static func bulk(_ file: [UInt8], including parts: [[UInt8]] = []) -> Statement {
    var text = Statement(file: file).text
    for part in parts.map({ Statement(file: $0) }) {
      text = text.replacing("-- include: \(part.name!)\n", with: part.text.drop { $0 != "\n" }.dropFirst())
    }
    return Statement(text)
  }
}
