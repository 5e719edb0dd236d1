import EPUCore

/// The moves of the stage to its stops.
extension LatticeProblem {
    /// The patch of each stop; for a stop of two templates, which has two patches, the last.
    static func patches(of stops: Int, _ groups: [Group]) -> [Int] {
        var patches = [Int](repeating: 0, count: stops)
        for group in groups { patches[group.stop] = group.patch }
        return patches
    }

    /// The sign of the last move to each stop, along x and along y, less the part that depends on the place in the square: a
    /// constant and a linear part, which origin and matrix have taken up (partial regression, Frisch and Waugh 1933).
    static func directions(
        _ groups: [Group], patchOfStop patches: [Int], stage: [Vector2], middle: [Vector2]
    ) -> [Vector2] {
        var places = [Vector2](repeating: .zero, count: patches.count)
        for group in groups {
            guard let first = group.visits.first else { continue }
            places[group.stop] = middle[group.patch] + stage[first]
        }
        func sign(_ way: Double) -> Double { abs(way) < StageStopRun.tolerance ? 0 : way < 0 ? -1 : 1 }
        let signs = places.indices.map { index -> Vector2 in
            guard index > 0 else { return .zero }
            let way = places[index] - places[index - 1]
            return Vector2(sign(way.x), sign(way.y))
        }
        let members = Dictionary(grouping: signs.indices) { patches[$0] }
        let means = members.mapValues { members in
            (sign: members.map { signs[$0] }.mean, place: members.map { places[$0] }.mean)
        }
        func centred(_ index: Int) -> (sign: Vector2, place: Vector2) {
            let mean = means[patches[index]] ?? (.zero, .zero)
            return (signs[index] - mean.sign, places[index] - mean.place)
        }
        var fit = LinearFit()
        for index in signs.indices { fit.add(centred(index).place, to: centred(index).sign) }
        let linear = fit.matrix ?? Matrix2(scale: 0)
        return signs.indices.map { centred($0).sign - linear * centred($0).place }
    }
}
