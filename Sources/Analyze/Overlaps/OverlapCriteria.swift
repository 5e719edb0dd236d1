import EPUArchive

extension OverlapCriteria {
    /// - Parameter fieldOverlap: nil: not known.
    func isMet(fieldOverlap: Double?) -> Bool {
        guard needsFields else { return true }
        // Where only the dose is asked for, a pair must have added to it.
        guard let fieldOverlap, fieldOverlap > 0 else { return false }
        return fieldOverlap >= minFieldOverlap ?? 0
    }

    /// Whether a pair added to the dose, where that is asked for.
    /// - Parameter fieldOverlap: nil: not known.
    func isAddition(fieldOverlap: Double?) -> Bool { minPreDose == nil || (fieldOverlap ?? 0) > 0 }

    /// Nil: not known.
    func isMet(_ before: PreExposure) -> Bool? {
        guard let minPreDose else { return true }
        if let least = countNeighbours ? before.leastDose : before.leastUnplannedDose, least >= minPreDose {
            return true
        }
        return (countNeighbours ? before.dose : before.unplannedDose).map { $0 >= minPreDose }
    }
}
