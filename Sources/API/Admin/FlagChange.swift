import HTTP
import JSON
import Rollout

/// A change of one flag, checked.
struct FlagChange {
  static let known = [
    "use_new_schema", "canary_percent", "shadow_percent", "guard", "ramp", "version", "force", "reason",
  ]

  /// The changed fields, as a JSON object.
  let fields: String
  /// The version that the flag must have; nil: any.
  let version: Int?
  let reason: String?
  /// More users may read new although the migration is not verified.
  let isForcing: Bool

  init(_ body: inout RequestBody) throws(Problem) {
    var members: [(String, String)] = []
    if let on = body.take("use_new_schema", "true or false", \.boolean) {
      members.append(("use_new_schema", on ? "true" : "false"))
    }
    for name in ["canary_percent", "shadow_percent"] {
      if let text = body.take(name, "a number", \.numberText), let percent = Self.percent(text, name, &body) {
        members.append((name, percent.description))
      }
    }
    if let json = Self.guardRule(&body) { members.append(("guard", json)) }
    if let json = Self.ramp(&body) { members.append(("ramp", json)) }
    version = body.take("version", "an integer", \.integer)
    reason = body.takeReason()
    isForcing = body.take("force", "true or false", \.boolean) ?? false
    if isForcing, reason?.isEmpty ?? true {
      body.refuse("reason", impossible: "is needed with force: it is recorded")
    }
    if members.isEmpty, body.malformed.isEmpty, body.impossible.isEmpty {
      throw Problem(
        .badRequest, "The body changes nothing; give one of \(Self.known.dropLast(3).joined(separator: ", ")).")
    }
    try body.check()
    fields = "{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}"
  }

  private static func percent(_ text: String, _ name: String, _ body: inout RequestBody) -> Percent? {
    do { return try Percent(number: text) } catch {
      switch error {
      case .outOfRange: body.refuse(name, impossible: "must be from 0 to 100")
      case .notTwoDecimals: body.refuse(name, impossible: "may have two decimals")
      }
      return nil
    }
  }

  private static func guardRule(_ body: inout RequestBody) -> String? {
    guard let value = body.take("guard", "an object or null", { $0 }) else { return nil }
    if value == .null { return "null" }
    let rates = ["error_rate", "latency_ratio", "mismatch_rate", "min_samples"]
    guard let members = members(of: value, "guard", named: rates, &body) else { return nil }
    for (name, text) in zip(rates, members) {
      let number = Double(text) ?? .infinity
      let isPossible =
        switch name {
        case "latency_ratio": number > 0 && number.isFinite
        case "min_samples": number >= 1 && number < 0x1p63 && number == number.rounded()
        default: (0...1).contains(number)
        }
      if !isPossible { body.refuse("guard.\(name)", impossible: "is out of range") }
    }
    return "{\(zip(rates, members).map { "\"\($0)\":\(plain($1))" }.joined(separator: ","))}"
  }

  /// A number as PostgreSQL can hold it: with an exponent, or very long, the floating point number nearest to it.
  private static func plain(_ number: String) -> String {
    let bytesMax = 24
    let isPlain = number.utf8.count <= bytesMax && !number.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
    return isPlain ? number : Double(number)?.description ?? number
  }

  private static func ramp(_ body: inout RequestBody) -> String? {
    let soakSecondsMax = 31_536_000
    let stepsMax = 100
    guard let value = body.take("ramp", "an object or null", { $0 }) else { return nil }
    if value == .null { return "null" }
    guard case .object(let members) = value, Set(members.map(\.name)) == ["steps", "soak_s"],
      let given = value["steps"]?.array, let soak = value["soak_s"]?.integer,
      case let steps = given.compactMap(\.numberText), steps.count == given.count
    else {
      body.refuse("ramp", malformed: "must be {\"steps\":[percentages],\"soak_s\":seconds} or null")
      return nil
    }
    let percents = steps.map { (try? Percent(number: $0))?.hundredths ?? 0 }
    if percents.count > stepsMax { body.refuse("ramp.steps", impossible: "may have \(stepsMax) steps") }
    if percents.isEmpty || percents[0] <= 0 || !zip(percents, percents.dropFirst()).allSatisfy(<) {
      body.refuse("ramp.steps", impossible: "must ascend, above 0 and up to 100, with two decimals")
    }
    if !(0...soakSecondsMax).contains(soak) {
      body.refuse("ramp.soak_s", impossible: "must be from 0 to \(soakSecondsMax)")
    }
    return "{\"steps\":[\(steps.map(plain).joined(separator: ","))],\"soak_s\":\(soak)}"
  }

  /// The numbers of an object that has just these members.
  private static func members(
    of value: JSONValue, _ field: String, named names: [String], _ body: inout RequestBody
  ) -> [String]? {
    guard case .object(let given) = value, Set(given.map(\.name)) == Set(names) else {
      body.refuse(field, malformed: "must be null or an object with \(names.joined(separator: ", "))")
      return nil
    }
    let numbers = names.compactMap { value[$0]?.numberText }
    guard numbers.count == names.count else {
      body.refuse(field, malformed: "has a member that is no number")
      return nil
    }
    return numbers
  }
}

extension JSONValue {
  var numberText: String? { if case .number(let text) = self { text } else { nil } }
}
