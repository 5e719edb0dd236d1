import EPUCore
import Foundation
import TestSupport
import Testing

@testable import EPUFormat

@Suite("Image XML")
struct ImageMetadataTests {
    private func parse(_ bytes: [UInt8]) throws -> ImageMetadata {
        try bytes.withUnsafeBytes { bytes in
            try XMLReader().read(bytes) { root throws(Unusable) in try ImageMetadata(root) }
        }
    }

    private func read(_ path: String) throws -> ImageMetadata {
        try parse(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    // The values were read off the files by eye.
    @Test("A Falcon 3 exposure of EPU 2.6", .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
    func falcon3() throws {
        let image = try read(
            RealData.path(
                "morado/Images-Disc1/GridSquare_5324661/Data/FoilHole_5330585_Data_5338216_5338218_20200206_170645.xml")
        )
        #expect(image.uniqueID == "0957b250-9370-4447-9ae1-3f539046a474")
        #expect(image.acquired?.instant.archiveText == "2020-02-06T16:06:46.7628367Z")
        #expect(image.acquired?.utcOffsetMinutes == 60)
        #expect(image.epuVersion == "2.6.0.59")
        #expect(image.instrumentID == "3429")
        #expect(image.stage?.distance(to: Vector2(-222.80296949999997, 150.706592)) ?? 1 < 1e-9)
        #expect(image.beamShift == Vector2(0.0079728318378329277, -0.018955374136567116))
        #expect(abs((image.beamDiameterUm ?? 0) - 0.95) < 1e-12)
        #expect(abs((image.doseEPerA2 ?? 0) - 30.430622179514924) < 1e-12)
        #expect(image.appliedDefocusUm == -0.5)
        #expect(image.magnification == 96000)
        #expect(abs((image.pixelSizeA ?? 0) - 0.87076783283901449) < 1e-12)
        #expect(image.camera?.fractionation == "Varidistant")
        #expect(image.camera?.fractions == 22)
        #expect(image.camera?.counting == 1)
        #expect(image.camera?.readoutWidthPx == 4096)
        #expect(image.eftem == 0)
        #expect(image.slitWidthEV == nil)
        #expect(image.foundHole?.centerPx == nil)
    }

    @Test("A K3 exposure of EPU 3.9", .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
    func k3() throws {
        let image = try read(
            RealData.path(
                "diamond-example/Images-Disc1/GridSquare_8999138/Data/"
                    + "FoilHole_9015883_Data_9017347_6_20250108_154915.xml"))
        #expect(image.beamShift == Vector2(0.060867246240377426, -0.15422800183296204))
        #expect(image.camera?.fractionation == "Equidistant")
        #expect(image.camera?.fractions == 50)
        #expect(image.commercialName == "BioQuantum K3")
        #expect(image.camera?.superResolution == 2)
        #expect(image.camera?.binning == 2)
        #expect(image.slitInserted == 1)
        #expect(image.slitWidthEV == 20)
        #expect(abs((image.doseRateEPerPxS ?? 0) - 1.11751258756987) < 1e-12)
        #expect(abs((image.highTensionKV ?? 0) - 300) < 1e-12)
    }

    @Test(
        "A Falcon 3EC exposure of EPU 3.13 on a Glacios, which has two condensers",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
    func glacios() throws {
        let image = try read(
            RealData.path(
                "glacios/Images-Disc1/GridSquare_16736099/Data/"
                    + "FoilHole_17721029_Data_17720437_17720439_20260218_014927.xml"))
        #expect(image.epuVersion == "3.13.0.10277")
        #expect(image.instrumentModel == "GLACIOS-9950858")
        #expect(image.instrumentID == "9950858")
        #expect(abs((image.highTensionKV ?? 0) - 200) < 1e-12)
        // Written as 0, and as nil.
        #expect(image.beamDiameterUm == nil)
        #expect(image.illuminationMode == nil)
        #expect(image.intensity == 0.439492999999995)
        #expect(image.illuminationIntensity == 0.439492999999995)
        #expect(image.probeMode == "NanoProbe")
        #expect(image.beamShift == Vector2(0.025140382349491119, 0.011613230220973492))
        #expect(image.beamTilt == Vector2(0.13487991690635681, 0.085256300866603851))
        #expect(image.stageBetaDeg == 0)
        #expect(image.commercialName == "Falcon 3EC")
        #expect(image.camera?.counting == 0)
        #expect(image.camera?.fractions == 22)
        #expect(image.camera?.cameraFrames == 172)
        #expect(image.detector.counted == 0)
        #expect(image.detector.exposureTimeS == 4.286756)
        #expect(image.detector.timeUs == 1_771_375_774_940_554)
        #expect(image.detector.doseRateEPerPxS == nil)
        #expect(abs((image.doseEPerA2 ?? 0) - 55.361495212299817) < 1e-12)
        #expect(image.doseOnCameraEPerPx == 52.28895659756818)
        #expect(image.apertureC2 == "50")
        #expect(image.apertureC1 == nil)
        #expect(image.apertureObjective == "None")
        let own = [
            "MaxPossiblePixelValue", "SaturationPoint", "PixelValueToCameraCounts", "CountsToElectrons", "FrameID",
            "AlignIntegratedImage", "DriftCorrected", "DriftCorrectionConfidence", "DriftCorrectionClipping",
            "DriftCorrectionVectorX", "DriftCorrectionVectorY",
        ]
        #expect(image.custom.map(\.key) == own.map { "Detectors[BM-Falcon].\($0)" })
        #expect(image.custom.first { $0.key.hasSuffix("VectorX") }?.value == "-18.07822")
    }

    @Test(
        "A hole image tells where EPU found the hole",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
    func holeImage() throws {
        let image = try read(
            RealData.path(
                "diamond-example/Images-Disc1/GridSquare_8999138/FoilHoles/FoilHole_9015889_20250108_154725.xml"))
        #expect(image.foundHole?.centerPx == Vector2(1414.76611, 1040.06824))
        #expect(image.beamShift == .zero)
    }

    @Test("What is not recorded is nil, a beam diameter of 0 too")
    func absent() throws {
        var sample = SampleImage()
        sample.beamDiameter = 0
        let image = try parse(Array(sample.xml.utf8))
        #expect(image.beamDiameterUm == nil)
        #expect(image.doseEPerA2 == 40)
        #expect(image.pixelSizeA == nil)
        #expect(image.camera?.fractionation == nil)
        #expect(image.imageToStage == nil)
    }

    @Test("Another document is refused by the name of its root")
    func otherRoot() throws {
        let error = #expect(throws: Unusable.self) { try parse(Array("<Acquisition/>".utf8)) }
        #expect(error?.status == .malformed)
        #expect(error?.reason.contains("<Acquisition>") == true)
    }
}
