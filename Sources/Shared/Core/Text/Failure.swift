/// A reason to stop, in the user's words: what was wrong, in which file, and what to do. It ends a tool with status 1.
public struct Failure: Error, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ description: String) { self.description = description }
}
