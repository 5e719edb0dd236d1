import EPUCore

/// The template's share of the beam shift, area by area.
///
/// EPU adds the shift to an area of the template to the shift to the hole, exactly (to 1e-8 units in real files), so that the
/// difference of two areas is the same in all holes. A template that was drawn again has areas that never share a visit with
/// those before: they are a component of their own, whose constant is not known.
struct TemplateAreas: Sendable {
    /// The place of each area in beam shift, each component around its own mean, beam-shift units.
    private(set) var areas: [Int64: Vector2] = [:]
    /// The component that an area belongs to.
    private(set) var component: [Int64: Int] = [:]

    /// - Parameters:
    ///   - indices: those of the exposures of one session and condition, in time order. The cost is proportional to their number.
    ///   - visitOfExposure: the visit of each exposure, numbered from 0.
    init(_ exposures: [SessionExposure], _ indices: some Collection<Int>, visitOfExposure: IndexColumn) {
        self.init(exposures, VisitMembers(of: indices, visitOfExposure))
    }

    init(_ exposures: [SessionExposure], _ visits: VisitMembers) {
        let placing = TemplatePlacing(exposures, visits)
        for (number, area) in placing.ids.enumerated() {
            areas[area] = placing.place[number]
            component[area] = placing.component[number]
        }
    }
}
