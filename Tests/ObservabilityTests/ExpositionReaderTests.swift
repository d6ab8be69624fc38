import TestSupport
import Testing

/// The parser that judges the exposition, judged.
@Suite struct ExpositionReaderTests {
  private static let head = "# HELP a_total b\n# TYPE a_total counter\n"
  private static let histogram = "# HELP h b\n# TYPE h histogram\n"

  @Test("it reads what the specification shows")
  func reads() throws {
    let reader = try ExpositionReader(
      """
      # HELP http_requests_total The total number of "HTTP" requests: \\\\ and \\n
      # TYPE http_requests_total counter
      http_requests_total{method="post",code="200"} 1027
      http_requests_total{method="a\\"b\\\\c\\nd, e}",code="400"} 3e+06

      # HELP t x
      # TYPE t gauge
      t -Inf
      # HELP h x
      # TYPE h histogram
      h_bucket{le="0.05"} 1
      h_bucket{le="+Inf"} 2
      h_sum 3.5
      h_count 2

      """)
    #expect(reader.families["http_requests_total"]?.help == "The total number of \"HTTP\" requests: \\ and \n")
    #expect(reader.value("http_requests_total", ["method": "post", "code": "200"]) == 1_027)
    #expect(reader.value("http_requests_total", ["method": "a\"b\\c\nd, e}", "code": "400"]) == 3_000_000)
    #expect(reader.value("t") == -.infinity)
    #expect(reader.value("h_bucket", ["le": "0.05"]) == 1)
    #expect(reader.families.count == 3)
  }

  @Test(
    "it refuses",
    arguments: [
      head + "a_total 1",
      head + "a_total 1\na_total 2\n",
      head + "a_total{x=\"1\"} 1\na_total{x=\"1\"} 1\n",
      head + "a_total{x=\"1\"} 1\na_total{y=\"1\"} 1\n",
      head + "a_total -1\n",
      head + "a_total NaN\n",
      head + "a_total\n",
      head + "a_total  1\n",
      head + "a_total 1 2 3\n",
      head + "a_total 0x10\n",
      head + "a_total inf\n",
      head + "a_total{x=\"1\"}1\n",
      head + "a_total{x=\"1} 1\n",
      head + "a_total{x=1} 1\n",
      head + "a_total{x=\"1\",} 1\n",
      head + "a_total{x=\"1\",x=\"2\"} 1\n",
      head + "a_total{1x=\"1\"} 1\n",
      head + "a_total{x=\"\\t\"} 1\n",
      head + "a_total{x=\"\\\"} 1\n",
      head + "a_total{le=\"1\"} 1\n",
      head + "b_total 1\n",
      head + "# TYPE a_total counter\na_total 1\n",
      head + "# HELP a_total b\na_total 1\n",
      head + "a_total 1\n# HELP c d\n# TYPE c gauge\nc 1\na_total{x=\"1\"} 2\n",
      head,
      "a_total 1\n",
      "# HELP a_total b\na_total 1\n",
      "# TYPE a_total counter\na_total 1\n",
      "# HELP a_total b\n# TYPE a_total number\na_total 1\n",
      "# a comment\n" + head + "a_total 1\n",
      histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\n",
      histogram + "h_bucket{le=\"+Inf\"} 1\nh_count 1\n",
      histogram + "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
      histogram + "h_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 1\n",
      histogram + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
      histogram + "h_bucket{le=\"2\"} 0\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
      histogram + "h_bucket{le=\"one\"} 0\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
      histogram + "h_bucket{le=\"+Inf\"} 0\nh_sum 1\nh_count 0\n",
      histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\nh 1\n",
    ])
  func refuses(_ text: String) {
    #expect(throws: ExpositionReader.Fault.self) { try ExpositionReader(text) }
  }
}
