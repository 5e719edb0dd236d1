public import EPUCore

/// The XML of an exposure, reduced to what the archive cannot do without, in EPU's own structure.
public struct SampleImage: Sendable {
    public var uniqueID = "00000000-0000-0000-0000-000000000001"
    public var acquired = "2025-01-08T15:49:18.1158288+00:00"
    /// The stage read-back, um.
    public var stage = Vector2(-97.152028, -152.721848)
    /// The beam shift, in beam-shift units.
    public var beamShift = Vector2(0.060867246240377426, -0.15422800183296204)
    /// The diameter of the beam, um.
    public var beamDiameter = 0.83
    /// The InstrumentID; empty for none.
    public var instrument = "3632"

    public init() {}

    public var xml: String {
        """
        <MicroscopeImage xmlns="http://schemas.datacontract.org/2004/07/Fei.SharedObjects" \
        xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><name>Empty</name><uniqueID>\(uniqueID)</uniqueID>\
        <CustomData xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><a:KeyValueOfstringanyType>\
        <a:Key>Dose</a:Key><a:Value i:type="b:double" xmlns:b="http://www.w3.org/2001/XMLSchema">4E+21</a:Value>\
        </a:KeyValueOfstringanyType></CustomData><IntensityScale i:nil="true"/><microscopeData><acquisition>\
        <acquisitionDateTime>\(acquired)</acquisitionDateTime><camera><Name>EF-CCD</Name></camera></acquisition>\
        <core><ApplicationSoftwareVersion>3.9.1.8206</ApplicationSoftwareVersion></core>\
        <instrument><InstrumentID>\(instrument)</InstrumentID></instrument><optics>\
        <BeamDiameter>\(beamDiameter * 1e-6)</BeamDiameter>\
        <BeamShift xmlns:a="http://schemas.datacontract.org/2004/07/Fei.Types"><a:_x>\(beamShift.x)</a:_x>\
        <a:_y>\(beamShift.y)</a:_y></BeamShift></optics><stage><Position><A>0</A><B>0</B>\
        <X>\(stage.x * 1e-6)</X><Y>\(stage.y * 1e-6)</Y><Z>0</Z></Position></stage></microscopeData></MicroscopeImage>
        """
    }
}
