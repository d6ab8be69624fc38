/// How the new tables come and go. Each script runs in a transaction of the engine's.
package struct Expansion: Sendable {
  /// Makes the new tables, beside the old ones.
  package let create: [Script]
  /// Takes the new tables away, and all that `create` and `mirror` made.
  package let remove: Script
  /// Puts triggers on the old tables: what other programs write to it enters the repair queue in their transaction.
  /// May run again. Our own writers say that they are ours by `SET LOCAL switchyard.is_writing = 'on'`.
  package let mirror: Script

  package init(create: [Script], remove: Script, mirror: Script) {
    self.create = create
    self.remove = remove
    self.mirror = mirror
  }
}
