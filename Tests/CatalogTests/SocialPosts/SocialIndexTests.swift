import EventLoop
import Foundation
import Migration
import Postgres
import Rollout
import SQL
import TestSupport
import Testing

/// The HNSW index itself, as organizations with many vectors are searched.
@Suite(.serialized) struct SocialIndexTests {
  private static let length = 24

  /// Posts of `organization` in loose groups, as texts are.
  private static func fill(_ ids: ClosedRange<Int>, of organization: String, _ random: inout SeededGenerator) -> String
  {
    let values = ids.map { id in
      let vector = (0..<length).map { place in
        sin(Double(id % 12 * place)) + Double.random(in: -0.8...0.8, using: &random)
      }
      let array = vector.map { String(format: "%.6f", $0) }.joined(separator: ",")
      return "(\(id), '\(organization)', 'x', 'draft', 'post \(id)', '{\(array)}', 'm@2', '2025-05-01Z')"
    }
    return """
      INSERT INTO social.posts (id, workspace_id, platform, status, text, embedding, embedding_model, created_at)
      VALUES \(values.joined(separator: ",\n"))
      """
  }

  private static func scans(_ stage: VectorStage, in session: Connection) async throws -> Int {
    Int(
      try await stage.value(
        "SELECT pg_stat_get_xact_numscans('social.idx_embeddings_hnsw'::regclass)", in: session)!)!
  }

  @Test("finds nearly all that a scan finds, in the same order and as far; a scan does not use it")
  func recall() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      var random = SeededGenerator(seed: seed)
      let fill = [
        Self.fill(1...3_000, of: VectorStage.here, &random), Self.fill(3_001...3_300, of: VectorStage.there, &random),
      ]
      try await VectorStage.with(.pgvector, filledBy: fill, on: loop) { stage in
        for k in [1, 10, 100] {
          var (sought, found) = (0, 0)
          for _ in 0..<12 {
            let entity = random.within(1...3_000)
            let session = try await Connection.open(stage.settings, on: loop)
            defer { session.close() }
            _ = try await session.query(Statement("BEGIN"))
            let exact = try await stage.neighbours(of: entity, k, by: session)
            let scansBefore = try await Self.scans(stage, in: session)
            #expect(scansBefore == 0)
            let near = try await stage.neighbours(of: entity, k, scanned: 0, by: session)
            let scansAfter = try await Self.scans(stage, in: session)
            #expect(scansAfter == 1)
            // so that what was set for the search does not outlast it
            let set = try await stage.rows(
              """
              SELECT current_setting('enable_seqscan'), current_setting('enable_sort'),
                current_setting('hnsw.ef_search'), current_setting('hnsw.iterative_scan')
              """, in: session)
            #expect(set == [["on", "on", "40", "off"]])
            let all = Dictionary(
              uniqueKeysWithValues: try await stage.neighbours(of: entity, 3_000).map { ($0.entity, $0.distance) })
            #expect(near.count == k)
            for one in near { #expect(all[one.entity] == one.distance, "seed \(seed): \(entity) to \(one.entity)") }
            sought += exact.count
            found += Set(exact).intersection(near).count
          }
          print("k \(k): \(found) of \(sought)")
          #expect(sought == 12 * k)
          #expect(Double(found) >= 0.97 * Double(sought), "seed \(seed), k \(k): \(found) of \(sought)")
        }
      }
    }
  }

  @Test("a tenant's role finds nothing of another organization by the index either")
  func tenants() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      var random = SeededGenerator(seed: seed)
      let fill = [
        Self.fill(1...400, of: VectorStage.here, &random), Self.fill(401...440, of: VectorStage.there, &random),
      ]
      try await VectorStage.with(.pgvector, filledBy: fill, on: loop) { stage in
        let session = try await Connection.open(stage.settings, on: loop)
        defer { session.close() }
        _ = try await session.query(Statement("BEGIN"))
        _ = try await session.query(stage.migration.subject.scope!, [.text(VectorStage.there)])
        for entity in stride(from: 1, through: 440, by: 13) {
          // whatever is said of the organization and the post
          for organization in [VectorStage.here, VectorStage.there] {
            for scanned in [0, 10_000] {
              let found = try await stage.neighbours(
                of: entity, 100, in: organization, scanned: scanned, by: session)
              let isOwn = entity > 400 && organization == VectorStage.there
              // a scan finds all, the index nearly
              let least = scanned > 0 ? 39 : 30
              #expect(isOwn ? (least...39).contains(found.count) : found.isEmpty, "seed \(seed): \(entity)")
              #expect(found.allSatisfy { $0.entity > 400 }, "seed \(seed): \(entity)")
            }
          }
        }
        // the index asked with no word of an organization
        _ = try await session.query(Statement("SET LOCAL enable_seqscan = off"))
        _ = try await session.query(Statement("SET LOCAL enable_sort = off"))
        _ = try await session.query(Statement("SET LOCAL hnsw.iterative_scan = strict_order"))
        let before = try await Self.scans(stage, in: session)
        let seen = try await stage.rows(
          """
          SELECT e.entity_id FROM social.embeddings e WHERE cardinality(e.embedding) = \(Self.length)
          ORDER BY e.embedding::social.halfvec(\(Self.length)) OPERATOR(social.<=>)
            array_fill(1::real, ARRAY[\(Self.length)])::social.halfvec(\(Self.length))
          LIMIT 440
          """, in: session)
        let after = try await Self.scans(stage, in: session)
        #expect(after == before + 1)
        let entities = Set(seen.map { Int($0[0]!)! })
        #expect(entities.isSubset(of: 401...440) && entities.count >= 30, "seed \(seed): \(entities.sorted())")
      }
    }
  }

  @Test("vectors that come, change and go by the triggers are found as they are; verification agrees")
  func follows() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      var random = SeededGenerator(seed: seed)
      let fill = Self.fill(1...120, of: VectorStage.here, &random)
      try await VectorStage.with(.pgvector, filledBy: [fill], on: loop) { stage in
        let like7 = "(SELECT p.embedding FROM social.posts p WHERE p.id = 7)"
        let changes: [(statement: String, isFound: Bool)] = [
          (
            """
            INSERT INTO social.posts (id, workspace_id, platform, status, embedding, embedding_model, created_at)
            VALUES (500, '\(VectorStage.here)', 'x', 'draft', \(like7), 'm@2', '2025-05-01Z')
            """, true
          ),
          ("UPDATE social.posts SET embedding = (SELECT array_agg(-v) FROM unnest(\(like7)) v) WHERE id = 500", false),
          ("UPDATE social.posts SET embedding = \(like7) WHERE id = 500", true),
          ("UPDATE social.posts SET embedding = \(like7) || 1 WHERE id = 500", false),
          ("UPDATE social.posts SET embedding = \(like7) WHERE id = 500", true),
          ("UPDATE social.posts SET embedding = NULL WHERE id = 500", false),
          ("UPDATE social.posts SET embedding = \(like7), embedding_model = 'm@3' WHERE id = 500", false),
          ("UPDATE social.posts SET embedding_model = 'm@2' WHERE id = 500", true),
          ("DELETE FROM social.posts WHERE id = 500", false),
          ("UPDATE social.posts SET id = 500 WHERE id = 8", false),
          ("UPDATE social.posts SET embedding = \(like7) WHERE id = 500", true),
        ]
        for change in changes {
          try await stage.run([change.statement])
          let near = try await stage.neighbours(of: 7, 10, scanned: 0)
          #expect(near.contains { $0.entity == 500 } == change.isFound, "\(change.statement)")
          #expect(try await near == stage.neighbours(of: 7, 10), "\(change.statement)")
          let old = try await stage.similar(to: 7, 10, from: .old)
          #expect(try await stage.similar(to: 7, 10, from: .new) == old, "\(change.statement)")
          #expect(old.contains("\"entity_id\":500,") == change.isFound)
        }
        #expect(try await stage.isEqual())
      }
    }
  }
}
