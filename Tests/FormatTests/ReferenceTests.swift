import EPUCore
import EPUFormat
import Testing

@Suite("z:Ref leads to what came before, or nowhere")
struct ReferenceTests {
    private func session(_ content: String) throws -> SessionMetadata {
        try Documents.session("<EpuSessionXml xmlns:z='z' xmlns:i='i' z:Id='1'>\(content)</EpuSessionXml>")
    }

    @Test("To an earlier element: its value, whatever its own name")
    func earlier() throws {
        let session = try self.session("<ClusteringMode z:Id='2'>m</ClusteringMode><Name z:Ref='2' i:nil='true'/>")
        #expect(session.name == "m")
    }

    @Test(
        "To itself, to a later or to a missing element: no value",
        arguments: [
            "<Name z:Id='2' z:Ref='2'/>", "<Name z:Ref='3'/><ClusteringMode z:Id='4'>m</ClusteringMode>",
            "<Name z:Ref='99'/>", "<Name z:Ref='-1'/>", "<Name z:Ref='99999999999999999999'/>", "<Name z:Ref='x'/>",
        ])
    func nowhere(content: String) throws { #expect(try session(content).name == nil) }

    @Test("To an ancestor: each look into it is one step, so that no circle holds the reader")
    func ancestor() throws {
        let session = try self.session("<Name z:Ref='1'/><Samples z:Id='2'><_items z:Ref='2'/></Samples>")
        #expect(session.name == nil)
        #expect(session.presets.isEmpty)
        let looped = try self.session("<StorageFolders><_items z:Ref='1'/></StorageFolders><DiscId>1</DiscId>")
        #expect(looped.storageFolders.isEmpty)
    }

    @Test("To an element that is a reference: one step, not a chain")
    func chains() throws {
        let chain = "<ClusteringMode z:Id='2'>m</ClusteringMode><MovieFormat z:Id='3' z:Ref='2'/><Name z:Ref='3'/>"
        #expect(try session(chain).name == nil)
        let circle = "<ClusteringMode z:Id='2' z:Ref='3'/><Name z:Id='3' z:Ref='2'/>"
        #expect(try session(circle).name == nil)
        let long = (2...50_000).map { "<a z:Id='\($0)' z:Ref='\($0 - 1)'/>" }.joined()
        #expect(try session(long + "<Name>s</Name>").name == "s")
    }

    @Test("To a foil hole: its position, as long as it is not forgotten")
    func holes() throws {
        let text = """
            <GridSquareXml xmlns:z='z'><Id>7</Id><TargetLocationsEfficient><m_serializationArray>
            <e><value z:Id='1'><Id>5</Id><StagePosition z:Id='2'><X>1</X><Y>2</Y></StagePosition></value></e>
            <e><value><Id>6</Id><StagePosition z:Ref='2'/></value></e><e z:Ref='3'/>
            </m_serializationArray></TargetLocationsEfficient></GridSquareXml>
            """
        let kept = try Documents.holeMap(text)
        #expect(kept.holes.map(\.foilHole) == [5, 6])
        #expect(kept.holes.map(\.stage) == [Vector2(1e6, 2e6), Vector2(1e6, 2e6)])
        let forgotten = try Documents.holeMap(text, forgets: true)
        #expect(forgotten.holes.map(\.foilHole) == [5, 6])
        #expect(forgotten.holes.map(\.stage) == [Vector2(1e6, 2e6), nil])
    }

    @Test("Ten thousand times to a text of a megabyte: malformed, before it fills the memory")
    func amplification() {
        let long = String(repeating: "x", count: 1_000_000)
        let values = (1...10_000).map { "<e><Key>\($0)</Key><Value z:Ref='2'/></e>" }.joined()
        let image = Documents.refusal { () throws(Unusable) in
            _ = try Documents.image(
                "<MicroscopeImage xmlns:z='z'><name z:Id='2'>\(long)</name><CustomData>\(values)</CustomData>"
                    + "</MicroscopeImage>")
        }
        #expect(image?.status == .malformed)
        let vertices = String(repeating: "<v/>", count: 10_000)
        let holes = String(repeating: "<e z:Ref='1'/>", count: 10_000)
        let map = Documents.refusal { () throws(Unusable) in
            _ = try Documents.holeMap(
                """
                <GridSquareXml xmlns:z='z'><Id>7</Id><a z:Id='1'><value><Id>1</Id><ParticleAcquisitions><KeyValuePairs>\
                \(vertices)</KeyValuePairs></ParticleAcquisitions></value></a><TargetLocationsEfficient>\
                <m_serializationArray>\(holes)</m_serializationArray></TargetLocationsEfficient></GridSquareXml>
                """, forgets: true)
        }
        #expect(map?.status == .malformed)
    }
}
