import SQL

/// Statements that share a part: the line `-- include: name` of a file stands for the body of `name.sql`.
extension Statement {
  init(file: [UInt8], including parts: [[UInt8]]) {
    var text = String(decoding: file, as: UTF8.self)
    for part in parts.map({ Statement(file: $0) }) {
      text = text.replacing("-- include: \(part.name!)\n", with: part.text.drop { $0 != "\n" }.dropFirst())
    }
    self.init(file: Array(text.utf8))
  }
}
