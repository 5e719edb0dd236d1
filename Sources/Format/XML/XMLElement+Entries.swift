extension XMLElement {
    /// The elements of a .NET collection, in either form that EPU writes.
    ///
    /// An array has its entries as children. A list has them in `_items`, which is padded to the list's capacity with zeros
    /// or nils: only the first `_size` of them count. EPU changes from one form to the other between versions.
    public var entries: PrefixSequence<Children> {
        guard let items = self["_items"] else { return children.prefix(.max) }
        return items.children.prefix(self["_size"]?.integer.map { max(0, Int($0)) } ?? .max)
    }
}
