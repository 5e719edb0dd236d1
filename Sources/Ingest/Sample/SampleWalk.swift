import EPUFormat

/// Takes what a walk through a document meets.
protocol SampleSink {
    mutating func open(_ name: String, type: String?)
    mutating func close(_ name: String)
    mutating func leaf(_ name: String, _ leaf: SampleLeaf, _ element: XMLElement)
    /// A key of a setting, with the name of the camera that stands in it, if any.
    mutating func key(_ key: String, camera: String?)
}

extension SampleSink {
    /// Walks through an element as far as its rule goes.
    mutating func walk(_ element: XMLElement, _ name: String, _ rule: SampleRule) {
        switch rule {
        case .leaf(let kind): leaf(name, kind, element)
        case .parts(let rules):
            open(name, type: nil)
            walk(partsOf: element, rules)
            close(name)
        case .items(let rules, let entry):
            open(name, type: nil)
            walk(itemsOf: element, rules, entry, isList: false)
            close(name)
        case .numbers:
            guard element.text == nil else { return leaf(name, .number, element) }
            open(name, type: nil)
            walk(itemsOf: element, [:], .number, isList: false)
            close(name)
        case .settings(let rules, let detectors):
            open(name, type: nil)
            for entry in element.children {
                guard entry.isNamed("KeyValuePairs") else {
                    walk(setting: entry, rules, detectors)
                    continue
                }
                open("KeyValuePairs", type: nil)
                for entry in entry.children { walk(setting: entry, rules, detectors) }
                close("KeyValuePairs")
            }
            close(name)
        case .typed(.parts(let rules)):
            open(name, type: element.type)
            walk(partsOf: element, rules)
            close(name)
        case .typed(let rule): walk(element, name, rule)
        }
    }

    mutating func walk(partsOf element: XMLElement, _ rules: [String: SampleRule]) {
        for child in element.children {
            let name = child.name
            if let rule = rules[name] { walk(child, name, rule) }
        }
    }

    /// - Parameter isList: Whether the element is the list within a collection: lists do not lie within each other, though
    ///   elements that refer to others may seem to.
    private mutating func walk(
        itemsOf element: XMLElement, _ rules: [String: SampleRule], _ entry: SampleRule, isList: Bool
    ) {
        for child in element.children {
            let name = child.name
            if name == "_size" {
                leaf(name, .number, child)
            } else if name == "_items" {
                guard !isList else { continue }
                open(name, type: nil)
                walk(itemsOf: child, rules, entry, isList: true)
                close(name)
            } else if let rule = rules[name] {
                walk(child, name, rule)
            } else if name != "_version" {
                // The names of entries say nothing to the readers.
                walk(child, "e", entry)
            }
        }
    }

    private mutating func walk(
        setting entry: XMLElement, _ rules: [String: SampleRule], _ detectors: [String: SampleRule]
    ) {
        let isCapital = entry["Key"] != nil
        guard let key = (entry["Key"] ?? entry["key"])?.text,
            let value = isCapital ? entry["Value"] : entry["value"]
        else { return }
        var rule = rules[key]
        var found = key
        var camera: String?
        if rule == nil, key.hasPrefix("Detectors["), let end = key.ranges(of: "].").last {
            camera = String(key[key.index(key.startIndex, offsetBy: 10)..<end.lowerBound])
            found = String(key[end.upperBound...])
            rule = detectors[found]
        }
        guard let rule else { return }
        open("e", type: nil)
        self.key(found, camera: camera)
        walk(value, "Value", rule)
        close("e")
    }
}
