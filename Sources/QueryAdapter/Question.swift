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
  private(set) var isPrepared = true

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

  /// Its statements are parsed anew, since names in them may mean something else.
  package var unprepared: Question {
    var question = self
    question.isPrepared = false
    return question
  }
}
