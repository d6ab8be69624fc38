/// How the new tables come and go. Each script runs in a transaction of the engine's.
package struct Expansion: Sendable {
  /// Makes the new tables, beside the old ones.
  package let create: [Script]
  /// Takes the new tables away, and all that `create` made.
  package let remove: Script

  package init(create: [Script], remove: Script) {
    self.create = create
    self.remove = remove
  }
}
