import ArgumentParser

/// The version that a STAR file says it has. RELION reads tables of optics from the first of these on.
enum StarVersion: Int, ExpressibleByArgument, CaseIterable {
    /// The version that RELION 3.1 to 5 can read.
    case relion31 = 30001
    /// The version that RELION 5 writes.
    case relion5 = 50001
}
