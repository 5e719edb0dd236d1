import EPUArchive
import EPUCore
import EPUDrawing

extension SessionPage {
    /// The number of incidents that are shown open, as far as no costly one is left over. The others are folded away, so that the
    /// rest of the page can be found.
    private static let mostOpen = 12
    /// The part of the session's micrographs from which on an incident is costly.
    private static let costly = 0.01

    private var openCount: Int {
        let costly = incidents.count { Double($0.incident.micrographs) >= Self.costly * Double(data.judged) }
        return max(Self.mostOpen, costly)
    }

    func incidentsSection(_ pictures: [IncidentPictures.Pair]) -> HTML {
        guard !incidents.isEmpty else {
            let text =
                analysis.overexposed > 0
                ? "The overexposed micrographs are not grouped into incidents yet: run epu-analyze."
                : analysis.unknowns.isClean ? "None." : "None was found, \(Unknowns.asFarAsCompared)."
            return "<section id=\"incidents\"><h2>Incidents</h2><p>\(text)</p></section>"
        }
        let isCut = !pictures.isEmpty && incidents.count > pictures.count
        let articles = incidents.enumerated().map { index, entry in
            article(entry, pictures.indices.contains(index) ? pictures[index] : nil)
        }
        return """
            <section id="incidents"><h2>\(counted(incidents.count, "incident"))</h2>
            \(.when(isCut, "<p class=\"faint\">The \(pictures.count) costliest are shown with pictures.</p>"))
            \(pictureNote(pictures))
            \(.when(articles.count > 1, order))
            <div id="incident-list">
            \(articles.prefix(openCount).joined(separator: "\n"))
            </div>
            \(.when(articles.count > openCount, folded(articles)))
            </section>
            """
    }

    /// What is drawn over the pictures, or that there are none.
    private func pictureNote(_ pictures: [IncidentPictures.Pair]) -> HTML {
        guard !pictures.isEmpty else { return "" }
        guard incidents.contains(where: { $0.earlier.imagePath != nil || $0.later.imagePath != nil }) else {
            return "<p class=\"faint\">No JPG of these exposures was found, so there are no pictures.</p>"
        }
        return """
            <p class="faint scripted"><span class="key own">◌</span> an exposure's own beam, <span class="key other">◯</span> beam and camera \
            field of the other one of the pair. A click shows a picture large.</p>
            """
    }

    private var order: HTML {
        """
        <div class="bar scripted"><label>Order <select id="incident-order"><option value="cost">costliest first</option>\
        <option value="time">by time</option></select></label></div>
        """
    }

    private func folded(_ articles: [HTML]) -> HTML {
        let most = incidents.dropFirst(openCount).first?.incident.micrographs ?? 0
        return """
            <details id="more-incidents"><summary>The other \(counted(articles.count - openCount, "incident")), of at most \
            \(counted(most, "micrograph")) each</summary>
            \(articles.dropFirst(openCount).joined(separator: "\n"))
            </details>
            """
    }

    private func place(_ foilHole: Int64, _ gridSquare: Int64?) -> String {
        "hole \(foilHole)" + (gridSquare.map { " in square \($0)" } ?? "")
    }

    private func article(
        _ entry: PageIncident, _ pictures: IncidentPictures.Pair?
    ) -> HTML {
        let incident = entry.incident
        var facts: [(String, String)] = [
            ("began", "\(incident.time), \(place(incident.foilHole, incident.gridSquare))"),
            (
                "first lost",
                "\(entry.firstLost.time), \(place(entry.firstLost.foilHole, entry.firstLost.gridSquare))"
            ), ("micrographs", "\(incident.micrographs)"),
            ("distance", "\(incident.distanceUm.text(decimals: 3)) µm, mean"),
            (
                "share of the field hit",
                entry.fieldShare.map { "\((100 * $0).text(decimals: 0)) %, mean" } ?? "not known"
            ),
            ("dose before", incident.preDoseEPerA2.map { "\($0.text(decimals: 1)) e⁻/Å², mean" } ?? "not known"),
            ("clusters of holes", "\(incident.clusters)"),
        ]
        // What began and lost at once is told once.
        let isAtOnce = incident.time == entry.firstLost.time && incident.foilHole == entry.firstLost.foilHole
        if isAtOnce { facts.remove(at: 1) }
        return """
            <article class="incident" id="incident-\(incident.incident)">
            <div>
            <h3 title="\(incident.cause.rawValue)">\(incident.incident). \(incident.cause.plainWords)</h3>
            <p class="faint">\(incident.cause.explanation)</p>
            <dl class="facts">\(facts.map { "<dt>\($0)</dt><dd>\($1)</dd>" as HTML }.joined())</dl>
            <div class="bar scripted">
            <button type="button" data-show-incident="\(incident.incident)">Show on the map</button>
            <button type="button" data-list-incident="\(incident.incident)">List them</button></div>
            </div>
            \(pictures.map { pair(entry, $0) } ?? "")
            </article>
            """
    }

    private func pair(_ entry: PageIncident, _ pictures: IncidentPictures.Pair) -> HTML {
        let number = entry.incident.incident
        let later = "later, \(entry.distance.text(decimals: 3)) µm from it"
        return """
            <div class="pair" data-title="Incident \(number): \(entry.incident.cause.plainWords)">
            \(figure(entry.earlier, "earlier", pictures.earlier, hasOther: entry.later.imagePath != nil))
            \(figure(entry.later, later, pictures.later, hasOther: entry.earlier.imagePath != nil))
            \(pictures.hole.map { hole($0, entry.holeImage) } ?? "")
            </div>
            """
    }

    /// - Parameter hasOther: whether the other exposure of the pair has a picture. Where neither has one there is none to miss.
    private func figure(
        _ exposure: PageIncident.Exposure, _ role: String, _ shown: IncidentPictures.Shown, hasOther: Bool
    ) -> HTML {
        let caption: HTML = "<figcaption><b>\(role)</b>, \(exposure.time)<br>\(exposure.name)</figcaption>"
        switch shown {
        case .success(let picture):
            let outline: HTML =
                exposure.overlay?.numbers(width: picture.width, height: picture.height).map {
                    " data-outline=\"\($0)\""
                } ?? ""
            return """
                <figure data-exposure="\(exposure.name)"><button type="button" title="Show it larger"\(outline)><img \
                src="\(picture.dataURL)" width="\(picture.width)" height="\(picture.height)" \
                data-large="\(picture.file ?? "")" \
                alt="\(role): \(exposure.name), \(exposure.time)"></button>\(caption)</figure>
                """
        case .failure where exposure.imagePath == nil && !hasOther:
            return "<figure>\(caption)</figure>"
        case .failure(let problem):
            return "<figure><div class=\"no-picture\">No picture: \(problem.description)</div>\(caption)</figure>"
        }
    }

    private func hole(_ picture: PagePicture, _ found: HoleImageFinder.Found?) -> HTML {
        let whose: String
        switch found?.source {
        case .borrowed: whose = "of hole \(found?.image.foilHole ?? 0), at the same stage stop"
        default: whose = "of the later one's hole"
        }
        return """
            <figure class="hole"><img src="\(picture.dataURL)" width="\(picture.width)" height="\(picture.height)" \
            alt="Hole image \(whose)"><figcaption><b>hole image</b> \(whose)</figcaption></figure>
            """
    }
}
