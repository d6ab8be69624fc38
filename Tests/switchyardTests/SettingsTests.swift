import Migration
import SQL
import Testing

@testable import switchyard

@Suite struct SettingsTests {
  @Test("without an environment, the contract's defaults")
  func defaults() throws {
    for values in [
      [:], ["PORT": "", "HOST": "", "ADMIN_TOKEN": "", "DATABASE_URL": "", "LOG_LEVEL": "", "OTHER": "x"],
    ] {
      let settings = try Settings(values)
      #expect(settings.databaseURL == nil && settings.readDatabaseURL == nil && settings.adminToken == nil)
      #expect(settings.host == "127.0.0.1" && settings.port == 8_080)
      #expect(settings.workers >= 1 && settings.databaseConnections >= 1)
      #expect(settings.statementTimeoutMilliseconds >= 1 && settings.refreshIntervalSeconds >= 1)
      #expect("\(settings.logLevel) \(settings.logFormat)" == "info text")
    }
  }

  @Test("every setting is taken")
  func all() throws {
    let settings = try Settings([
      "DATABASE_URL": "postgresql://a", "READ_DATABASE_URL": "host=b", "HOST": "::1", "PORT": "0", "ADMIN_TOKEN": " t ",
      "WORKERS": "3",
      "DB_CONNECTIONS": "5", "STATEMENT_TIMEOUT_MS": "7", "REFRESH_INTERVAL_S": "9", "LOG_LEVEL": "error",
      "LOG_FORMAT": "json", "SOCIAL_POSTS_SCHEMA": "Other", "SOCIAL_POSTS_KEPT_MONTHS": "13",
    ])
    #expect(settings.databaseURL == "postgresql://a" && settings.readDatabaseURL == "host=b")
    #expect(settings.host == "::1" && settings.port == 0 && settings.adminToken == " t ")
    #expect(settings.workers == 3 && settings.databaseConnections == 5)
    #expect(settings.statementTimeoutMilliseconds == 7 && settings.refreshIntervalSeconds == 9)
    #expect("\(settings.logLevel) \(settings.logFormat)" == "error json")
    let social = try #require(settings.migrations.first { $0.name == "social-posts" })
    #expect(social.schema.name == "Other" && social.maintenance?.binds == [.integer(13)])
  }

  static let bad: [(String, String)] = [
    ("PORT", "-1"), ("PORT", "65536"), ("PORT", "http"), ("PORT", "80 "), ("PORT", "0x50"), ("WORKERS", "0"),
    ("WORKERS", "1.5"), ("DB_CONNECTIONS", "0"), ("STATEMENT_TIMEOUT_MS", "0"), ("REFRESH_INTERVAL_S", "soon"),
    ("LOG_LEVEL", "loud"), ("LOG_LEVEL", "INFO"), ("LOG_FORMAT", "xml"), ("PORT", "99999999999999999999"),
    ("DATABASE_URL", "mysql://h/d"), ("DATABASE_URL", "nonsense"), ("DATABASE_URL", "postgresql://h/d?nonsense=1"),
    ("READ_DATABASE_URL", "colour=blue"), ("READ_DATABASE_URL", " ="), ("SOCIAL_POSTS_SCHEMA", "a-b"),
    ("BRAND_METRICS_SCHEMA", "1"), ("CONTENT_PIPELINE_SCHEMA", "a.b"), ("SOCIAL_POSTS_KEPT_MONTHS", "0"),
    ("SOCIAL_POSTS_KEPT_MONTHS", "1201"), ("SOCIAL_POSTS_KEPT_MONTHS", "all"),
  ]

  @Test("a bad value is refused by the setting's name", arguments: bad)
  func refuses(_ name: String, _ value: String) throws {
    let error = #expect(throws: SettingsError.self) { try Settings([name: value]) }
    #expect(error?.wrong.count == 1)
    #expect(error?.description.contains(name) == true)
  }

  @Test("all bad values are named at once, and good ones are not")
  func namesAll() {
    let error = #expect(throws: SettingsError.self) {
      try Settings(["PORT": "x", "WORKERS": "0", "LOG_FORMAT": "xml", "HOST": "h", "DB_CONNECTIONS": "2"])
    }
    #expect(error?.wrong.count == 3)
    for name in ["PORT", "WORKERS", "LOG_FORMAT"] { #expect(error?.description.contains(name) == true) }
    for name in ["HOST", "DB_CONNECTIONS"] { #expect(error?.description.contains(name) == false) }
  }

  @Test("the lines of a .env file")
  func environmentFile() {
    let text = """
      # a comment
      A=1
        B = two words \u{20}
      export C=three
      D="quoted # not a comment "
      E='single "x"'
      F=
      G=a=b=c
      no equals sign
      =no name
      H="unbalanced
      # I=commented out
      A=again\r
      J=last
      """
    var values = Settings.parse(text)
    values[""] = nil
    #expect(
      values == [
        "A": "again", "B": "two words", "C": "three", "D": "quoted # not a comment ", "E": "single \"x\"", "F": "",
        "G": "a=b=c", "H": "\"unbalanced", "J": "last",
      ])
  }
}
