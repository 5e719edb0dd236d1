import Foundation
import Testing

@testable import epu_simulate

@Suite("EpuSession.dm of the versions")
struct SessionVersionTests {
    @Test(
        "An element is in the versions that have it, and in no other",
        arguments: [
            ("EpuSessionXml/ClusteringMode", "1.10", "3.11"), ("EpuSessionXml/ClusteringRadius", "1.10", "3.11"),
            ("EpuSessionXml/TiltedAcquisitionEnabled", "3.9", "3.11"), ("EpuSessionXml/TiltAngle", "3.9", "3.11"),
            ("SampleXml/GridGeometry", "3.7", "3.11"), ("SampleXml/GridType", "3.4", "3.11"),
            ("SampleXml/HoleSize", "1.2", "2.6"), ("SampleXml/HoleSpacing", "1.2", "2.6"),
            ("SampleXml/SpecimenCarrierType", "1.2", "2.6"),
            ("TargetAreaTemplate/TemplateImagePixelSize/width", "3.4", "3.11"),
            ("value/ImageAcquisitionSettings/_items/ImageAcquisitionSettingXml/Id", "1.2", "1.2"),
            ("value/ImageAcquisitionSettingXml/Id", "1.10", "3.11"),
            ("FilterHolesSettings/HoleSize", "1.2", "3.11"), ("FilterHolesSettings/Rotation", "1.2", "3.11"),
            ("EpuSessionXml/DoseFractionsOutputFormat", "1.2", "3.11"),
        ])
    func elements(path: String, first: String, last: String) throws {
        let all = EPUVersion.allCases
        let from = try #require(all.firstIndex { $0.rawValue == first })
        let to = try #require(all.firstIndex { $0.rawValue == last })
        for (index, version) in all.enumerated() {
            let xml = try session(version)
            #expect(
                xml.all.contains { $0.path.hasSuffix(path) } == (from...to).contains(index),
                "\(path) in EPU \(version.rawValue)")
        }
    }

    @Test("An area's setting has the id that Data names have", arguments: EPUVersion.allCases)
    func settings(version: EPUVersion) throws {
        let xml = try session(version)
        let areas = xml.all.filter { $0.path.contains("DataAcquisitionAreas") && $0.path.hasSuffix("/key") }
        let settings = xml.all.filter {
            $0.path.contains("DataAcquisitionAreas") && $0.path.hasSuffix("ImageAcquisitionSettingXml/Id")
        }
        let step = [.epu12, .epu110].contains(version) ? 1 : 2
        #expect(areas.count == 3)
        #expect(settings.map { Int($0.text) } == areas.map { Int($0.text).map { $0 + step } })
    }

    @Test("Before clusters there are none, whatever their radius")
    func noClusters() throws {
        let model = try SimulationModel(
            options: quickOptions {
                $0.epuVersion = .epu12
                $0.clusterRadius = 6
            })
        #expect(model.sessions.allSatisfy { !$0.isClustered && $0.stops.allSatisfy { $0.visits.count == 1 } })
    }

    @Test("The foil is named by its nominal holes up to 2.6, and not at all later", arguments: EPUVersion.allCases)
    func carrier(version: EPUVersion) throws {
        let xml = try session(version)
        let isNamed = EPUVersion.allCases.prefix(4).contains(version)
        #expect(xml.texts("SampleXml/SpecimenCarrierType") == (isNamed ? ["Quantifoil R1.2/1.3"] : []))
        #expect(xml.texts("SampleXml/SpecimenCarrierKind").first?.isEmpty == !isNamed)
    }

    @Test(
        "Defoci are a list up to 2.3, padded with zeros to its capacity, and an array later",
        arguments: EPUVersion.allCases)
    func defoci(version: EPUVersion) throws {
        let xml = try session(version)
        let area = "ImageAcquisitionSettingXml/Defocus"
        let isList = EPUVersion.allCases.prefix(3).contains(version)
        #expect(xml.texts(area + "/_items/double").filter { $0 == "0" }.count == (isList ? 3 * 2 : 0))
        #expect(xml.texts(area + "/_items/double").count == (isList ? 3 * 8 : 0))
        #expect(xml.texts(area + "/_size") == (isList ? ["6", "6", "6"] : []))
        #expect(xml.texts(area + "/double").count == (isList ? 0 : 6))
    }

    @Test("The acquisition preset has the camera's fractions; those of a Falcon 3 in a padded list")
    func fractions() throws {
        let integrating = try session(.epu23)
        #expect(integrating.texts("DoseFractions/_items/anyType/EndFrameNumber").count == 39)
        #expect(integrating.texts("DoseFractions/_items/anyType").count == 64)
        #expect(integrating.texts("DoseFractions/_size") == ["39"])
        #expect(try session(.epu39).texts("value/NumberOffractions") == ["50"])
    }

    private func session(_ version: EPUVersion) throws -> Elements {
        let files = try writtenSession(version)
        return try Elements(try #require(files["grid/EpuSession.dm"]))
    }
}
