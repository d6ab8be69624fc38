/// Values of each kind, as SQL: NULLs, bad ones, characters that look alike, times and numbers at every edge.
enum SocialWords {
  struct Choice {
    let good: [String]
    var bad: [String] = []
    /// How seldom a bad one is picked.
    var oneIn = 25
  }

  static func of(_ kind: SocialTable.Kind) -> Choice { all[kind]! }

  private static func quoted(_ texts: [String?]) -> [String] {
    texts.map { text in text.map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL" }
  }

  private static let texts = quoted([
    nil, nil, "a", "a", "b", "B", "", "é ü 🙂", "e\u{301}", "\u{e9}", "x\ny", "\"q\"\\",
  ])
  private static let edges = [
    "'infinity'", "'-infinity'", "'0044-01-01 00:00:00+00 BC'", "'10001-01-01 00:00:00+00'",
    "'0001-01-01 00:00:00+00'", "'9999-12-31 23:59:59.999999+00'",
  ]

  private static let all: [SocialTable.Kind: Choice] = [
    .key: Choice(good: []),
    .written: Choice(good: ["'2025-06-01Z'", "'2025-06-02Z'", "'2025-06-03Z'"]),
    .updated: Choice(good: ["NULL", "'2025-06-02Z'", "'2025-05-30Z'", "'2025-06-04Z'"]),
    .text: Choice(good: texts),
    .time: Choice(good: [], bad: ["NULL", "NULL", "NULL", "NULL"] + edges, oneIn: 6),
    .day: Choice(
      good: ["'2025-06-01'", "'2025-06-01'", "'2025-06-02'", "'2025-06-03'"],
      bad: ["NULL", "NULL", "NULL"] + [
        "'infinity'", "'-infinity'", "'0044-01-01 BC'", "'10001-01-01'", "'0001-01-01'", "'9999-12-31'",
        "'5874897-12-31'",
      ], oneIn: 9),
    .count: Choice(
      good: ["NULL", "NULL", "0", "1", "3", "7", "100", "9223372036854775807"], bad: ["-1"], oneIn: 90),
    .seconds: Choice(good: ["NULL", "NULL", "0", "5", "9", "9"], bad: ["-1"], oneIn: 20),
    .rate: Choice(
      good: ["NULL", "0.05", "0.0500", "0.0000005", "0.0000004", "999999.9999994", "-3", "-0.0000001", "0"],
      bad: ["'NaN'", "'Infinity'", "'-Infinity'", "1000000", "999999.9999995", "-1e30"], oneIn: 7),
    .workspace: Choice(
      good: (SocialChange.workspaces + SocialChange.workspaces.prefix(2)).map { "'\($0)'" },
      bad: ["NULL", "NULL", "NULL", "NULL", "'\(SocialChange.late)'"], oneIn: 3),
    .team: Choice(
      good: quoted([nil, nil, "team-1", " TEAM-2\t", "team-3", "Team-4\r\n"]), bad: quoted(["nope", "team-1\u{a0}"]),
      oneIn: 6),
    .platform: Choice(
      good: quoted(["instagram", "TikTok ", "\tx", "youtube"]), bad: quoted([nil, "myspace", "", "\u{212A}x"]),
      oneIn: 10),
    .status: Choice(
      good: quoted(["draft", " Published\n", "scheduled", "ARCHIVED", "failed\r"]),
      bad: quoted([nil, "nope", "", "published\u{a0}"]), oneIn: 10),
    .hashtags: Choice(
      good: quoted([
        nil, "", "#a #B a", "a, b;c", "[\"a\", \"É\", \"x-y\"]", "{a,\"b c\"}", "'q'\\w", "a\u{a0}b", "e\u{301} \u{e9}",
        "#\r\n", "B;b",
      ])),
    .media: Choice(
      good: quoted([
        nil, "null", "[]", #"["http://c/a.jpg"]"#, #"["http://c/a.jpg","http://c/b.MP4?x=1"]"#,
        #"[{"url":"http://c/a.jpg","alt":"x","r":1.50}]"#,
        #"[{"url":"http://c/a.jpg","alt":null,"r":1.5},"http://c/a.jpg"]"#, #""http://c/only.mov#t""#,
        #"{"url":"http://c/one"}"#, #"["http://c/v.mp4.png"]"#, #"["http://c/é.webm","http://c/mp4"]"#,
        #"["http://c/x.jpg?a.mp4", "\"\\\n"]"#,
      ]),
      bad: quoted([
        "[7]", #"[""]"#, "[null]", "{}", #"{"url":""}"#, #"{"url":null}"#, "3", #"[["http://c/a.jpg"]]"#, "true",
        #"["http://c/a.jpg", {"URL":"x"}]"#,
      ])),
    .stats: Choice(
      good: quoted([
        nil, "null", "{}", #"{"likes":3}"#, #"{"likes":3.0,"shares":null}"#, #"{"impressions":100,"x_rate":0.1234567}"#,
        #"{"x_rate":-0.0000004}"#, #"{"x_rate":1.50,"reel_likes":7}"#, #"{"impressions":7,"likes":1e2}"#,
        #"{"saves":9223372036854775807}"#, #"{"followers":3,"following":1}"#,
      ]),
      bad: quoted([
        "[]", "7", #""x""#, #"{"likes":"3"}"#, #"{"Likes":3}"#, #"{"likes":-1}"#, #"{"likes":1.5}"#,
        #"{"likes":9223372036854775808}"#, #"{"x_rate":1000000}"#, #"{"":1}"#, #"{"likes":true}"#, #"{"x_rate":"1"}"#,
        #"{"a b":null}"#, #"{"_a":1}"#, #"{"likes":[1]}"#, #"{"x_rate":"NaN"}"#,
        "{\"\(String(repeating: "n", count: 64))\":1}",
      ]), oneIn: 12),
    .vector: Choice(
      good: [
        "NULL", "NULL", "'{1,2,3}'", "'{1,0,-0.0}'", "'{0.1,0.2,0.30000000001}'", "'{1e-15,2}'", "'{1,2,3.0000000001}'",
        "'{-0.0,0,1}'", "'{10000,-10000}'",
      ],
      bad: [
        "'{0,0}'", "'{}'", "'{NULL,1}'", "'{NaN}'", "'{1e5}'", "'{1e-16,1}'", "'[0:1]={1,2}'", "'{{1,2},{3,4}}'",
        "'{Infinity,1}'", "array_fill(0.5::float8, ARRAY[4001])",
      ], oneIn: 10),
    .model: Choice(
      good: quoted(["m1", "M1@2 ", "a/b.c-d@9999", "m1@1", "7_x"]),
      bad: quoted([nil, "", "m@0", "m@12345", "-m", "m@1@2", "m\u{e9}", "m@", String(repeating: "m", count: 101)]),
      oneIn: 12),
    .json: Choice(
      good: quoted([
        nil, nil, "null", "{}", #"{"a":[1.0,{"b":null}]}"#, #"{"a":[1,{"b":null}]}"#, "3", #"{"bb":"é\n","a":-0.0}"#,
      ])),
    .entityType: Choice(
      good: quoted(["post", "account", " Post", "ACCOUNT\n"]), bad: quoted([nil, "story", ""]), oneIn: 12),
  ]
}
