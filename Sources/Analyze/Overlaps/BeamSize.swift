import EPUArchive
import EPUCore
import Foundation

/// Beams by their size, in powers of 2: each size is a slice of the R-tree, so that a few wide beams do not make every search
/// as wide as theirs.
struct BeamSize: Hashable, Comparable {
    let exponent: Int

    static let exponents = 0...7

    /// - Parameter diameter: the beam diameter, um; nil: not known; 0.5 and less: the smallest size.
    init(_ diameter: Double?) {
        let exponent = log2(max(diameter ?? CountedValue.widestUnknownBeam, 0.5) / 0.5).rounded(.up)
        self.exponent = exponent < Double(Self.exponents.upperBound) ? Int(exponent) : Self.exponents.upperBound
    }

    static func < (a: BeamSize, b: BeamSize) -> Bool { a.exponent < b.exponent }

    /// The slice in the third dimension: a 32-bit float holds it exactly up to a million sets.
    func slice(of placementSetID: Int64) -> ClosedRange<Double> {
        let low = Double(placementSetID) + Double(exponent) / 16
        return low...low + 1 / 32
    }
}
