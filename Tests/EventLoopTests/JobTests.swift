import EventLoop
import Synchronization
import TestSupport
import Testing

@Suite struct JobTests {
  @Test("work stays on the loop: from submit, run and spawn, and after suspensions") func stays() async throws {
    let outside = try LoopThread().loop
    let answers = await withCheckedContinuation { (done: CheckedContinuation<[Bool], Never>) in
      outside.submit { loop in
        var answers = [loop.isCurrent]
        await loop.sleep(milliseconds: 1)
        answers.append(loop.isCurrent)
        await Self.nested(loop, &answers)
        loop.spawn {
          answers.append(loop.isCurrent)
          await loop.sleep(milliseconds: 1)
          answers.append(loop.isCurrent)
          _ = await Task.detached { 1 }.value
          answers.append(loop.isCurrent)
          done.resume(returning: answers)
        }
      }
    }
    #expect(answers == Array(repeating: true, count: 7))
    #expect(await outside.run { $0.isCurrent })
    #expect(!outside.isCurrent)
    await outside.stop()
  }

  private static func nested(_ loop: EventLoop, _ answers: inout [Bool]) async {
    answers.append(loop.isCurrent)
    await loop.sleep(milliseconds: 0)
    answers.append(loop.isCurrent)
  }

  @Test("what is spawned runs in order, after the turn that spawned it") func order() async throws {
    let order = try await onLoop { loop in
      await withCheckedContinuation { (done: CheckedContinuation<[Int], Never>) in
        var order: [Int] = []
        for number in 0..<100 {
          loop.spawn {
            order.append(number)
            if number == 99 { done.resume(returning: order) }
          }
        }
        order.append(-1)
      }
    }
    #expect(order == [-1] + Array(0..<100))
  }

  @Test("no wake-up from other threads is lost") func wakeUps() async throws {
    let loop = try LoopThread().loop
    let count = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<100 {
        group.addTask {
          for _ in 0..<100 { await loop.run { _ in count.add() } }
        }
      }
    }
    #expect(count.value == 10_000)
    await loop.stop()
  }

  @Test("jobs that make jobs do not keep a timer from firing") func starvation() async throws {
    let turns = try await onLoop { loop in
      var hasFired = false
      let timer = LoopTimer(on: loop) { hasFired = true }
      timer.start(afterMilliseconds: 5)
      var turns = 0
      while !hasFired, turns < 10_000_000 {
        turns += 1
        await Task.yield()
      }
      withExtendedLifetime(timer) {}
      return turns
    }
    #expect(turns < 10_000_000)
  }

  @Test("work off the loop does not hold it up") func offload() async throws {
    let ticks = try await onLoop { loop in
      var ticks = 0
      let gate = Gate()
      let timer = LoopTimer(on: loop) {
        ticks += 1
        if ticks == 3 { gate.open() }
      }
      timer.start(afterMilliseconds: 1, repeatMilliseconds: 1)
      await loop.offload { gate.wait() }
      withExtendedLifetime(timer) {}
      return ticks
    }
    #expect(ticks >= 3)
  }

  @Test("names of hosts are looked up") func resolve() async throws {
    let address = try await onLoop { try await $0.resolve(host: "localhost") }
    #expect(["127.0.0.1", "::1"].contains(address))
    #expect(try await onLoop { try await $0.resolve(host: "127.0.0.1") } == "127.0.0.1")
    await #expect(throws: UVError.self) { try await onLoop { try await $0.resolve(host: "no-such-host.invalid") } }
  }

  @Test("a loop closes if and only if everything made on it was released") func closes() async throws {
    for leaks in [false, true] {
      let thread = try LoopThread()
      let loop = thread.loop
      await loop.run { loop in
        let timer = LoopTimer(on: loop) {}
        timer.start(afterMilliseconds: 1_000_000)
        if leaks { unsafe _ = Unmanaged.passRetained(timer) }
        await loop.sleep(milliseconds: 1)
      }
      await loop.stop()
      #expect(thread.join() == !leaks)
    }
  }
}

private final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add() { count.add(1, ordering: .relaxed) }
}

/// Holds a thread until it is opened.
private final class Gate: Sendable {
  private let isOpen = Atomic<Bool>(false)
  func open() { isOpen.store(true, ordering: .releasing) }
  func wait() { while !isOpen.load(ordering: .acquiring) {} }
}
