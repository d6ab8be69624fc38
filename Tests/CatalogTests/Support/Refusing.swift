import Cutover
import Migration
import SQL

/// The binds of statements that skip wide rows that PostgreSQL refused.
func refusing(_ ids: some Sequence<Int> = [Int]()) -> [Bind] {
  ids.map { OldRow(table: "extracted_positions", id: $0) }.binds
}
