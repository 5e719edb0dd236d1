import EPUCore

/// The `..._Fractions.xml` that EPU 2 writes beside each Falcon 3 exposure: it has another schema, no namespace, and CRLF.
struct MovieFractions {
    private let style: InstrumentStyle

    private let fractions: Int
    private let framesEach: Int

    /// The twins of this camera's movies; nil where its movies have none.
    init?(style: InstrumentStyle) {
        guard case .varidistant(let fractions, let framesEach) = style.camera.movie else { return nil }
        self.style = style
        self.fractions = fractions
        self.framesEach = framesEach
    }

    func text(acquired: LocalTime, random: inout RandomSource) -> String {
        // The movie ends up on disk some seconds after the acquisition began.
        let started = LocalTime(
            instant: acquired.instant.adding(seconds: 3.1), utcOffsetMinutes: acquired.utcOffsetMinutes)
        let mean = 108.9
        var lines = [
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
            "<!--Date format Year/Month/Day, time is 24 hour based.-->", "<Acquisition>", "    <Info>",
            "        <FileVersion>3.0.2.5809</FileVersion>", "        <Detector>Falcon-3</Detector>",
            "        <AcquisitionID>TEMApps_\(nameTime(acquired))</AcquisitionID>",
            "        <Time>\(started.microscopeText.replacing("-", with: "/").replacing(" ", with: " - "))</Time>",
            "        <DateTimeWithTimeZone>\(started.epuText)</DateTimeWithTimeZone>",
            "        <ExpectedNumberOfFractions>\(fractions)</ExpectedNumberOfFractions>",
            "        <RecordedNumberOfFractions>\(fractions)</RecordedNumberOfFractions>",
            "        <Format>Signed 16 bits</Format>", "        <RegionOfInterest>", "            <Top>0</Top>",
            "            <Left>0</Left>", "            <Width>\(style.data.width)</Width>",
            "            <Height>\(style.data.height)</Height>", "        </RegionOfInterest>",
            "        <Binning>\(style.data.binning)</Binning>", "        <DarkCorrection>On</DarkCorrection>",
            "        <GainCorrection>On</GainCorrection>",
            "        <ElectronCounting>\(style.camera.countsElectrons ? "On" : "Off")</ElectronCounting>",
            "        <AlignIntegratedImage>Off</AlignIntegratedImage>", "    </Info>", "    <Fractions>",
        ]
        let seconds = style.data.exposureSeconds / Double(fractions)
        for fraction in 0..<fractions {
            let time = LocalTime(
                instant: started.instant.adding(seconds: Double(fraction) * seconds),
                utcOffsetMinutes: started.utcOffsetMinutes)
            lines += [
                "        <Fraction>", "            <Index>\(fraction)</Index>",
                "            <StartFrame>\(fraction * framesEach)</StartFrame>",
                "            <NumberOfFrames>\(framesEach)</NumberOfFrames>",
                "            <SampleType>DoseFraction</SampleType>",
                "            <Time>\(time.microscopeText.dropFirst(11)).000</Time>",
                "            <DateTimeWithTimeZone>\(time.epuText)</DateTimeWithTimeZone>",
                "            <PixelValueToCameraCounts>1</PixelValueToCameraCounts>",
                "            <ExposureTime>\(epuNumber(seconds))</ExposureTime>",
                "            <CountsToElectrons>0.00968656689</CountsToElectrons>",
                "            <MeanPixelValue>\(epuNumber(mean + random.normal(0.03)))</MeanPixelValue>",
                "            <Checksum>Valid</Checksum>", "        </Fraction>",
            ]
        }
        lines += ["    </Fractions>", "</Acquisition>", ""]
        return lines.joined(separator: "\r\n")
    }
}

/// The time as file names have it, such as `20250108_154915`; fractions of a second are cut.
func nameTime(_ time: LocalTime) -> String {
    var text = time.microscopeText
    text.removeAll { $0 == "-" || $0 == ":" }
    return text.replacing(" ", with: "_")
}
