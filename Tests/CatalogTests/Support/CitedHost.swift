/// The hosts that a `citations` value names, by the contract's words.
enum CitedHost {
  static func all(in citations: JSONShape) -> [String] {
    guard case .array(let entries) = citations else { return [] }
    return entries.compactMap { entry in
      switch entry {
      case .string(let url): host(of: url)
      case .object(let members):
        if case .string(let url)? = members.last(where: { $0.0 == "url" })?.1 { host(of: url) } else { nil }
      case .array, .literal: nil
      }
    }
  }

  static func host(of url: String) -> String? {
    let scalars = Array(url.unicodeScalars)
    var end = 0
    while end < scalars.count, isOfScheme(scalars[end], isFirst: end == 0) { end += 1 }
    guard end > 0, scalars[end...].starts(with: "://".unicodeScalars) else { return nil }
    var host = Array(scalars[(end + 3)...].prefix { $0 != "/" && $0 != "?" && $0 != "#" })
    if let at = host.lastIndex(of: "@") { host.removeSubrange(...at) }
    if let colon = host.lastIndex(of: ":"), colon + 1 < host.count,
      host[(colon + 1)...].allSatisfy({ ("0"..."9").contains($0) })
    {
      host.removeSubrange(colon...)
    }
    host = host.map { ("A"..."Z").contains($0) ? Unicode.Scalar(UInt8($0.value) + 32) : $0 }
    if host.starts(with: "www.".unicodeScalars) { host.removeFirst(4) }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: host)
    return host.isEmpty ? nil : String(text)
  }

  private static func isOfScheme(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
    let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    return isLetter || !isFirst && (("0"..."9").contains(scalar) || "+-.".unicodeScalars.contains(scalar))
  }
}
