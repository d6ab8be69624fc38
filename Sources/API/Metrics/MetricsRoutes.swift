import Compression
import HTTP
import Observability

/// The metrics, for Prometheus.
struct MetricsRoutes {
  private let context: APIContext

  init(_ context: APIContext) { self.context = context }

  var routes: [Route] {
    [
      Route(.get, "/metrics") { request, _ in
        var response = Response(
          .ok,
          headers: [
            .contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store",
            .vary: "Accept-Encoding", .contentTypeOptions: "nosniff",
          ], body: context.metrics.exposition())
        if Delivery.wantsGzip(request), case .bytes(let plain) = response.body {
          response.headers[.contentEncoding] = "gzip"
          response.body = .bytes(Gzip.compress(plain, effort: .fastest))
        }
        return response
      }
    ]
  }
}
