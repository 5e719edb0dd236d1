/// Three microscopes, one for each camera; each keeps its number through all versions of EPU.
extension InstrumentStyle {
    static func falcon3Integrating(_ format: EPUFormat) -> InstrumentStyle {
        InstrumentStyle(
            format: format, camera: .falcon3Integrating, computerName: falcon3Computer, instrumentID: 3901,
            gun: falcon3Gun, spotIndex: "5", beamDiameter: 0.95,
            data: Preset(
                pixelSize: 1.0684707979491392e-10, axisAngle: 0.1087, binning: 1, width: 4096, height: 4096,
                exposureSeconds: 0.99692, beamDiameterMetres: 9.5e-7, magnification: 75000),
            hole: falcon3Hole, square: falcon3Square, secondsPerExposure: 7...9, dataNameLead: 0.7...1.6,
            dose: 5.27e21)
    }

    static func falcon3Counting(_ format: EPUFormat) -> InstrumentStyle {
        InstrumentStyle(
            format: format, camera: .falcon3Counting, computerName: falcon3Computer, instrumentID: 3901,
            gun: falcon3Gun, spotIndex: "7", beamDiameter: 0.95,
            data: Preset(
                pixelSize: 8.7076783283901449e-11, axisAngle: 0.0783, binning: 1, width: 4096, height: 4096,
                exposureSeconds: 33.394933788605229, beamDiameterMetres: 9.5e-7, magnification: 96000),
            hole: falcon3Hole, square: falcon3Square, secondsPerExposure: 38.5...41.5, dataNameLead: 0.7...1.6,
            dose: 3.04e21)
    }

    static func k3(_ format: EPUFormat) -> InstrumentStyle {
        InstrumentStyle(
            format: format, camera: .k3, computerName: "TITAN52390020", instrumentID: 3902,
            gun: Gun(extractorVoltage: "4250", lens: "4"), spotIndex: "5", beamDiameter: 0.83,
            data: Preset(
                pixelSize: 1.0558814239614023e-10, axisAngle: 0.0573, binning: 2, width: 2880, height: 2046,
                exposureSeconds: 0.89, beamDiameterMetres: 8.3e-7, magnification: 165000),
            hole: Preset(
                pixelSize: 1.6359115173614214e-09, axisAngle: 0.0554, binning: 2, width: 2880, height: 2046,
                exposureSeconds: 1, beamDiameterMetres: 9e-6, magnification: 11500),
            square: Preset(
                pixelSize: 4.1562760344504568e-08, axisAngle: 3.0672, binning: 2, width: 2880, height: 2046,
                exposureSeconds: 1, beamDiameterMetres: 0.00028714285714285712, magnification: 470),
            secondsPerExposure: 4...6, dataNameLead: 2.4...3.6, dose: 4.0e21)
    }

    static func falcon4i(_ format: EPUFormat) -> InstrumentStyle {
        InstrumentStyle(
            format: format, camera: .falcon4i, computerName: "TITAN52390030", instrumentID: 3903,
            gun: Gun(extractorVoltage: "4106.99", lens: "2", isCold: true), spotIndex: "2", beamDiameter: 0.85,
            data: Preset(
                pixelSize: 9.3e-11, axisAngle: -0.0027, binning: 1, width: 4096, height: 4096,
                exposureSeconds: 4.119959, beamDiameterMetres: 8.5e-7, magnification: 130000),
            hole: Preset(
                pixelSize: 2.9e-09, axisAngle: -0.0031, binning: 2, width: 2048, height: 2048, exposureSeconds: 1,
                beamDiameterMetres: 1e-5, magnification: 8700),
            square: Preset(
                pixelSize: 4.9e-08, axisAngle: 3.1389, binning: 2, width: 2048, height: 2048, exposureSeconds: 1,
                beamDiameterMetres: 0.00029, magnification: 580),
            secondsPerExposure: 7...9, dataNameLead: 0.7...1.6, dose: 4.0e21)
    }

    private static let falcon3Computer = "TITAN52390010"
    private static let falcon3Gun = Gun(extractorVoltage: "4000", lens: "5")
    private static let falcon3Hole = Preset(
        pixelSize: 3.1e-09, axisAngle: 0.0741, binning: 2, width: 2048, height: 2048, exposureSeconds: 1,
        beamDiameterMetres: 1.1e-5, magnification: 5300)
    private static let falcon3Square = Preset(
        pixelSize: 5.4e-08, axisAngle: 3.0521, binning: 2, width: 2048, height: 2048, exposureSeconds: 1,
        beamDiameterMetres: 0.00028, magnification: 470)
}
