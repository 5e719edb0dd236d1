/// Counts the `z:Id`s of a .dm file: .NET numbers every object, and refers to one that it has written by `z:Ref`.
struct SerializedIDs {
    private var last = 0

    mutating func next() -> Int {
        last += 1
        return last
    }

    /// An attribute with the next id, ready to be put into a tag.
    mutating func attribute() -> String { "z:Id=\"\(next())\"" }

    static func reference(_ name: String, to id: Int, _ attributes: String = "") -> String {
        attributes.isEmpty
            ? "<\(name) z:Ref=\"\(id)\" i:nil=\"true\"/>" : "<\(name) z:Ref=\"\(id)\" i:nil=\"true\" \(attributes)/>"
    }
}

let integerComparerType =
    "z:Type=\"System.Collections.Generic.GenericEqualityComparer`1[[System.Int32, mscorlib, Version=4.0.0.0, "
    + "Culture=neutral, PublicKeyToken=b77a5c561934e089]]\" z:Assembly=\"0\""

/// The capacity of a .NET list that was filled one by one.
func listCapacity(for count: Int) -> Int {
    var capacity = 4
    while capacity < count { capacity *= 2 }
    return capacity
}

func identity(_ id: Int) -> String { element("Id", "xmlns=\"\(Namespace.applicationTypes)\"", String(id)) }
