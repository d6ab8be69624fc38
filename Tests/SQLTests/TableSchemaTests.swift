import SQL
import Testing

@Suite("A schema that a setting names") struct TableSchemaTests {
  @Test(
    "stands wherever the written one stood, and nowhere else",
    arguments: [
      ("SELECT b.id FROM public.brands b", #"SELECT b.id FROM "shop".brands b"#),
      ("'public.brands'::regclass", #"'"shop".brands'::regclass"#),
      ("(public.a, public.b)", #"("shop".a, "shop".b)"#),
      ("republic.brands x.public.brands _public.brands public brands", nil),
      (#""public.brands" ".public.x"#, #""public.brands" ".public.x"#),
      ("é public.a", #"é "shop".a"#),
      ("", nil),
    ])
  func place(sql: String, placed: String?) throws {
    let shop = try #require(TableSchema("shop", insteadOf: "public"))
    #expect(shop.place(in: sql) == placed ?? sql)
    #expect(TableSchema("public").place(in: sql) == sql)
  }

  @Test("is a plain identifier of at most 63 bytes")
  func names() {
    for name in ["a", "_", "A1", "shop_2", String(repeating: "x", count: 63)] {
      #expect(TableSchema(name, insteadOf: "public")?.name == name)
    }
    for name in ["", "1a", "a b", "a.b", "a\"", "a'", "é", "a;", "a-b", String(repeating: "x", count: 64)] {
      #expect(TableSchema(name, insteadOf: "public") == nil, "\(name)")
    }
  }

  @Test("qualifies tables, quoted where a setting named it: it may be a key word")
  func qualified() throws {
    #expect(TableSchema("public").qualified("brands") == "public.brands")
    #expect(try #require(TableSchema("user", insteadOf: "public")).qualified("brands") == #""user".brands"#)
  }

  @Test(
    "a name is replaced where it is not a part of another one",
    arguments: [
      ("FROM s.t x, s.t", "FROM n x, n"), ("s.t_archived s.ts as.t", "s.t_archived s.ts as.t"), ("s.t.c", "n.c"),
      ("(s.t)", "(n)"),
    ])
  func replacing(text: String, replaced: String) {
    #expect(text.replacing(name: "s.t", with: "n") == replaced)
  }
}
