package import Migration
package import SQL

/// One request to a service: which endpoint, about what, with which values.
package struct Question: Sendable {
  package let migration: Migration
  package let service: Service
  package let endpoint: ServiceEndpoint
  /// The id of the subject.
  package let subject: String
  /// `$1` … of the endpoint's statements.
  package let binds: [Bind]
  /// Members of the body between the subject's and the sections.
  package let echo: [Echo]
  /// Whose canary bucket counts.
  package let key: String
  private(set) var rewriteOld: (@Sendable (Statement) -> Statement)?

  package init(
    migration: Migration, service: Service, endpoint: ServiceEndpoint, subject: String, binds: [Bind], echo: [Echo],
    key: String
  ) {
    self.migration = migration
    self.service = service
    self.endpoint = endpoint
    self.subject = subject
    self.binds = binds
    self.echo = echo
    self.key = key
  }

  /// The same with other SQL on the old side.
  package func askingOld(_ rewrite: @escaping @Sendable (Statement) -> Statement) -> Question {
    var question = self
    question.rewriteOld = rewrite
    return question
  }
}
