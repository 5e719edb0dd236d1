/// An EpuSession.dm reduced to what tells whose it is, in EPU's own structure.
struct SessionFileXML {
    var name = "grid1"
    /// UTC
    var start = "2025-01-08T15:10:39Z"
    /// Of the template; empty: no template.
    var areas: [Int] = [2]
    var squares: [Int] = [7]
    var atlas = "X:\\Sample1\\Atlas.dm"

    var xml: String {
        let entries = areas.map { area in
            """
            <item><key>\(area)</key><value><Id>\(area)</Id><ShiftInPixels><height>1</height><width>\(area)</width>\
            </ShiftInPixels></value></item>
            """
        }
        let template = """
            <TargetAreaTemplate><DataAcquisitionAreas><m_serializationArray>\(entries.joined())\
            </m_serializationArray></DataAcquisitionAreas></TargetAreaTemplate>
            """
        let places = squares.map { square in
            """
            <item><key>\(square)</key><value><FileName>Metadata\\GridSquare_\(square).dm</FileName></value></item>
            """
        }
        return """
            <EpuSessionXml><Name>\(name)</Name><StartDateTime>\(start)</StartDateTime><Samples><_items><SampleXml>\
            <AtlasId>\(atlas)</AtlasId><MicroscopeSettings><item><key>Acquisition</key><value><Optics>\
            <SpotIndex>5</SpotIndex></Optics></value></item></MicroscopeSettings>\
            <GridSquares><m_serializationArray>\(places.joined())</m_serializationArray></GridSquares>\
            \(areas.isEmpty ? "" : template)</SampleXml></_items></Samples></EpuSessionXml>
            """
    }
}
