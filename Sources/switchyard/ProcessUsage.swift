import API
import FoundationEssentials
import Glibc

/// What the kernel tells of this process (proc(5)).
enum ProcessUsage {
  /// nil: there is no `/proc` here.
  static func read() -> ProcessReading? {
    guard let stat = text("/proc/self/stat"), let memory = text("/proc/self/statm"), let boot = text("/proc/stat"),
      let name = stat.lastIndex(of: ")")
    else { return nil }
    // The second field, a name in parentheses, may hold blanks; what follows it begins with the third.
    let fields = stat[stat.index(after: name)...].split(separator: " ")
    let pages = memory.split(separator: " ")
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    guard fields.count > 19, pages.count > 1, ticks > 0, let user = Double(fields[11]), let system = Double(fields[12]),
      let began = Double(fields[19]), let resident = Int(pages[1]),
      let bootedAt = boot.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }).flatMap({
        Double($0.dropFirst("btime ".count))
      })
    else { return nil }
    return ProcessReading(
      cpuSeconds: (user + system) / ticks, residentBytes: resident * Int(sysconf(Int32(_SC_PAGESIZE))),
      openFiles: (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0,
      openFilesMax: filesMax, startedAt: bootedAt + began / ticks)
  }

  private static var filesMax: Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    return Int(clamping: limit.rlim_cur)
  }

  private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
