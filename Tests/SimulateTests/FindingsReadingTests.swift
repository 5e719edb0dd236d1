import EPUCore
import GRDB
import Testing

@testable import epu_simulate

@Suite("Findings, read from an archive")
struct FindingsReadingTests {
    /// What `score` reads of the archive's tables and views, and no more.
    private func database(_ rows: String = "") throws -> DatabaseQueue {
        let database = try DatabaseQueue()
        try database.write {
            try $0.execute(
                sql: """
                    CREATE TABLE session (session_id, name);
                    CREATE TABLE latest_analysis (session_id, analysis_id);
                    CREATE TABLE analysis (analysis_id, radius_um, across_sessions, min_field_overlap, min_pre_dose_e_per_a2,
                        count_neighbours DEFAULT 0);
                    CREATE TABLE all_overlap_pairs (analysis_id, earlier, later, cause);
                    CREATE TABLE all_overexposed (analysis_id, name, incident);
                    CREATE TABLE all_incidents (analysis_id, incident, cause);
                    INSERT INTO session VALUES (1, 's'), (2, 't');
                    INSERT INTO latest_analysis VALUES (1, 10), (2, 11);
                    INSERT INTO analysis (analysis_id, radius_um, across_sessions) VALUES (10, 0.4, 0), (11, 0.4, 0), (12, 0.4, 1), (13, 0.3, 0);
                    INSERT INTO all_overlap_pairs VALUES
                        (10, 'a', 'b', 'wrong-centre'), (10, 'a', 'c', 'by-design'), (11, 'x', 'y', 'same-area'),
                        (12, 'a', 'x', 'across-sessions');
                    INSERT INTO all_overexposed VALUES (10, 'b', 1), (11, 'y', 1), (11, 'z', 2), (12, 'x', NULL);
                    INSERT INTO all_incidents VALUES (11, 2, 'neighbour'), (11, 1, 'same-area'), (10, 1, 'wrong-centre');
                    \(rows)
                    """)
        }
        return database
    }

    private func truth(sessions: [String] = ["s", "t"]) -> TruthReading {
        TruthReading(
            radius: 0.4, exposures: sessions.map { .init(name: $0 + "1", session: $0) }, pairs: [], incidents: [])
    }

    @Test("Of each session's published analysis, with their incidents apart")
    func latest() throws {
        let findings = try database().read { try Findings(of: truth(), analysisID: nil, $0) }
        #expect(findings.analyses == [10, 11])
        #expect(!findings.comparesSessions)
        #expect(
            findings.pairs == [
                ExposurePair(earlier: "a", later: "b"): .wrongCentre, ExposurePair(earlier: "a", later: "c"): .byDesign,
                ExposurePair(earlier: "x", later: "y"): .sameArea,
            ])
        #expect(findings.incidents.map(\.analysisID) == [10, 11, 11])
        #expect(findings.incidents.map(\.number) == [1, 1, 2])
        #expect(findings.incidents.map(\.cause) == [.wrongCentre, .sameArea, .neighbour])
        #expect(findings.incidents.map(\.lost) == [["b"], ["y"], ["z"]])
    }

    @Test("Or of the analysis that is named, once for all its sessions")
    func named() throws {
        let findings = try database().read { try Findings(of: truth(), analysisID: 12, $0) }
        #expect(findings.analyses == [12])
        #expect(findings.comparesSessions)
        #expect(findings.pairs.count == 1 && findings.incidents.isEmpty)
    }

    @Test("A session that was not analysed, another radius and an unknown cause are said in one sentence")
    func refused() throws {
        func refusal(_ rows: String = "", sessions: [String] = ["s"], analysisID: Int64? = nil) throws -> String? {
            let database = try database(rows)
            return #expect(throws: Failure.self) {
                try database.read { try Findings(of: truth(sessions: sessions), analysisID: analysisID, $0) }
            }?.description
        }
        #expect(try refusal(sessions: ["u"])?.contains("The archive has no session u") == true)
        #expect(
            try refusal("INSERT INTO session VALUES (3, 'u');", sessions: ["u"])?.contains("u has not been analysed")
                == true)
        #expect(try refusal(analysisID: 13)?.contains("asks for radius 0.3 um, the truth for 0.4 um") == true)
        let unknown = "INSERT INTO all_overlap_pairs VALUES (10, 'a', 'd', 'magic');"
        #expect(try refusal(unknown)?.contains("'magic'") == true)
    }
}
