extension XMLReader {
    /// Elements that are handed over as soon as they are complete: the children of `container` in one of `parents`.
    public struct Stream {
        let container: StaticString
        let parents: [StaticString]
        /// Whether they are forgotten afterwards, so that a file of any size takes little memory. What a later `z:Ref`
        /// repeats of them is then lost.
        let forgets: Bool

        public init(container: StaticString, parents: [StaticString], forgets: Bool) {
            self.container = container
            self.parents = parents
            self.forgets = forgets
        }

        /// Whether an element is a container, apart from those within another one.
        func isContainer(_ index: Int32, in tree: UnsafeMutablePointer<XMLTree>) -> Bool {
            let node = tree.pointee.nodes[Int(index)]
            guard node.parent >= 0, node.isNamed(container) else { return false }
            return parents.contains { tree.pointee.nodes[Int(node.parent)].isNamed($0) }
        }

        /// Hands over the elements of a document that was read in whole.
        func forEach(in tree: UnsafeMutablePointer<XMLTree>, _ body: (XMLElement) -> Void) {
            var next: Int32 = 0
            let end = Int32(truncatingIfNeeded: tree.pointee.nodes.count)
            while next < end {
                guard isContainer(next, in: tree) else {
                    next += 1
                    continue
                }
                var child = tree.pointee.nodes[Int(next)].firstChild
                while child >= 0 {
                    body(XMLElement(tree: tree, index: child))
                    child = tree.pointee.nodes[Int(child)].nextSibling
                }
                // Elements lie in the order of the document: the last one of the container is at the end of its last children.
                while tree.pointee.nodes[Int(next)].lastChild >= 0 { next = tree.pointee.nodes[Int(next)].lastChild }
                next += 1
            }
        }
    }
}
