import ArgumentParser

/// The version that a STAR file says it is of. RELION takes tables of optics from the first one on.
enum StarVersion: Int, ExpressibleByArgument, CaseIterable {
    /// RELION 3.1 to 5 read it.
    case relion31 = 30001
    /// As RELION 5 writes it.
    case relion5 = 50001
}
