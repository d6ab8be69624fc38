import EventLoop
import Glibc
import TestSupport
import Testing

@Suite struct ProcessTests {
  @Test(
    "how a child ended",
    arguments: [
      (["true"], ChildProcess.Exit.status(0)), (["sh", "-c", "exit 3"], .status(3)),
      (["sh", "-c", "kill -KILL $$"], .signal(Int(SIGKILL))),
    ])
  func exits(_ command: [String], _ exit: ChildProcess.Exit) async throws {
    let found = try await onLoop { loop in
      let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
      defer { close(nowhere) }
      return try await ChildProcess(on: loop, command, output: nowhere).wait()
    }
    #expect(found == exit)
  }

  @Test("a signal reaches a child; waiting twice gives the same") func signals() async throws {
    try await onLoop { loop in
      let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
      defer { close(nowhere) }
      let child = try ChildProcess(on: loop, ["sleep", "1000"], output: nowhere)
      #expect(child.ended == nil)
      child.send(signal: SIGTERM)
      let first = await child.wait()
      let second = await child.wait()
      #expect(first == .signal(Int(SIGTERM)) && second == first && child.ended == first)
    }
  }

  @Test("a program that does not exist") func missing() async throws {
    await #expect(throws: UVError.self) {
      try await onLoop { loop in _ = try ChildProcess(on: loop, ["/no/such/program"], output: 1) }
    }
  }

  @Test("a watcher hears its signal") func watcher() async throws {
    try await onLoop { loop in
      var count = 0
      let watcher = try SignalWatcher(on: loop, signal: SIGUSR2) { count += 1 }
      kill(getpid(), SIGUSR2)
      while count == 0 { await loop.sleep(milliseconds: 1) }
      withExtendedLifetime(watcher) {}
    }
  }
}
