import Foundation

extension Double {
    /// The nearest number with so many decimals.
    public func rounded(decimals: Int) -> Double {
        let unit = pow(10, Double(decimals))
        return (self * unit).rounded() / unit
    }

    /// The nearest number with so many significant digits, whose shortest text has no more.
    public func rounded(significant digits: Int) -> Double {
        guard isFinite, self != 0 else { return self }
        let exponent = digits - 1 - Int(log10(abs(self)).rounded(.down))
        // Powers of ten are exact up to the 22nd, so that what is multiplied or divided by one is rounded once.
        guard abs(exponent) <= 22 else { return self }
        let unit = pow(10, Double(abs(exponent)))
        return exponent >= 0 ? (self * unit).rounded() / unit : (self / unit).rounded() * unit
    }

    /// The number with exactly so many decimals and a decimal point, whatever the locale.
    public func text(decimals: Int) -> String { String(format: "%.\(decimals)f", self) }

    /// The number with at most `digits` significant digits and no trailing zeros: 0.4275, 25, 1.4e-05.
    public func text(significant digits: Int = 6) -> String { String(format: "%.\(digits)g", self) }
}

extension Double {
    /// The number with its standard error: `24.33 +- 0.02`. The error has one digit that counts, two where the first is 1, and
    /// at most three decimals; the number has as many decimals. Without an error it has two.
    public func text(error: Double?) -> String {
        guard let error, error.isFinite, error > 0 else { return text(decimals: 2) }
        let place = Int(log10(error).rounded(.down))
        let digits = error < 1.95 * pow(10, Double(place)) ? 1 : 0
        let decimals = max(0, min(3, digits - place))
        guard error >= 0.0005 else { return text(decimals: 3) + " +- 0.001" }
        return text(decimals: decimals) + " +- " + error.text(decimals: decimals)
    }
}

/// A count with its noun in the singular or plural: `1 exposure`, `2 exposures`.
public func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count) " + (count == 1 ? noun : plural ?? noun + "s")
}
