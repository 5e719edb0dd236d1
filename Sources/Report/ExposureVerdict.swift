import EPUArchive

/// Whether an exposure `e` is bad by an analysis, in SQL: 1, 0, or NULL if it was not judged, as when it came after the analysis,
/// or when too little is known of it. A person's verdict outweighs the analysis, and is enough by itself.
enum ExposureVerdict {
    /// The expression for the verdict, which needs `joins`.
    static let sql = """
        CASE WHEN r.verdict IS NOT NULL THEN r.verdict = 'bad'
             WHEN u.exposure_id IS NOT NULL THEN NULL
             WHEN p.placement_id IS NOT NULL THEN w.exposure_id IS NOT NULL
        END
        """

    /// Joins the analysis `a`, the position `p` by which it judged the exposure, a person's verdict `r`, and what the analysis found:
    /// that the exposure is undecided, `u`, or overexposed, `w`. None of them has two rows for one exposure.
    /// - Parameter analysis: the SQL parameter that has the analysis, which may be NULL for none.
    static func joins(analysis: String) -> String {
        """
        LEFT JOIN analysis a ON a.analysis_id = \(analysis)
        LEFT JOIN placement p ON \(JudgedPlacement.sql)
        LEFT JOIN review r ON r.exposure_id = e.exposure_id
        LEFT JOIN undecided_exposure u ON u.analysis_id = a.analysis_id AND u.exposure_id = e.exposure_id
        LEFT JOIN overexposure w ON w.analysis_id = a.analysis_id AND w.exposure_id = e.exposure_id
        """
    }
}
