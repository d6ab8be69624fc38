import EventLoop
import TestSupport
import Testing

@Suite struct TimerTests {
  @Test("timers fire in the order of their times") func order() async throws {
    let order = try await onLoop { loop in
      var order: [Int] = []
      let timers = [30, 10, 20].map { delay in
        let timer = LoopTimer(on: loop) { order.append(delay) }
        timer.start(afterMilliseconds: delay)
        return timer
      }
      while order.count < 3 { await loop.sleep(milliseconds: 1) }
      withExtendedLifetime(timers) {}
      return order
    }
    #expect(order == [10, 20, 30])
  }

  @Test("a repeating timer goes on until it is stopped, and can be started again") func repeats() async throws {
    try await onLoop { loop in
      var count = 0
      let timer = LoopTimer(on: loop) { count += 1 }
      timer.start(afterMilliseconds: 1, repeatMilliseconds: 1)
      while count < 5 { await loop.sleep(milliseconds: 1) }
      timer.stop()
      let stoppedAt = count
      await loop.sleep(milliseconds: 20)
      #expect(count == stoppedAt)
      timer.start(afterMilliseconds: 1)
      while count == stoppedAt { await loop.sleep(milliseconds: 1) }
      await loop.sleep(milliseconds: 20)
      #expect(count == stoppedAt + 1)
    }
  }

  @Test("a released timer never fires") func released() async throws {
    try await onLoop { loop in
      var hasFired = false
      var timer: LoopTimer? = LoopTimer(on: loop) { hasFired = true }
      timer?.start(afterMilliseconds: 1)
      timer = nil
      await loop.sleep(milliseconds: 30)
      #expect(!hasFired)
    }
  }

  @Test("a timer that stops itself from its own callback") func stopsItself() async throws {
    try await onLoop { loop in
      var count = 0
      var timer: LoopTimer?
      timer = LoopTimer(on: loop) {
        count += 1
        timer = nil
      }
      timer?.start(afterMilliseconds: 1, repeatMilliseconds: 1)
      await loop.sleep(milliseconds: 30)
      #expect(count == 1)
    }
  }
}
