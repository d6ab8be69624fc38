import Foundation
import HTTP
import JSON
import Testing

@testable import API

@Suite("entity tags, 304 and gzip")
struct DeliveryTests {
  private static let targets = Endpoint.all.map { $0.target() } + ["/api/brands"]

  /// By a program that is not ours.
  private static func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "--decompress", "--stdout"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(bytes))
    try input.fileHandleForWriting.close()
    let plain = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return Array(plain)
  }

  @Test("the tag is a function of the body", arguments: targets)
  func tag(target: String) async throws {
    try await withClient { client in
      let first = try await client.get(target)
      let tag = try #require(first.header("ETag"))
      #expect(tag.wholeMatch(of: /"[!#-~]+"/) != nil)
      #expect(try await client.get(target).header("ETag") == tag)
      let other = target.replacing(SampleData.range, with: "start=2026-01-01&end=2026-03-30")
      if other != target { #expect(try await client.get(other).header("ETag") != tag) }
      #expect(first.header("Vary") == "Accept-Encoding")
    }
  }

  @Test("If-None-Match that names it gives 304: the same headers, no body", arguments: targets, [Method.get, .head])
  func notModified(target: String, method: Method) async throws {
    try await withClient { client in
      for coding in ["identity", "gzip"] {
        let headers = ["Accept-Encoding: \(coding)"]
        let full = try await client.ask(method, target, headers)
        let tag = try #require(full.header("ETag"))
        let strong = tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : tag
        for list in [tag, strong, "W/\(strong)", "*", "\"other\", \(strong) ,\"third\""] {
          let answer = try await client.ask(method, target, headers + ["If-None-Match: \(list)"])
          #expect(answer.status == 304, "\(list)")
          #expect(answer.body.isEmpty)
          for name in ["ETag", "Cache-Control", "Vary", "X-Schema", "X-Schema-Reason"] as [FieldName] {
            #expect(answer.header(name) == full.header(name))
          }
          #expect(answer.header("Server-Timing") != nil)
        }
        for list in ["\"other\"", strong.replacing("\"", with: ""), "", "\"\(strong)"] {
          #expect(try await client.ask(method, target, headers + ["If-None-Match: \(list)"]).status == 200, "\(list)")
        }
      }
    }
  }

  @Test("a 304 tells the schema that answered this time")
  func notModifiedFromTheOtherSchema() async throws {
    try await withClient { client in
      let old = try await client.get(Endpoint.all[0].target(), Client.asAdmin, "X-Schema-Override: old")
      let tag = try #require(old.header("ETag"))
      let new = try await client.get(
        Endpoint.all[0].target(), Client.asAdmin, "X-Schema-Override: new", "If-None-Match: \(tag)")
      #expect(new.status == 304)
      #expect(new.header("X-Schema") == "new")
      #expect(new.header("X-Schema-Reason") == "override")
    }
  }

  @Test(
    "gzip where it is asked for, and the same bytes within",
    arguments: [
      ("gzip", true), ("gzip, deflate, br", true), ("deflate, GZIP;q=0.5", true), ("*", true), ("x-gzip", true),
      ("gzip;q=0", false), ("identity", false), ("deflate, br", false), ("identity, gzip;q=0.5", false),
      ("*;q=0", false),
      ("", false),
    ])
  func gzip(accepted: String, isCoded: Bool) async throws {
    try await withClient { client in
      let target = Endpoint.all[0].target()
      let plain = try await client.get(target)
      let answer = try await client.get(target, "Accept-Encoding: \(accepted)")
      #expect(plain.header("Content-Encoding") == nil)
      #expect(answer.header("Content-Encoding") == (isCoded ? "gzip" : nil))
      #expect(answer.header("Vary") == "Accept-Encoding")
      #expect(answer.header("Content-Type") == "application/json")
      if isCoded {
        #expect(answer.body.count < plain.body.count)
        #expect(try Self.gunzip(answer.body) == plain.body)
      } else {
        #expect(answer.body == plain.body)
      }
    }
  }

  @Test("a small body is sent as it is")
  func small() async throws {
    try await withClient { client in
      let answer = try await client.get("/api/brands", "Accept-Encoding: gzip")
      #expect(answer.header("Content-Encoding") == nil)
      #expect(try answer.json().names == ["brands"])
    }
  }

  @Test("Server-Timing is metrics with durations in milliseconds", arguments: targets)
  func serverTiming(target: String) async throws {
    try await withClient { client in
      let timing = try #require(try await client.get(target).header("Server-Timing"))
      #expect(timing.wholeMatch(of: /[a-z]+;dur=[0-9]+\.[0-9]{2}(, [a-z]+;dur=[0-9]+\.[0-9]{2})*/) != nil, "\(timing)")
    }
  }

  @Test("files are served from memory with tag, type and policy; nothing else is")
  func files() async throws {
    let page = Array(String(repeating: "<!doctype html>", count: 200).utf8)
    let files = {
      var files = StaticFiles()
      files.add(page, at: "/", named: "index.html")
      files.add(Array("let a".utf8), at: "/vendor/a.min.js", named: "a.min.js")
      return files
    }()
    try await withClient(files: files) { client in
      let plain = try await client.get("/")
      #expect(plain.status == 200)
      #expect(plain.body == page)
      #expect(plain.header("Content-Type") == "text/html; charset=utf-8")
      #expect(plain.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
      #expect(plain.header("X-Content-Type-Options") == "nosniff")
      let coded = try await client.get("/", "Accept-Encoding: gzip")
      #expect(try Self.gunzip(coded.body) == page)
      let tag = try #require(coded.header("ETag"))
      #expect(try await client.get("/", "Accept-Encoding: gzip", "If-None-Match: \(tag)").status == 304)
      #expect(try await client.get("/vendor/a.min.js").header("Content-Type") == "text/javascript; charset=utf-8")
      for path in [
        "/index.html", "/vendor/", "/vendor/..%2F", "/vendor/../API.swift", "/%2e%2e/etc/passwd", "/vendor/a.min.js/",
      ] {
        _ = try await client.get(path).problem(404)
      }
      let refused = try await client.ask(.post, "/")
      _ = try refused.problem(405)
      #expect(refused.header("Allow") == "GET, HEAD")
    }
  }
}
