import EventLoop
import TestSupport
import Testing

/// With optimisation, Swift 6.3 leaves out the hop to an actor in front of code that is nothing but a call. Run these
/// with `-c release` too.
@Suite struct OptimisedJobTests {
  @inline(never) private static func isCurrent(_ loop: EventLoop) async -> Bool { loop.isCurrent }

  @inline(never) private static func isCurrentAfterSleep(_ loop: EventLoop) async -> Bool {
    await loop.sleep(milliseconds: 0)
    return await isCurrent(loop)
  }

  private static func allTrue(_ answers: [Bool]) -> Bool { answers == [Bool](repeating: true, count: 100) }

  @Test("a body that only calls runs on the loop: run") func run() async throws {
    let loop = try LoopThread().loop
    var answers: [Bool] = []
    for number in 0..<100 {
      answers.append(
        await loop.run { number % 2 == 0 ? await Self.isCurrent($0) : await Self.isCurrentAfterSleep($0) })
    }
    #expect(Self.allTrue(answers))
    await loop.stop()
  }

  @Test("a body that only calls runs on the loop: submit") func submit() async throws {
    let loop = try LoopThread().loop
    var answers: [Bool] = []
    for _ in 0..<100 {
      answers.append(
        await withCheckedContinuation { (done: CheckedContinuation<Bool, Never>) in
          loop.submit { done.resume(returning: await Self.isCurrent($0)) }
        })
    }
    #expect(Self.allTrue(answers))
    await loop.stop()
  }

  @Test("a body that only calls runs on the loop: spawn") func spawn() async throws {
    let answers = try await onLoop { loop in
      var answers: [Bool] = []
      for _ in 0..<100 {
        answers.append(
          await withCheckedContinuation { (done: CheckedContinuation<Bool, Never>) in
            loop.spawn { done.resume(returning: await Self.isCurrent(loop)) }
          })
      }
      return answers
    }
    #expect(Self.allTrue(answers))
  }

  @Test("work off the loop comes back to it") func offload() async throws {
    let answers = try await onLoop { loop in
      var answers: [Bool] = []
      for number in 0..<100 {
        _ = await loop.offload { number }
        answers.append(await Self.isCurrent(loop))
      }
      return answers
    }
    #expect(Self.allTrue(answers))
  }

  /// `Task.sleep` does not: use `EventLoop.sleep`.
  @Test("what waits for other threads comes back to the loop") func elsewhere() async throws {
    let other = try LoopThread().loop
    let answers = try await onLoop { loop in
      var answers: [Bool] = []
      for number in 0..<100 {
        switch number % 3 {
        case 0: _ = await Task.detached { number }.value
        case 1: _ = await other.run { _ in number }
        default:
          let (stream, end) = AsyncStream<Void>.makeStream()
          Task.detached { end.yield() }
          for await _ in stream { break }
        }
        answers.append(await Self.isCurrent(loop))
      }
      return answers
    }
    #expect(Self.allTrue(answers))
    await other.stop()
  }
}
