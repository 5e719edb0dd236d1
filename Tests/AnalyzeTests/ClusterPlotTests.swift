import CCairo
import EPUCore
import EPUDrawing
import Foundation
import Testing

@testable import epu_analyze

@Suite("Cluster plot")
struct ClusterPlotTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "cluster-plot-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Nine clusters on a square lattice, 0.1 units apart, of `size` points each.
    private func lattice(size: Int) -> ClusterPlot {
        let centers = (0..<9).map { Vector2(0.1 * Double($0 % 3) - 0.1, 0.1 * Double($0 / 3) - 0.1) }
        let cluster = (0..<9 * size).map { $0 % 9 }
        let points = cluster.enumerated().map { index, number in
            // The golden angle fills a disc evenly without a generator.
            let angle = 2.399963 * Double(index)
            let radius = 0.012 + 0.012 * Double(index / 9) / Double(size)
            return centers[number] + Vector2(radius * cos(angle), radius * sin(angle))
        }
        return ClusterPlot(points: points, cluster: cluster, centers: centers, title: "grid1: beam shifts")
    }

    @Test("Each cluster has its colour in the PNG", arguments: [30, 4000])
    func png(size: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/clusters.png"
        try lattice(size: size).write(to: path)
        let colours = try Self.colours(of: path)
        #expect(colours.values.reduce(0, +) == 1600 * 1600)
        for number in 0..<9 {
            let colour = Colour.ofGroup(number)
            let pixel = [colour.red, colour.green, colour.blue].reduce(0) { $0 << 8 | UInt32(($1 * 255).rounded()) }
            #expect(colours[pixel, default: 0] > 300, "cluster \(number)")
        }
    }

    @Test("The SVG is the same each time, and 100,000 exposures keep it below 10 MB")
    func svg() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plot = lattice(size: 11_111)
        try plot.write(to: folder + "/first.svg")
        try plot.write(to: folder + "/second.SVG")
        let first = try Data(contentsOf: URL(fileURLWithPath: folder + "/first.svg"))
        #expect(try first == Data(contentsOf: URL(fileURLWithPath: folder + "/second.SVG")))
        #expect(first.count > 10_000 && first.count < 10_000_000)
        #expect(first.range(of: Data("rgb(0%,44.705882%,69.803922%)".utf8)) != nil)
    }

    @Test("Another suffix is refused with the two that there are", arguments: ["plot.pdf", "plot", "png"])
    func suffix(name: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let failure = #expect(throws: Failure.self) { try lattice(size: 2).write(to: folder + "/" + name) }
        #expect(failure?.description.contains(".png or .svg") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test("A single point, none, or values that are no numbers are drawn without fault")
    func odd() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (number, points) in [[], [Vector2(1, 1)], [Vector2(.nan, 0), Vector2(0, .infinity)]].enumerated() {
            let plot = ClusterPlot(
                points: points, cluster: points.map { _ in 7 }, centers: points,
                title: String(repeating: "long ", count: 99))
            try plot.write(to: folder + "/\(number).png")
            try plot.write(to: folder + "/\(number).svg")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 6)
    }

    /// How many pixels each colour has, as Cairo decodes the file.
    private static func colours(of path: String) throws -> [UInt32: Int] {
        let surface = try #require(cairo_image_surface_create_from_png(path))
        defer { cairo_surface_destroy(surface) }
        try #require(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
        let stride = Int(cairo_image_surface_get_stride(surface))
        let data = try #require(cairo_image_surface_get_data(surface))
        var counts: [UInt32: Int] = [:]
        for y in 0..<Int(cairo_image_surface_get_height(surface)) {
            for x in 0..<Int(cairo_image_surface_get_width(surface)) {
                let pixel = UnsafeRawPointer(data + y * stride + 4 * x).loadUnaligned(as: UInt32.self)
                counts[pixel & 0xff_ffff, default: 0] += 1
            }
        }
        return counts
    }
}
