import EPUCore

/// Why it is not known how the grid, or a part of it, was moved.
extension GridMatch {
    static let noMaps =
        "their hole maps do not fit on each other; Metadata/GridSquare_*.dm of a square that both visited is needed"
    static let tooLittle =
        "their holes fit on each other, but so do those of other grids of the kind; hole maps (Metadata/GridSquare_*.dm) of "
        + "more squares of both would tell"

    static func otherTurn(_ move: GridMove, _ foil: GridMove) -> String {
        "their squares lie turned by \(move.turnDegrees.text(decimals: 2)) degrees, but the foil in them by "
            + "\(foil.turnDegrees.text(decimals: 2)), as on two grids, or where the stage had lost its way"
    }

    static func ambiguous(_ best: GridMove, _ rival: GridMove) -> String {
        let turns =
            best.turn(to: rival) < 2 && best.isMirrored == rival.isMirrored
            ? "another shift, by \(best.target.distance(to: rival.place(best.centre)).text(decimals: 1)) um,"
            : "another turn, by \(rival.turnDegrees.text(decimals: 0)) degrees\(rival.isMirrored ? " and upside down" : ""),"
        return
            "\(turns) puts their holes on each other nearly as well as \(best.text), as bars and foil repeat; hole maps "
            + "(Metadata/GridSquare_*.dm) of more squares of both would tell"
    }
}

extension GridMove {
    /// Which squares are not compared, and why; nil: all are.
    var lostText: String? {
        let squares = lostSquares
        guard let first = squares.first else { return nil }
        let more = squares.count > 1 ? " and \(counted(squares.count - 1, "other"))" : ""
        return
            "in grid square \(first)\(more) their holes lie apart by another shift than elsewhere, as if the stage had lost its "
            + "way: what was exposed twice there is not known"
    }
}
