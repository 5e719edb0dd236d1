/// Which exposures an analysis judged, in SQL: those that its placement set had placed when the analysis was made. What came into
/// the set later stands in the same table, and says nothing of the analysis.
public enum JudgedPlacement {
    /// Joins to an analysis `a` and an exposure `e` the row `p` of `placement` by which the analysis judged the exposure.
    public static let sql = """
        p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
            AND p.placement_id <= ifnull(a.last_placement_id, p.placement_id)
        """
}
