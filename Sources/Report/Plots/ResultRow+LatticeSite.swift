import EPUArchive
import EPUCore

extension ResultRow {
    /// The site that two columns give; nil if either is NULL.
    borrowing func site(_ i: Int32, _ j: Int32) -> LatticeSite? {
        isNull(i) || isNull(j) ? nil : LatticeSite(i: Int(int(i)), j: Int(int(j)))
    }
}
