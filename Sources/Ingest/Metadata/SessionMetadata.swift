import EPUShared

/// What `EpuSession.dm` says about the session as a whole.
struct SessionMetadata: Sendable {
    var name: String?
    /// With the name, the session's identity.
    var createdAt: Timestamp?
    var epuVersion: String?
    /// Path of Atlas.dm on the microscope: with the instrument it identifies the grid.
    var atlasID: String?
    var clusteringMode: String?
    var clusteringRadiusUm: Double?
    var movieFormat: String?
    var holeSizeUm: Double?
    var holeSpacingUm: Double?
}

extension SessionMetadata {
    /// - Throws: `Unusable` where the document is no EpuSession.dm.
    init(_ document: XMLDocument) throws(Unusable) {
        guard let root = document.root, root.isNamed("EpuSessionXml") else {
            throw Unusable(
                status: .malformed, reason: "its root is <\(document.root?.name ?? "")>, not <EpuSessionXml>")
        }
        name = root["Name"]?.text
        createdAt = root["StartDateTime"]?.text.flatMap { LocalTime(epuText: $0) }?.instant
        epuVersion = root.attribute("Assembly").flatMap(Self.version(ofAssembly:))
        clusteringMode = root["ClusteringMode"]?.text
        // EPU writes 0 where it does not cluster.
        clusteringRadiusUm = root["ClusteringRadius"]?.number(times: 1e6).flatMap { $0 > 0 ? $0 : nil }
        movieFormat = root["DoseFractionsOutputFormat"]?.text
        // The list is padded with nil samples; the first one is the session's.
        let sample = root["Samples"]?["_items"]?["SampleXml"]
        atlasID = sample?["AtlasId"]?.text
        let holes = sample?["FilterHolesSettings"]
        holeSizeUm = holes?["HoleSize"]?.number(times: 1e6).flatMap { $0 > 0 ? $0 : nil }
        holeSpacingUm = holes?["HoleSpacing"]?.number(times: 1e6).flatMap { $0 > 0 ? $0 : nil }
    }

    /// `…, Version=3.9.1.8206, Culture=…`: EPU's own version from 3.0 on. EPU 2.3 wrote its library's, 1.12.
    private static func version(ofAssembly text: String) -> String? {
        let version = text.split(separator: ",").lazy.map { $0.drop { $0 == " " } }
            .first { $0.hasPrefix("Version=") }?.dropFirst("Version=".count)
        guard let version, let major = version.split(separator: ".").first.flatMap({ Int($0) }), major >= 3 else {
            return nil
        }
        return String(version)
    }
}
