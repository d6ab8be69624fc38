import HTTP

extension Request {
  /// A parameter of the query that is one integer.
  func integer(_ name: String, default fallback: Int) throws(Problem) -> Int {
    let given = query.values(name)
    guard !given.isEmpty else { return fallback }
    guard given.count == 1, let value = Int(given[0]) else {
      throw .malformed([.init(field: name, detail: "must be one integer")])
    }
    return value
  }
}
