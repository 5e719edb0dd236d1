import Foundation

extension Double {
    /// The nearest number with so many decimals.
    public func rounded(decimals: Int) -> Double {
        let unit = pow(10, Double(decimals))
        return (self * unit).rounded() / unit
    }

    /// The number with exactly so many decimals and a decimal point, whatever the locale.
    public func text(decimals: Int) -> String { String(format: "%.\(decimals)f", self) }

    /// The number with at most `digits` significant digits and no trailing zeros: 0.4275, 25, 1.4e-05.
    public func text(significant digits: Int = 6) -> String { String(format: "%.\(digits)g", self) }
}

/// A count with its noun in the singular or plural: `1 exposure`, `2 exposures`.
public func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count) " + (count == 1 ? noun : plural ?? noun + "s")
}
