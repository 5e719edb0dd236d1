import ArgumentParser
import EPUCore
import Foundation
import Testing

@testable import epu_simulate

@Suite("The score of what was found")
struct ScoreTests {
    /// A truth of as many exposures as names are used, all in session `s` but those that begin with `t`.
    private func truth(
        _ pairs: [(String, String, OverlapCause)], incidents: [(IncidentKind, [String])] = []
    ) -> TruthReading {
        let names = Set(pairs.flatMap { [$0.0, $0.1] } + incidents.flatMap(\.1)).sorted()
        return TruthReading(
            radius: 0.4, exposures: names.map { .init(name: $0, session: $0.hasPrefix("t") ? "t" : "s") },
            pairs: pairs.map { .init(earlier: $0.0, later: $0.1, cause: $0.2) },
            incidents: incidents.enumerated().map {
                .init(kind: $1.0, session: "s", stop: $0 + 1, exposures: $1.1)
            })
    }

    private func findings(
        _ pairs: [(String, String, OverlapCause)], incidents: [(OverlapCause, Set<String>)] = [],
        comparesSessions: Bool = false
    ) -> Findings {
        Findings(
            analyses: [3], comparesSessions: comparesSessions,
            pairs: Dictionary(
                uniqueKeysWithValues: pairs.map { (ExposurePair(earlier: $0.0, later: $0.1), $0.2) }),
            incidents: incidents.enumerated().map {
                .init(analysisID: 3, number: Int64($0 + 1), cause: $1.0, lost: $1.1)
            })
    }

    // MARK: - Pairs and causes

    @Test("True pairs are found or missed, others invented, and each wrong cause is named")
    func pairs() {
        let score = Score(
            truth([
                ("a", "b", .unmovedStage), ("a", "c", .unmovedStage), ("b", "c", .byDesign), ("d", "e", .sameArea),
            ]),
            findings([
                ("a", "b", .unmovedStage), ("a", "c", .wrongCentre), ("b", "c", .byDesign), ("x", "y", .neighbour),
            ]))
        #expect(score.truePairs == 4 && score.foundPairs == 4)
        #expect(score.missed == ["d then e"])
        #expect(score.invented == ["x then y"])
        #expect(score.rightCauses == 2)
        #expect(score.rightCausesPercent == 50)
        #expect(score.wrongCauses == ["a then c: unmoved-stage, found wrong-centre"])
        #expect(score.trulyOverexposed == 3 && score.foundOverexposed == 3)
        #expect(!score.isExact)
        #expect(score.text.contains("\nwith the true cause  2 of 4 (50.0 %)\n"))
        #expect(score.text.hasSuffix("\n  wrong cause: a then c: unmoved-stage, found wrong-centre"))
    }

    @Test("The text gives three examples of each kind, the JSON all")
    func examples() throws {
        let pairs = (1...5).map { ("a\($0)", "b\($0)", OverlapCause.sameArea) }
        let score = Score(truth(pairs), findings(pairs.map { ($0.0, $0.1, .neighbour) }))
        let wrong = score.text.split(separator: "\n").filter { $0.contains("wrong cause") }
        #expect(wrong.count == 4)
        #expect(wrong.last == "  wrong cause: and 2 more (--json lists all)")
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let json = try #require(
            JSONSerialization.jsonObject(with: encoder.encode(score)) as? [String: Any])
        #expect((json["wrong_causes"] as? [String])?.count == 5)
        #expect(json["right_causes"] as? Int == 0)
        for key in ["true_incidents", "found_incidents", "invented_incidents", "reported_incidents"] {
            #expect(json[key] as? Int == 0, "\(key)")
        }
        #expect(json["missed_incident_list"] as? [String] == [])
    }

    @Test("All causes are 100 %, all but one never are, and none of none are no share")
    func share() {
        let pairs = (1...3000).map { ("a\($0)", "b\($0)", OverlapCause.sameArea) }
        #expect(Score(truth(pairs), findings(pairs)).text.contains("3000 of 3000 (100 %)"))
        let almost = Score(truth(pairs), findings(Array(pairs.dropLast()) + [("a3000", "b3000", .neighbour)]))
        #expect(almost.text.contains("2999 of 3000 (99.9 %)"))
        #expect(almost.hasRightCauses(percent: 99.9) && !almost.hasRightCauses(percent: 100))
        // A pair that was not found has no cause that is right.
        #expect(!Score(truth(pairs), findings(Array(pairs.dropLast()))).hasRightCauses(percent: 100))
        let nothing = Score(truth([]), findings([]))
        #expect(nothing.text.contains("with the true cause  0 of 0\n"))
        #expect(nothing.rightCausesPercent == nil && nothing.hasRightCauses(percent: 100))
    }

    @Test("Pairs of two sessions count where sessions were compared")
    func acrossSessions() {
        let truth = truth([("a", "t1", .acrossSessions), ("a", "b", .sameArea)])
        let apart = Score(truth, findings([("a", "b", .sameArea)]))
        #expect(apart.truePairs == 1 && apart.isExact && apart.rightCauses == 1)
        let together = Score(
            truth,
            findings([("a", "b", .sameArea), ("a", "t1", .acrossSessions)], comparesSessions: true))
        #expect(together.truePairs == 2 && together.isExact && together.rightCauses == 2)
    }

    @Test("The share of causes that is demanded lies between 0 and 100", arguments: ["-1", "101", "nan", "all"])
    func refused(percent: String) {
        #expect(throws: (any Error).self) { try ScoreCommand.parse(["truth.json", "--least-causes", percent]) }
        #expect(throws: Never.self) { try ScoreCommand.parse(["truth.json", "--least-causes", "99.5"]) }
    }

    // MARK: - Incidents

    private static let unmoved: [(String, String, OverlapCause)] = (1...4).map { ("a\($0)", "b\($0)", .unmovedStage) }
    private static let unmovedStop = ["b1", "b2", "b3", "b4"]

    private func score(
        _ pairs: [(String, String, OverlapCause)], _ planted: [(IncidentKind, [String])],
        found: [(OverlapCause, Set<String>)], comparesSessions: Bool = false
    ) -> Score {
        Score(
            truth(pairs, incidents: planted),
            findings(pairs, incidents: found, comparesSessions: comparesSessions))
    }

    private typealias Found = [(OverlapCause, Set<String>)]

    private static let shares: [(incidents: Found, isFound: Bool)] = [
        ([(.unmovedStage, ["b1", "b2", "b3"])], true),
        ([(.unmovedStage, ["b1", "b2", "b3", "b4"])], true),
        ([(.unmovedStage, ["b1", "b2"])], false),
        ([(.unmovedStage, ["b1", "b2"]), (.unmovedStage, ["b3", "b4"])], false),
        ([(.wrongCentre, ["b1", "b2", "b3", "b4"])], false),
        ([(.wrongCentre, ["b4"]), (.unmovedStage, ["b1", "b2", "b3"])], true),
        ([], false),
    ]

    @Test(
        "An incident is found where more than half of its lost micrographs are in one incident of its cause",
        arguments: shares.indices)
    func found(index: Int) {
        let (incidents, isFound) = Self.shares[index]
        let score = score(Self.unmoved, [(.unmovedStage, Self.unmovedStop)], found: incidents)
        #expect(score.trueIncidents == 1)
        #expect(score.foundIncidents == (isFound ? 1 : 0))
        #expect(score.missedIncidentList.count == (isFound ? 0 : 1))
        #expect(score.inventedIncidents == 0)
        #expect(score.reportedIncidents == incidents.count)
    }

    @Test("Each kind has its cause", arguments: IncidentKind.allCases, OverlapCause.allCases)
    func causes(kind: IncidentKind, cause: OverlapCause) {
        let expected: [IncidentKind: OverlapCause] = [
            .unmovedStage: .unmovedStage, .wrongCentre: .wrongCentre, .repeatedHole: .sameArea,
            .partialOverlap: .neighbour,
        ]
        let truth = expected[kind] ?? .unexplained
        let score = score([("a", "b", truth)], [(kind, ["b"])], found: [(cause, ["b"])])
        #expect(score.foundIncidents == (expected[kind] == cause ? 1 : 0))
    }

    @Test("An incident says what was found in its place")
    func missed() {
        let score = score(
            Self.unmoved, [(.unmovedStage, Self.unmovedStop)], found: [(.wrongCentre, ["b1", "b2", "b3"])])
        let reason = "unmoved-stage at stop 1 of s: 3 of its 4 lost micrographs in incident 1 (wrong-centre)"
        #expect(score.missedIncidentList == [reason])
        #expect(score.text.contains("incidents            0 of 1 found with the right cause, 0 invented, 1 reported"))
        #expect(score.text.contains("\n  missed incident: \(reason)"))
    }

    @Test("What it loses are later exposures: its own, and those that hit its places")
    func lost() {
        // A stop shot one hole aside: b1 on an earlier hole, and c3, c4 and c5 later find b3, b4 and b5 in their holes.
        let pairs: [(String, String, OverlapCause)] = [
            ("a1", "b1", .wrongCentre), ("b3", "c3", .wrongCentre), ("b4", "c4", .wrongCentre),
            ("b5", "c5", .wrongCentre), ("b1", "b2", .byDesign),
        ]
        let planted = [(IncidentKind.wrongCentre, ["b1", "b2", "b3", "b4", "b5"])]
        // Two of four; b2 is not lost, whatever was found.
        #expect(score(pairs, planted, found: [(.wrongCentre, ["b1", "b2", "c3"])]).foundIncidents == 0)
        #expect(score(pairs, planted, found: [(.wrongCentre, ["c3", "c4", "c5"])]).foundIncidents == 1)
    }

    @Test("An incident that cost nothing is not counted")
    func harmless() {
        let score = score(
            [("b1", "b2", .byDesign)], [(.wrongCentre, ["b1", "b2"]), (.repeatedHole, ["c1"])], found: [])
        #expect(score.trueIncidents == 0 && score.missedIncidentList.isEmpty)
        #expect(score.text.contains("0 of 0 found"))
    }

    @Test("Two that follow each other may be found as one")
    func followers() {
        let pairs = Self.unmoved + [("b1", "c1", .unmovedStage), ("b2", "c2", .unmovedStage)]
        let score = score(
            pairs, [(.unmovedStage, Self.unmovedStop), (.unmovedStage, ["c1", "c2"])],
            found: [(.unmovedStage, ["b1", "b2", "b3", "b4", "c1", "c2"])])
        #expect(score.trueIncidents == 2 && score.foundIncidents == 2 && score.reportedIncidents == 1)
        #expect(score.inventedIncidents == 0)
    }

    @Test("Invented is what has no micrograph that is truly lost, to an incident or to another session")
    func invented() {
        let pairs = Self.unmoved + [("a9", "t1", .acrossSessions)]
        let found: [(OverlapCause, Set<String>)] = [
            (.unmovedStage, ["b1", "b2", "b3", "x1"]), (.neighbour, ["x2", "x3"]), (.acrossSessions, ["t1"]),
            // The earlier of a pair is not lost.
            (.unmovedStage, ["a1"]),
        ]
        let planted = [(IncidentKind.unmovedStage, Self.unmovedStop)]
        let together = score(pairs, planted, found: found, comparesSessions: true)
        #expect(together.foundIncidents == 1 && together.reportedIncidents == 4)
        #expect(
            together.inventedIncidentList == [
                "incident 2 of analysis 3 (neighbour, 2 micrographs)",
                "incident 4 of analysis 3 (unmoved-stage, 1 micrograph)",
            ])
        #expect(together.inventedIncidents == 2)
        // Nobody asked for other sessions: there it is invented, too.
        #expect(score(pairs, planted, found: found).inventedIncidents == 3)
    }

    @Test("Micrographs that a second session loses to an incident's exposures are not the incident's")
    func otherSessions() {
        let pairs: [(String, String, OverlapCause)] =
            [("a1", "b1", .wrongCentre)] + (1...4).map { ("b\($0)", "t\($0)", .acrossSessions) }
        let score = score(
            pairs, [(.wrongCentre, Self.unmovedStop)],
            found: [(.wrongCentre, ["b1"]), (.acrossSessions, ["t1", "t2", "t3", "t4"])], comparesSessions: true)
        #expect(score.trueIncidents == 1 && score.foundIncidents == 1 && score.inventedIncidents == 0)
    }
}
