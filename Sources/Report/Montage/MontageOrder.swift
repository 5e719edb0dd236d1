import ArgumentParser

/// The order in which a montage shows the pairs of a session.
struct MontageOrder: Hashable, Sendable {
    enum Grouping: String, CaseIterable, ExpressibleByArgument, Sendable {
        /// The pairs of one incident stand together, under a heading.
        case incident
        case pair
    }

    enum Sorting: String, CaseIterable, ExpressibleByArgument, Sendable {
        case time
        /// The pairs are in the order of the dose before, the greatest first.
        case preDose = "pre-dose"
        /// The pairs are in the order of their distance, the nearest first.
        case distance
    }

    var grouping = Grouping.incident
    var sorting = Sorting.time

    /// The order in words, as `by incident, in time order`.
    var text: String {
        let order =
            switch sorting {
            case .time: "in time order"
            case .preDose: "greatest pre-dose first"
            case .distance: "nearest first"
            }
        return "by \(grouping.rawValue), \(order)"
    }

    /// The terms for ORDER BY, of `overexposed o`, its `incident i` and its exposure `later`. Incidents are numbered in time
    /// order; what is not known comes last, and ties are in time order.
    var sql: String {
        let incident =
            switch sorting {
            case .time: "o.incident NULLS LAST"
            case .preDose: "i.pre_dose_e_per_a2 DESC NULLS LAST, o.incident NULLS LAST"
            case .distance: "i.distance_um NULLS LAST, o.incident NULLS LAST"
            }
        let pair =
            switch sorting {
            case .time: "later.acquired_at"
            case .preDose: "o.pre_dose_e_per_a2 DESC NULLS LAST, later.acquired_at"
            case .distance: "o.distance_um, later.acquired_at"
            }
        return (grouping == .incident ? incident + ", " : "") + pair + ", later.name, o.later_id"
    }
}
