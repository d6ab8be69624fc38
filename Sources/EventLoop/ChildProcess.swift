import CLibUV
import Glibc

/// A program that this process started.
@safe package final class ChildProcess {
  package enum Exit: Equatable, Sendable {
    case status(Int)
    case signal(Int)
  }

  private let handle: Handle<uv_process_t>
  package let pid: Int32
  private var exit: Exit?
  private var waiting: [CheckedContinuation<Exit, Never>] = []

  /// Starts `arguments[0]`, looked up in `PATH`.
  /// - Parameter output: a file descriptor that takes its output and its errors.
  package init(on loop: EventLoop, _ arguments: [String], output: Int32, directory: String? = nil) throws(UVError) {
    precondition(loop.isCurrent)
    var status: Int32 = 0
    // uv_spawn leaves a handle that must be closed even where it fails.
    unsafe handle = unsafe Handle { raw in
      status = unsafe Self.spawn(raw, on: loop, arguments, output: output, directory: directory)
    }
    pid = unsafe handle.raw.pointee.pid
    unsafe handle.belongs(to: self)
    try UVError.check("uv_spawn \(arguments[0])", status)
  }

  private static func spawn(
    _ raw: UnsafeMutablePointer<uv_process_t>, on loop: EventLoop, _ arguments: [String], output: Int32,
    directory: String?
  ) -> Int32 {
    var words = unsafe arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    let cwd = unsafe directory.flatMap { unsafe strdup($0) }
    defer {
      unsafe words.forEach { unsafe free($0) }
      unsafe free(cwd)
    }
    var streams = unsafe [uv_stdio_container_t(), uv_stdio_container_t(), uv_stdio_container_t()]
    unsafe streams[0].flags = UV_IGNORE
    for index in 1...2 {
      unsafe streams[index].flags = UV_INHERIT_FD
      unsafe streams[index].data.fd = output
    }
    return unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe streams.withUnsafeMutableBufferPointer { streams in
        var options = unsafe uv_process_options_t()
        unsafe options.file = UnsafePointer(words[0])
        unsafe options.args = words.baseAddress
        unsafe options.cwd = UnsafePointer(cwd)
        unsafe options.stdio = streams.baseAddress
        unsafe options.stdio_count = 3
        unsafe options.exit_cb = { raw, status, signal in
          unsafe Handle<uv_process_t>.called(raw, ChildProcess.self) { child in
            child.ended(signal == 0 ? .status(Int(status)) : .signal(Int(signal)))
          }
        }
        return unsafe uv_spawn(loop.executor.loop, raw, &options)
      }
    }
  }

  deinit { unsafe handle.close() }

  package func send(signal: Int32) { if exit == nil { unsafe _ = uv_process_kill(handle.raw, signal) } }

  /// How it ended, or nil while it runs.
  package var ended: Exit? { exit }

  /// Waits until it has ended.
  package func wait() async -> Exit {
    if let exit { return exit }
    return await withCheckedContinuation { waiting.append($0) }
  }

  private func ended(_ exit: Exit) {
    self.exit = exit
    for continuation in waiting { continuation.resume(returning: exit) }
    waiting = []
  }
}
