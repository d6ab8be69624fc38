/// The fields of a response, in the order they were set; each name at most once.
package struct ResponseHeaders: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  package private(set) var fields: [(name: FieldName, value: FieldValue)] = []

  package init(dictionaryLiteral elements: (FieldName, FieldValue)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// Setting replaces; setting nil removes.
  package subscript(_ name: FieldName) -> FieldValue? {
    get { fields.first { $0.name == name }?.value }
    set {
      let index = fields.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): fields[index].value = value
      case (let index?, nil): fields.remove(at: index)
      case (nil, let value?): fields.append((name, value))
      case (nil, nil): break
      }
    }
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
  }
}
