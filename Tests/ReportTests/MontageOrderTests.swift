import EPUArchive
import EPUCore
import Foundation
import Testing

@testable import epu_report

@Suite("The order of a montage")
struct MontageOrderTests {
    private let archive: MontageArchive

    /// Four pairs of two incidents, in time order grey 20 to 23, and one that belongs to none: grey 24.
    init() throws {
        archive = try MontageArchive()
        try archive.analysis(1)
        var later: [Int64] = []
        let incidents = [1, 2, 1, 2, nil]
        let doses: [Double?] = [10, 30, 20, nil, 5]
        let distances = [0.3, 0.2, 0.1, 0.4, 0.05]
        for index in 0..<5 {
            let earlier = try archive.exposure(hole: Int64(100 + index), minute: index)
            later.append(
                try archive.exposure(
                    hole: Int64(200 + index), minute: 10 + index, picture: .grey(UInt8(20 + 20 * index))))
            try archive.overlap(
                earlier, later[index], distance: distances[index], incident: incidents[index], preDose: doses[index])
        }
        try archive.incident(1, first: later[0], last: later[2], distance: 0.2, preDose: 15)
        try archive.incident(2, first: later[1], last: later[3], distance: 0.15, preDose: 30)
    }

    @Test(
        "Pairs, and incidents with their pairs, follow each other as asked; what is not known comes last",
        arguments: [
            (MontageOrder.Grouping.pair, MontageOrder.Sorting.time, [0, 1, 2, 3, 4]),
            (.pair, .preDose, [1, 2, 0, 4, 3]),
            (.pair, .distance, [4, 2, 1, 0, 3]),
            (.incident, .time, [0, 2, 1, 3, 4]),
            (.incident, .preDose, [1, 3, 2, 0, 4]),
            (.incident, .distance, [1, 3, 2, 0, 4]),
        ])
    func order(grouping: MontageOrder.Grouping, sorting: MontageOrder.Sorting, expected: [Int]) throws {
        let page = try MontagePNG(try montage(MontageOrder(grouping: grouping, sorting: sorting)).files[0])
        for (row, index) in expected.enumerated() {
            // By incident a heading stands above the first, the third and the fifth.
            let headings = grouping == .pair ? 0 : row / 2 + 1
            let level = Int(page.pixel(row: row, column: 1, headings: headings, x: 30, y: 150) & 0xff)
            #expect(abs(level - (20 + 20 * index)) <= 1, "row \(row)")
        }
        let headings = grouping == .pair ? 0 : 3
        #expect(page.height == Int(page.layout.pageHeight(pairs: 5, headings: headings)))
    }

    @Test("An incident that goes on has its heading on the next page, too")
    func continued() throws {
        let files = try montage(MontageOrder(grouping: .incident, sorting: .time), pairsPerPage: 3).files
        let layout = MontageLayout(picture: (512, 364))
        for (file, (pairs, headings)) in zip(files, [(3, 2), (2, 2)]) {
            #expect(try MontagePNG(file).height == Int(layout.pageHeight(pairs: pairs, headings: headings)), "\(file)")
        }
    }

    @Test("The page says in its texts what it is: session, analysis, criteria, order, pairs and incidents")
    func texts() throws {
        let file = try montage(MontageOrder(grouping: .incident, sorting: .preDose), pairsPerPage: 3).files[0]
        let bytes = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)).prefix(4096), as: UTF8.self)
        for text in [
            "Software\0epu-report \(toolVersion)",
            "Title\0grid1: overexposed exposures by incident, greatest pre-dose first",
            "Description\0analysis 1, radius 0.26 um, the first that was made; pairs 1 to 3 of 5; page 1 of 2",
            "Session\0grid1", "Analysis\01",
            "Criteria\0radius 0.26 um", "Published\0the first that was made", "Pairs\01 to 3 of 5", "Page\01 of 2",
            "Incidents\01 wrong-centre, 2 wrong-centre",
        ] {
            #expect(bytes.contains(text), "\(text)")
        }
    }

    private func montage(_ order: MontageOrder, pairsPerPage: Int = 25) throws -> Montage.Outcome {
        let choice = try archive.archive.read { db in
            try #require(try AnalysisChoice.select(db, sessions: ["grid1"], analysisID: nil).first)
        }
        let options = Montage.Options(
            folder: archive.folder + "/report", prefix: "duplicates", order: order, pairsPerPage: pairsPerPage)
        return try Montage(archive.archive, of: choice, options: options).write()
    }
}
