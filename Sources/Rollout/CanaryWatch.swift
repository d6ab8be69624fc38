import Synchronization

/// The guards of this process: what every loop answers and compares goes in, trips come out.
package final class CanaryWatch: Sendable {
  /// What one service's guard has seen under one version of its flag.
  package struct Seen: Sendable, Equatable {
    package let service: String
    package let version: Int
    package let rule: GuardRule
    package let tally: GuardTally

    package init(service: String, version: Int, rule: GuardRule, tally: GuardTally) {
      self.service = service
      self.version = version
      self.rule = rule
      self.tally = tally
    }
  }

  package struct Trip: Sendable, Equatable {
    package let reason: Guard.Reason
    package let seen: Seen

    package init(reason: Guard.Reason, seen: Seen) {
      self.reason = reason
      self.seen = seen
    }
  }

  private struct Post {
    let version: Int
    var watch: Guard
    var hasTripped = false
  }

  /// Each version of a flag trips at most once.
  package let trips: AsyncStream<Trip>
  private let tripped: AsyncStream<Trip>.Continuation
  private let posts = Mutex<[String: Post]>([:])
  private let counts = Mutex<[String: [Guard.Reason: Int]]>([:])

  package init() { (trips, tripped) = AsyncStream.makeStream() }

  /// A request that new was to answer by this flag.
  package func answered(_ flag: Flag, hasFailed: Bool) { add(flag) { $0.answered(hasFailed: hasFailed) } }

  /// A question that both schemas answered under this flag; see `Guard.compared`.
  package func compared(_ flag: Flag, differs: Bool, oldMicroseconds old: Int, newMicroseconds new: Int) {
    add(flag) { $0.compared(differs: differs, oldMicroseconds: old, newMicroseconds: new) }
  }

  package var seen: [Seen] {
    posts.withLock { posts in
      posts.map {
        Seen(service: $0.key, version: $0.value.version, rule: $0.value.watch.rule, tally: $0.value.watch.tally)
      }
    }
  }

  /// How often a service's guard has tripped since this process began.
  package func trips(of service: String, for reason: Guard.Reason) -> Int {
    counts.withLock { $0[service]?[reason] ?? 0 }
  }

  /// Ends `trips`.
  package func stop() { tripped.finish() }

  private func add(_ flag: Flag, _ sample: (inout Guard) -> Void) {
    guard flag.isGuarded, let rule = flag.guardRule else { return }
    let trip: Trip? = posts.withLock { posts in
      var post = posts[flag.service] ?? Post(version: flag.version, watch: Guard(rule))
      if post.version < flag.version { post = Post(version: flag.version, watch: Guard(rule)) }
      // Of a request that began before the flag was changed.
      guard post.version == flag.version else { return nil }
      sample(&post.watch)
      let reason = post.hasTripped ? nil : post.watch.trip
      post.hasTripped = post.hasTripped || reason != nil
      posts[flag.service] = post
      return reason.map {
        Trip(
          reason: $0,
          seen: Seen(service: flag.service, version: flag.version, rule: rule, tally: post.watch.tally))
      }
    }
    guard let trip else { return }
    counts.withLock { $0[flag.service, default: [:]][trip.reason, default: 0] += 1 }
    tripped.yield(trip)
  }
}
