import EPUCore

/// Which step of the lattice a square that lies aside has gone: the holes that were shot leave whole steps open.
extension GridMatch {
    /// The move with those asides that the hole maps of the square confirm, or correct by a step; the others are lost.
    func confirmed(_ move: GridMove) -> GridMove {
        var confirmed = move
        for (square, aside) in move.asides where !aside.isLost {
            confirmed.asides[square] = self.confirmed(aside, of: square, move) ?? .lost(pitch: pitch)
        }
        return confirmed
    }

    private func confirmed(_ aside: GridMove.Aside, of square: Int64, _ move: GridMove) -> GridMove.Aside? {
        let own = MapPattern(session, ids: [square], pitch: pitch)
        let others = MapPattern(judged, ids: [square], pitch: pitch)
        guard !isSaid, !own.squares.isEmpty, let lattice = others.squares.first?.lattice else {
            // Without maps a stage that erred by so little is likelier than one that erred by a step.
            return aside.shift.length <= Self.unmoved ? aside : nil
        }
        let steps = (-1...1).flatMap { i in (-1...1).map { Vector2(Double(i), Double($0)) } }
        let weighed = steps.map { step -> (aside: GridMove.Aside, weight: Double) in
            let shift = aside.shift + lattice * step
            let start = GridMove(
                turnDegrees: move.turnDegrees, isMirrored: move.isMirrored, centre: aside.middle,
                target: move.place(aside.middle) + shift)
            return (
                GridMove.Aside(shift: shift, error: aside.error, middle: aside.middle),
                MapAgreement(own, to: others, at: start, pitch: pitch).evidence
            )
        }.sorted { $0.weight > $1.weight }
        return weighed[0].weight > weighed[1].weight + Self.leastLead ? weighed[0].aside : nil
    }
}
