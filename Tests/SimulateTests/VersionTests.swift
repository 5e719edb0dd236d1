import ArgumentParser
import EPUCore
import Foundation
import Testing

@testable import epu_simulate

/// What is known of the versions from real files, written down apart from the simulator's own tables.
private struct Known: CustomTestStringConvertible, Sendable {
    let version: EPUVersion
    let software: String
    let assembly: String
    var hasSeconds = true
    var settingStep: Int64 = 2
    let camera: String
    let fractionation: String
    let movie: String
    var testDescription: String { "EPU \(version.rawValue)" }

    static let all = [
        Known(
            version: .epu12, software: "Fei EPU 1.2.0.16",
            assembly: "Fei.Applications.Epu.Persistence, Version=1.2.0.16",
            hasSeconds: false, settingStep: 1, camera: "BM-Falcon", fractionation: "VaridistantFractionation",
            movie: "_Fractions.mrc"),
        Known(
            version: .epu110, software: "EPU 1.10.0.65", assembly: "Applications.Epu.Persistence, Version=1.10.0.65",
            hasSeconds: false, settingStep: 1, camera: "BM-Falcon", fractionation: "VaridistantFractionation",
            movie: "_Fractions.mrc"),
        Known(
            version: .epu23, software: "EPU 2.3.0.79", assembly: "Applications.Epu.Persistence, Version=1.12.0.79",
            camera: "BM-Falcon", fractionation: "VaridistantFractionation", movie: "_Fractions.mrc"),
        Known(
            version: .epu26, software: "EPU 2.6.0.59", assembly: "Applications.Epu.Persistence, Version=2.6.0.59",
            camera: "BM-Falcon", fractionation: "VaridistantFractionation", movie: "_Fractions.mrc"),
        Known(
            version: .epu34, software: "EPU 3.4.0.5704", assembly: "Applications.Epu.Persistence, Version=3.4.0.5704",
            camera: "EF-CCD", fractionation: "EquidistantFractionation", movie: "_fractions.tiff"),
        Known(
            version: .epu37, software: "EPU 3.7.0.6930", assembly: "Applications.Epu.Persistence, Version=3.7.0.6930",
            camera: "EF-CCD", fractionation: "EquidistantFractionation", movie: "_fractions.tiff"),
        Known(
            version: .epu38, software: "EPU 3.8.1.7603", assembly: "Applications.Epu.Persistence, Version=3.8.1.7603",
            camera: "EF-Falcon", fractionation: "EerFractionation", movie: "_EER.eer"),
        Known(
            version: .epu39, software: "EPU 3.9.1.8206", assembly: "Applications.Epu.Persistence, Version=3.9.1.8206",
            camera: "EF-CCD", fractionation: "EquidistantFractionation", movie: "_fractions.tiff"),
        Known(
            version: .epu311, software: "EPU 3.11.0.9330",
            assembly: "Applications.Epu.Persistence, Version=3.11.0.9330",
            camera: "EF-Falcon", fractionation: "EerFractionation", movie: "_EER.eer"),
    ]

    /// All versions from the one to the other.
    static func versions(_ first: EPUVersion, _ last: EPUVersion) -> Set<EPUVersion> {
        let all = EPUVersion.allCases
        guard let from = all.firstIndex(of: first), let to = all.firstIndex(of: last), from <= to else { return [] }
        return Set(all[from...to])
    }
}

@Suite("The versions of EPU")
struct VersionTests {
    @Test("Every version is known, and can be named on the command line")
    func all() throws {
        #expect(Known.all.map(\.version) == EPUVersion.allCases)
        for version in ["1.2", "1.10", "2.3", "2.6", "3.4", "3.7", "3.8", "3.9", "3.11"] {
            #expect(try MakeCommand.parse(["out", "--epu-version", version]).options.epuVersion.rawValue == version)
        }
    }

    @Test(
        "Times in names have seconds from 2.3 on; the third number is the setting, or from 3.9 on the rank in a cluster"
    )
    func names() throws {
        for known in Known.all {
            for radius in [0.0, 4] {
                let files = dataFiles(try writtenSession(known.version) { $0.clusterRadius = radius })
                var ranks: [Int64: Set<Int64>] = [:]
                for file in files {
                    let time = try #require(file.name.base.split(separator: "_").last)
                    #expect(time.count == (known.hasSeconds ? 6 : 4), "\(known)")
                    if radius > 0 && Known.versions(.epu39, .epu311).contains(known.version) {
                        #expect(file.name.thirdNumber < 100, "\(known)")
                        ranks[file.name.foilHole, default: []].insert(file.name.thirdNumber)
                    } else {
                        #expect(file.name.thirdNumber == file.name.area + known.settingStep, "\(known)")
                    }
                }
                #expect(ranks.values.allSatisfy { $0.count == 1 })
            }
        }
    }

    @Test("Names to the minute are unique where holes are shot again", arguments: [EPUVersion.epu12, .epu110])
    func uniqueNames(version: EPUVersion) throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            try inTemporaryFolder { folder in
                let truth = try Simulation(
                    quickOptions {
                        $0.epuVersion = version
                        $0.seed = seed
                        $0.areas = 1
                        $0.repeatedHoles = 60
                        $0.clusterRadius = 0
                    }
                ).write(to: folder + "/grid")
                #expect(Set(truth.exposures.map(\.name)).count == 240)
                let files = try tree(folder)
                #expect(dataFiles(files).count == 240)
                #expect(truth.pairs.count { $0.cause == .sameArea } >= 60)
                let model = try SimulationModel(
                    options: quickOptions {
                        $0.epuVersion = version
                        $0.seed = seed
                        $0.areas = 1
                        $0.repeatedHoles = 60
                        $0.clusterRadius = 0
                    })
                #expect(files.keys.count { $0.contains("/FoilHoles/") } == model.sessions[0].holeImages.count)
            }
        }
    }

    @Test("The software and its types are called as in real files", arguments: Known.all)
    private func software(known: Known) throws {
        let files = try writtenSession(known.version)
        let image = try Elements(try #require(dataFiles(files).first).data)
        let core = image.texts("core/ApplicationSoftware") + image.texts("core/ApplicationSoftwareVersion")
        #expect(core.joined(separator: " ") == known.software)
        let assembly = known.assembly
        let type = try #require(assembly.split(separator: ",").first)
        for (path, data) in files where path.hasSuffix(".dm") {
            let text = String(decoding: data, as: UTF8.self)
            let root = path.hasSuffix("EpuSession.dm") ? "EpuSessionXml" : "GridSquareXml"
            #expect(text.hasPrefix("<\(root) z:Id=\"1\" z:Type=\"\(type).\(root)\" z:Assembly=\"\(assembly), "))
            #expect(text.contains("xmlns=\"http://schemas.datacontract.org/2004/07/\(type)\""))
            let otherPrefix = known.version == .epu12 ? "\"Applications.Epu" : "Fei.Applications.Epu"
            #expect(!text.contains(otherPrefix))
        }
    }

    @Test("CustomData has the version's and the camera's keys", arguments: EPUVersion.allCases)
    func customData(version: EPUVersion) throws {
        let text = String(decoding: try #require(dataFiles(try writtenSession(version)).first).data, as: UTF8.self)
        let customData = try #require(text.firstMatch(of: /<CustomData.*<\/CustomData>/)).0
        let keys = Set(customData.matches(of: /<a:Key>([^<]*)</).map { String($0.1) })
        var expected: Set = ["DoseOnCamera", "Dose", "PhasePlateUsed", "AppliedDefocus"]
        if version != .epu12 { expected.insert("BinaryResult.Detector") }
        let camera = version == .epu38 || version == .epu311 ? "EF-Falcon" : "EF-CCD"
        if Known.versions(.epu34, .epu311).contains(version) {
            expected.formUnion(["C1", "C2", "C3", "OBJ", "SA"].map { "Aperture[\($0)].Name" })
            expected.formUnion(["StemMagnification", "IlluminationIntensity", "DetectorCommercialName"])
            expected.formUnion(["CommercialName", "ElectronCounted"].map { "Detectors[\(camera)].\($0)" })
            if camera == "EF-CCD" { expected.insert("DoseRate") }
        }
        if camera == "EF-Falcon" {
            expected.formUnion(["BeamCurrent", "CFEGFlashTimeStamp"])
            let ofDetector = [
                "TimeStamp", "PixelValueToCameraCounts", "ExposureTime", "CountsToElectrons", "CameraSerialNumber",
                "AlignIntegratedImage", "DriftCorrected", "FrameRate", "TotalDose", "DoseRate", "EerGainReference",
                "GainReference",
            ]
            expected.formUnion(ofDetector.map { "Detectors[EF-Falcon].\($0)" })
        }
        #expect(keys == expected)
    }

    @Test("The image's XML describes the version's camera and optics", arguments: Known.all)
    private func camera(known: Known) throws {
        let version = known.version
        let data = try #require(dataFiles(try writtenSession(version)).first).data
        let text = String(decoding: data, as: UTF8.self)
        let xml = try Elements(data)
        func has(_ path: String) -> Bool { xml.all.contains { $0.path.hasSuffix(path) } }
        let isFiltered = known.camera.hasPrefix("EF")
        #expect(xml.texts("camera/Name") == [known.camera])
        #expect(text.contains("i:type=\"b:\(known.fractionation)\""))
        #expect(text.contains("EerFractionation") == (known.movie == "_EER.eer"))
        #expect(xml.texts("optics/EFTEMOn") == [isFiltered ? "true" : "false"])
        #expect(has("EnergyFilter/EnergySelectionSlitWidth") == isFiltered)
        #expect(has("optics/XLModeOn") == Known.versions(.epu37, .epu311).contains(version))
        let intensity = try xml.number("optics/Intensity")
        #expect((intensity != 0) == [.epu12, .epu26].contains(version))
        let integer = Known.versions(.epu39, .epu311).contains(version) ? "long" : "int"
        #expect(text.contains(try Regex("SuperResolutionFactor</a:Key><a:Value i:type=\"b:\(integer)\"")))
    }

    @Test(
        "A detector's dose rate is that of its own pixels and seconds", arguments: [EPUVersion.epu34, .epu38, .epu311])
    func doseRate(version: EPUVersion) throws {
        let xml = try Elements(try #require(dataFiles(try writtenSession(version)).first).data)
        let dictionary = zip(
            xml.texts("CustomData/KeyValueOfstringanyType/Key"), xml.texts("CustomData/KeyValueOfstringanyType/Value"))
        let values = Dictionary(uniqueKeysWithValues: dictionary.map { ($0, Double($1) ?? 0) })
        let onCamera = try #require(values["DoseOnCamera"])
        let seconds = try xml.number("camera/ExposureTime")
        let pixelSize = try xml.number("SpatialScale/pixelSize/x/numericValue")
        let dose = try #require(values["Dose"])
        #expect(abs(onCamera / (dose * pixelSize * pixelSize) - 1) < 1e-9)
        if version == .epu34 {
            // Binned by 2, in super resolution.
            #expect(abs(try #require(values["DoseRate"]) * seconds * 16 / onCamera - 1) < 1e-9)
        } else {
            #expect(values["Detectors[EF-Falcon].TotalDose"] == onCamera)
            #expect(abs(try #require(values["Detectors[EF-Falcon].DoseRate"]) * seconds / onCamera - 1) < 1e-9)
        }
    }

    @Test("A hole that was found is in hole images alone, but not in those of 3.4", arguments: EPUVersion.allCases)
    func foundHole(version: EPUVersion) throws {
        for (path, data) in try writtenSession(version) where path.hasSuffix(".xml") && !path.contains("_Fractions") {
            let text = String(decoding: data, as: UTF8.self)
            let isExpected = path.contains("/FoilHoles/") && version != .epu34
            #expect(text.contains("FindFoilHoleCenterResults") == isExpected, "\(path)")
        }
    }

    @Test(
        "Movies are called as those of the version's camera, and only a Falcon 3 describes them", arguments: Known.all)
    private func movies(known: Known) throws {
        let files = try writtenSession(known.version) { $0.movies = true }
        let movies = files.filter { $0.key.hasSuffix(known.movie) }
        #expect(movies.count == 100)
        #expect(movies.values.allSatisfy { $0.isEmpty })
        #expect(files.values.count { $0.isEmpty } == 100)
        let twins = files.keys.count { $0.hasSuffix("_Fractions.xml") }
        #expect(twins == (known.camera == "BM-Falcon" ? 100 : 0))
    }
}
