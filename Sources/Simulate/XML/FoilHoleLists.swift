/// The lists that each foil hole of a grid square's .dm has: what was shot in it, and the holes that depend on it.
extension GridSquareDocument {
    /// The ids of the parts that the first hole's lists write out and those of later holes refer to.
    struct SharedParts {
        var comparer: Int?
        var emptyList: Int?
    }

    func acquisitions(_ shot: [Int], _ ids: inout SerializedIDs, _ shared: inout SharedParts) -> String {
        let system = "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
        let pair =
            "`2[[System.Int32, \(system)],[\(types.qualified("ParticleAcquisitionDataXml"))]]"
        let integer = "z:Type=\"System.Int32\" z:Assembly=\"0\" xmlns=\"\""
        let dictionary = "\(ids.attribute()) z:Type=\"System.Collections.Generic.Dictionary\(pair)\" z:Assembly=\"0\""
        var text = element("Version", "\(ids.attribute()) \(integer)", String(shot.count))
        if let comparer = shared.comparer {
            text += SerializedIDs.reference("Comparer", to: comparer, "xmlns=\"\"")
        } else {
            let comparer = ids.next()
            shared.comparer = comparer
            text += "<Comparer z:Id=\"\(comparer)\" \(integerComparerType) xmlns=\"\"/>"
        }
        text += element("HashSize", "\(ids.attribute()) \(integer)", shot.isEmpty ? "0" : "7")
        guard !shot.isEmpty else { return element("ParticleAcquisitions", dictionary, text) }
        let array =
            "\(ids.attribute()) z:Type=\"System.Collections.Generic.KeyValuePair\(pair)[]\" z:Assembly=\"0\" "
            + "z:Size=\"\(shot.count)\" xmlns=\"\""
        let entries = shot.map { acquisition($0, id: session.firstID + 1_000_000 + 5 * $0, &ids) }
        return element(
            "ParticleAcquisitions", dictionary, text + element("KeyValuePairs", array, entries.joined()))
    }

    private func acquisition(_ index: Int, id: Int, _ ids: inout SerializedIDs) -> String {
        let exposure = model.exposures[index]
        let area = names.areaID(of: exposure)
        let value = "\(ids.attribute()) \(declaration("c", types.namespace))"
        let image = "\(ids.attribute()) \(declaration("d", Namespace.applicationTypes))"
        let base = element("d:BaseFileName", ids.attribute(), names.base(of: exposure))
        return element(
            "b:" + types.pair("ParticleAcquisitionDataXml"), "",
            element("b:key", "", String(id))
                + element(
                    "b:value", value,
                    identity(id) + element("c:DataAcquisitionAreaId", "", String(area))
                        + element("c:GridSquareId", "", String(squareID))
                        + element("c:Image", image, base + element("d:FileFormat", "", "Mrc"))
                        + element("c:ImageAcquisitionSettingId", "", String(names.settingID(ofArea: area)))
                        + element("c:ImageFolderName", ids.attribute(), "Images-Disc1")
                        + element("c:TargetLocationId", "", String(names.holeID(of: exposure)))))
    }

    func secondaries(_ ids: inout SerializedIDs, _ shared: inout SharedParts) -> String {
        let list = ids.attribute()
        let items: String
        if let empty = shared.emptyList {
            items = SerializedIDs.reference("a:_items", to: empty)
        } else {
            let empty = ids.next()
            shared.emptyList = empty
            items = "<a:_items z:Id=\"\(empty)\" z:Size=\"0\"/>"
        }
        return element(
            "SecondaryTargetLocationdIds", list,
            items + element("a:_size", "", "0") + element("a:_version", "", "0"))
    }
}
