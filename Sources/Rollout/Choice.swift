package enum Schema: String, Sendable, CaseIterable {
  case old
  case new
}

/// The schema that answers one request. Decided once per request.
package struct Choice: Sendable, Equatable {
  package enum Reason: String, Sendable, CaseIterable {
    /// The flag is off, or on for everyone.
    case flag
    /// The flag is on for a share of the keys.
    case canary
    /// The request asked for it, with the admin token.
    case override
    /// The new schema could not answer, so the old one did.
    case fallback
  }

  package let schema: Schema
  package let reason: Reason

  package init(_ schema: Schema, _ reason: Reason) {
    self.schema = schema
    self.reason = reason
  }
}
