import EventLoop
import Glibc
import Postgres
import SQL

@main struct Switchyard {
  /// Runs one command on a loop of the main thread.
  static func main() {
    takeSignals()
    let arguments = Array(CommandLine.arguments.dropFirst())
    let invocation: Invocation
    switch Invocation.parse(arguments, commands: commands) {
    case .run(let parsed): invocation = parsed
    case .explain(let text):
      print(text)
      exit(0)
    case .misused(let text):
      complain(text)
      exit(ExitCode.misused.rawValue)
    }
    exit(run(invocation).rawValue)
  }

  /// Whoever started the program may have blocked signals, and children inherit that: without SIGCHLD and SIGTERM
  /// it would neither notice its PostgreSQL's end nor end itself.
  private static func takeSignals() {
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe sigprocmask(SIG_SETMASK, &none, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  static let commands: [any Command] =
    [
      ServeCommand(), DemoCommand(), PreflightCommand(), CreateCommand(), BackfillCommand(), SkippedCommand(),
      RefreshCommand(),
      VerifyCommand(), StatusCommand(), FlagsCommand(), LoadTestCommand(),
    ] + PhaseCommand.all

  private static func run(_ invocation: Invocation) -> ExitCode {
    let loop: EventLoop
    do { loop = try EventLoop() } catch {
      complain("\(error)")
      return .failed
    }
    // The loop runs on this thread, and to its end, before it is read.
    nonisolated(unsafe) var code = ExitCode.failed
    loop.submit { loop in
      do {
        let settings = try Settings.read()
        unsafe code = try await invocation.command.run(invocation.options, settings, on: loop)
      } catch {
        complain((error as? DatabaseError)?.report ?? "\(error)")
        unsafe code = error is any Misuse ? .misused : .failed
      }
      loop.stop()
    }
    loop.run()
    return unsafe code
  }
}

enum ExitCode: Int32, Sendable {
  case done = 0
  case failed = 1
  case misused = 2
}

/// What whoever called the program must put right.
protocol Misuse: Error {}

extension SettingsError: Misuse {}
extension UsageError: Misuse {}
extension ConnectionSettings.Invalid: Misuse {}

/// To standard error.
func complain(_ text: String) {
  var line = "switchyard: \(text)\n"
  line.withUTF8 { bytes in unsafe _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
}

/// What was printed goes out now, also into a pipe.
func flushOutput() { _ = fflush(nil) }
