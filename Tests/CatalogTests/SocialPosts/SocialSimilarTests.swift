import Cutover
import EventLoop
import Postgres
import Rollout
import SQL
import TestSupport
import Testing

/// The service `similar` on a server that has pgvector and on one that has not.
@Suite(.serialized) struct SocialSimilarTests {
  private static let servers = [TestServer.installed, .pgvector]

  @Test("the same bytes from old and new, with pgvector and without, however many are asked for")
  func sameBytes() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    let vectors = OldVectors(300, length: 8, seed: seed)
    try await onLoop { loop in
      var bodies: [[String]] = []
      for server in Self.servers {
        var random = SeededGenerator(seed: seed)
        bodies.append(
          try await VectorStage.with(server, filledBy: vectors.inserts, on: loop) { stage in
            var bodies: [String] = []
            for number in 1...100 {
              let post = random.pick(vectors.posts)
              // also asked under another organization
              let organization = random.chance(6) ? VectorStage.there : post.organization
              let old = try await stage.similar(to: post.id, number, in: organization, from: .old)
              let new = try await stage.similar(to: post.id, number, in: organization, from: .new)
              #expect(new == old, "seed \(seed): post \(post.id), k \(number)")
              bodies.append(new)
            }
            return bodies
          })
      }
      #expect(bodies[0] == bodies[1], "seed \(seed)")
      #expect(Set(bodies[0]).count > 60, "seed \(seed): most have neighbours")
    }
  }

  @Test("a scan finds the nearest of the same organization, model, version and length, and says how far they are")
  func exact() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    let vectors = OldVectors(300, length: 8, seed: seed)
    try await onLoop { loop in
      for server in Self.servers {
        try await VectorStage.with(server, filledBy: vectors.inserts, on: loop) { stage in
          var ties = 0
          for (number, post) in vectors.posts.enumerated() {
            let k = 1 + number % 100
            let found = try await stage.neighbours(of: post.id, k, in: post.organization)
            #expect(found == vectors.nearest(to: post, k), "seed \(seed): post \(post.id), k \(k)")
            ties += found.count - Set(found.map(\.distance)).count
          }
          #expect(ties > 100, "seed \(seed): many are equally far")
        }
      }
    }
  }

  @Test("what the status says: a scan without pgvector, HNSW with it, and why not where there is no index")
  func status() async throws {
    let vectors = OldVectors(20, length: 8, seed: 1)
    try await onLoop { loop in
      let without = try await VectorStage.with(.installed, filledBy: vectors.inserts, on: loop) { stage in
        try await stage.status()
      }
      #expect(without == ["similar posts", "scan", "pgvector is not installed; exact"])
      let with = try await VectorStage.with(.pgvector, filledBy: vectors.inserts, on: loop) { stage in
        try await stage.status()
      }
      #expect(
        with == [
          "similar posts", "HNSW", "organizations with more than 10000 vectors: candidates by the index, then exact",
        ])
      let (empty, body) = try await VectorStage.with(.pgvector, on: loop) { stage in
        let status = try await stage.status()
        try await stage.run(vectors.inserts)
        return (status, try await stage.similar(to: vectors.posts[0].id, 100, from: .new))
      }
      #expect(empty == ["similar posts", "scan", "there were no vectors to make an index for; exact"])
      #expect(body.contains("post "), "vectors that came later")
    }
  }

  @Test("who may not create extensions gets a scan; an administrator's extension, the index; a removal leaves it")
  func rights() async throws {
    let vectors = OldVectors(60, length: 8, seed: 2)
    let (settings, administrator) = try await TestPostgres.databaseOfItsOwner(on: .pgvector)
    try await onLoop { loop in
      try await VectorStage.with(settings, filledBy: vectors.inserts, isCreated: true, on: loop) { stage in
        #expect(
          try await stage.status() == [
            "similar posts", "scan", "pgvector is installed, but was not added; exact",
          ])
        let scanned = try await stage.neighbours(of: 1, 100)
        try await stage.job(.truncate)
        try await stage.job(.remove)
        let session = try await Connection.open(administrator, on: loop)
        defer { session.close() }
        _ = try await session.query(Statement("CREATE EXTENSION vector"))
        try await stage.move()
        #expect(try await stage.status()[1] == "HNSW")
        #expect(try await stage.neighbours(of: 1, 100, scanned: 0) == scanned)
        try await stage.job(.truncate)
        try await stage.job(.remove)
        #expect(try await stage.value("SELECT to_regclass('social.idx_embeddings_hnsw')") == nil)
        #expect(try await stage.value("SELECT extname FROM pg_extension WHERE extname = 'vector'") == "vector")
      }
    }
  }
}
