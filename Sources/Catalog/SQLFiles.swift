import Migration
import SQL

/// A migration's SQL files as statements and scripts, for the PostgreSQL schema in which its tables are.
struct SQLFiles {
  let schema: TableSchema

  func callAsFunction(_ file: [UInt8]) -> Statement { Statement(file: file, in: schema) }

  func callAsFunction(old: [UInt8], new: [UInt8]) -> QueryPair { QueryPair(old: self(old), new: self(new)) }

  /// A statement over many rows, planned anew each time: a plan kept since the tables were empty never ends when they
  /// are large. The line `-- include: name` stands for the body of `name.sql`.
  func bulk(_ file: [UInt8], including parts: [[UInt8]] = []) -> Statement {
    var text = self(file).text
    for part in parts.map(part) { text = text.replacing("-- include: \(part.name!)\n", with: part.text) }
    return Statement(text)
  }

  /// A part of statements: what comes after its name.
  func part(_ file: [UInt8]) -> Statement {
    let whole = self(file)
    return Statement(name: whole.name, String(whole.text.drop { $0 != "\n" }.dropFirst()))
  }

  func script(_ file: [UInt8]) -> Script { Script(self(file).text) }
}
