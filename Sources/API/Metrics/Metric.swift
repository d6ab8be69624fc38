import Cutover
import Migration
import Observability
import Rollout

/// Every family that `GET /metrics` shows. Dashboards and alerts are held against them by a test.
enum Metric {
  static let requests = MetricFamily(
    "switchyard_http_requests_total", .counter, labels: ["service", "schema", "reason", "status"],
    "Requests answered. The schema is the one that was asked last and the reason why it was chosen, none where none was asked; fallback: new could not answer, so old did. Service other: all paths that are no service."
  )
  static let durations = MetricFamily(
    "switchyard_request_duration_seconds", .histogram(bounds: durationBounds), labels: ["service", "schema"],
    "Time from a request to its answer; of a stream, to its head.")
  static let shadows = MetricFamily(
    "switchyard_shadow_total", .counter, labels: ["service", "outcome"],
    "Requests that were asked of both schemas in their shadow, by what came of it; shed: there was no time for it.")
  static let httpConnections = MetricFamily(
    "switchyard_http_connections", .gauge, "Connections of clients that are open.")

  static let flagEnabled = MetricFamily(
    "switchyard_flag_enabled", .gauge, labels: ["service"],
    "1 if this process obeys a flag that is on; 0 while its lease has run out.")
  static let flagCanary = MetricFamily(
    "switchyard_flag_canary_percent", .gauge, labels: ["service"],
    "Share of the keys that read new while the flag is on.")
  static let flagShadow = MetricFamily(
    "switchyard_flag_shadow_percent", .gauge, labels: ["service"],
    "Share of the requests that are also asked of the other schema.")
  static let flagEpoch = MetricFamily(
    "switchyard_flag_epoch", .gauge, "Changes of flags that this process has seen.")
  static let flagStoredEpoch = MetricFamily(
    "switchyard_flag_stored_epoch", .gauge, "Changes of flags that the database has, by the latest sample.")
  static let flagAge = MetricFamily(
    "switchyard_flag_age_seconds", .gauge, "Time since this process last read the flags, or since it began.")
  static let flagLapsed = MetricFamily(
    "switchyard_flag_lease_lapsed", .gauge,
    "1 while this process reads everything from old because it cannot know the flags.")
  static let guardTrips = MetricFamily(
    "switchyard_guard_trips_total", .counter, labels: ["service", "cause"],
    "Times that a guard of this process found a canary to break its rule, and turned the flag off.")
  static let processes = MetricFamily(
    "switchyard_processes", .gauge, "Processes that serve this database, by the latest sample.")

  static let phase = MetricFamily(
    "switchyard_migration_phase", .gauge, labels: ["migration", "phase"], "1 for the phase that a migration is in.")
  static let dualWrite = MetricFamily(
    "switchyard_dual_write_enabled", .gauge, labels: ["migration"], "1 while both schemas are written.")
  static let queueEntries = MetricFamily(
    "switchyard_repair_queue_entries", .gauge, labels: ["migration"],
    "Results that are not in the new tables yet and await repair.")
  static let queueAge = MetricFamily(
    "switchyard_repair_queue_age_seconds", .gauge, labels: ["migration"],
    "How long the oldest of them has waited; 0: none waits.")
  static let dirtyCells = MetricFamily(
    "switchyard_dirty_cells", .gauge, labels: ["migration"],
    "Cells of the daily view that were written since its refresh, so that reads take them from the facts; counted up to 100000."
  )
  static let dirtyCellAge = MetricFamily(
    "switchyard_dirty_cell_age_seconds", .gauge, labels: ["migration"],
    "No cell of the daily view has been dirty for longer; 0: none is.")
  static let jobState = MetricFamily(
    "switchyard_job_state", .gauge, labels: ["migration", "kind", "state"],
    "1 for the state of the latest job of each kind.")
  static let jobProgress = MetricFamily(
    "switchyard_job_progress_ratio", .gauge, labels: ["migration", "kind"],
    "How far the latest job of each kind is, from 0 to 1.")
  static let jobSecondsLeft = MetricFamily(
    "switchyard_job_remaining_seconds", .gauge, labels: ["migration", "kind"],
    "How long the job under way will take, as it estimates.")
  static let verificationEqual = MetricFamily(
    "switchyard_verification_equal", .gauge, labels: ["migration"],
    "1 if the latest verification that counts found both schemas equal.")
  static let oldUnread = MetricFamily(
    "switchyard_old_table_unread_seconds", .gauge, labels: ["migration"], "How long nobody has read the old table.")

  static let poolConnections = MetricFamily(
    "switchyard_pool_connections", .gauge, labels: ["pool", "state"],
    "Connections to the database, of all loops. Busy: with statements under way; leased: in a transaction; away: the server could not be reached."
  )
  static let poolWaiting = MetricFamily(
    "switchyard_pool_waiting", .gauge, labels: ["pool"], "Requests that wait for a connection to the database.")
  static let loopLag = MetricFamily(
    "switchyard_loop_lag_seconds", .gauge, labels: ["loop"],
    "The longest that a loop was late for a timer in the last 15 seconds, or is late now.")

  static let sampleAge = MetricFamily(
    "switchyard_sample_age_seconds", .gauge,
    "Time since the metrics that come from the database were sampled, or since this process began.")
  static let sampleFailures = MetricFamily(
    "switchyard_sample_failures_total", .counter, "Samples of the database that failed.")

  static let processCPU = MetricFamily(
    "process_cpu_seconds_total", .counter, "Processor time that this process has used.")
  static let processMemory = MetricFamily("process_resident_memory_bytes", .gauge, "Memory that this process holds.")
  static let processFiles = MetricFamily("process_open_fds", .gauge, "Files and sockets that are open.")
  static let processFilesMax = MetricFamily("process_max_fds", .gauge, "Files and sockets that may be open.")
  static let processStart = MetricFamily(
    "process_start_time_seconds", .gauge, "When this process began, in seconds since 1970.")

  static let registry = MetricRegistry([
    requests, durations, shadows, httpConnections,
    flagEnabled, flagCanary, flagShadow, flagEpoch, flagStoredEpoch, flagAge, flagLapsed, guardTrips, processes,
    phase, dualWrite, queueEntries, queueAge, dirtyCells, dirtyCellAge, jobState, jobProgress, jobSecondsLeft,
    verificationEqual, oldUnread,
    poolConnections, poolWaiting, loopLag, sampleAge, sampleFailures,
    processCPU, processMemory, processFiles, processFilesMax, processStart,
  ])

  /// From half a millisecond to the longest that a statement may take.
  private static let durationBounds = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
  ].map { $0 * 1_000 }
}
