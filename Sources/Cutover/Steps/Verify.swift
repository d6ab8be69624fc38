import Migration

extension StepDefinition {
  static let verify = StepDefinition(
    summary: "Find out whether both schemas say the same; exits 1 where they do not.",
    options: [.repair],
    moves: [PhaseMove(.verify, .backfilled, .verified), PhaseMove(.verify, .verified, .backfilled)],
    phases: Phase.bothWritten,
    rivals: movingSteps,
    next: { "\($0.command("verify --repair")) copies again what differs." },
    work: { run in try await Verification(run)() })
}
