import Migration
import SQL

/// A migration's SQL files as statements and scripts, for the PostgreSQL schema in which its tables are.
struct SQLFiles {
  let schema: TableSchema

  /// The line `-- include: name` stands for the body of `name.sql`.
  func callAsFunction(_ file: [UInt8], including parts: [[UInt8]] = []) -> Statement {
    let whole = Statement(file: file, in: schema)
    let text = parts.map(part).reduce(whole.text) { text, part in
      text.replacing("-- include: \(part.name!)\n", with: part.text)
    }
    return Statement(name: whole.name, text)
  }

  /// - Parameter parts: that the old side includes.
  func callAsFunction(old: [UInt8], including parts: [[UInt8]] = [], new: [UInt8]) -> QueryPair {
    QueryPair(old: self(old, including: parts), new: self(new))
  }

  /// A statement over many rows, planned anew each time: a plan kept since the tables were empty never ends when they
  /// are large.
  func bulk(_ file: [UInt8], including parts: [[UInt8]] = []) -> Statement {
    Statement(self(file, including: parts).text)
  }

  /// A part of statements: what comes after its name.
  func part(_ file: [UInt8]) -> Statement {
    let whole = self(file)
    return Statement(name: whole.name, String(whole.text.drop { $0 != "\n" }.dropFirst()))
  }

  func script(_ file: [UInt8]) -> Script { Script(self(file).text) }
}
