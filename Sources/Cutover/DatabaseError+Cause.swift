package import SQL

extension DatabaseError {
  /// It may go away by itself: the server, the connection, or somebody else's transaction was in the way.
  package var isTransient: Bool {
    switch cause {
    case .unavailable, .connectionLost, .timedOut: true
    case .refused(let state):
      state.isServerTrouble || state.errorClass == "40" || state == .lockNotAvailable || state == .queryCanceled
    }
  }

  /// PostgreSQL refused the values: they do not fit, or break a constraint (classes 22, 23 and 54).
  package var isDataError: Bool {
    if case .refused(let state) = cause { ["22", "23", "54"].contains(state.errorClass) } else { false }
  }
}
