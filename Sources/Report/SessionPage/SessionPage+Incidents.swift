import EPUArchive
import EPUCore
import EPUDrawing

extension SessionPage {
    /// The greatest number of incidents that are shown open. The others are folded away, so that the rest of the page can be
    /// found.
    private static let mostOpen = 12

    func incidentsSection(_ pictures: [IncidentPictures.Pair]) -> HTML {
        guard !incidents.isEmpty else {
            let text =
                analysis.overexposed > 0
                ? "The overexposed micrographs are not grouped into incidents yet: run epu-analyze." : "None."
            return "<section id=\"incidents\"><h2>Incidents</h2><p>\(text)</p></section>"
        }
        let isCut = !pictures.isEmpty && incidents.count > pictures.count
        let articles = incidents.enumerated().map { index, entry in
            article(entry, pictures.indices.contains(index) ? pictures[index] : nil)
        }
        let more: HTML = """
            <details><summary>The other \(articles.count - Self.mostOpen) incidents</summary>
            \(articles.dropFirst(Self.mostOpen).joined(separator: "\n"))
            </details>
            """
        return """
            <section id="incidents"><h2>\(counted(incidents.count, "incident"))</h2>
            \(.when(isCut, "<p class=\"faint\">The first \(pictures.count) are shown with pictures.</p>"))
            \(articles.prefix(Self.mostOpen).joined(separator: "\n"))
            \(.when(articles.count > Self.mostOpen, more))
            </section>
            """
    }

    private func article(
        _ entry: PageIncident, _ pictures: IncidentPictures.Pair?
    ) -> HTML {
        let incident = entry.incident
        let facts: [(String, String)] = [
            ("time", incident.time), ("micrographs", "\(incident.micrographs)"),
            ("distance", "\(incident.distanceUm.text(decimals: 3)) um, mean"),
            (
                "share of the field hit",
                entry.fieldShare.map { "\((100 * $0).text(decimals: 0)) %, mean" } ?? "not known"
            ),
            ("dose before", incident.preDoseEPerA2.map { "\($0.text(decimals: 1)) e/A², mean" } ?? "not known"),
            (
                "first hole",
                "\(incident.foilHole)" + (incident.gridSquare.map { " in square \($0)" } ?? "")
            ),
            ("clusters of holes", "\(incident.clusters)"),
        ]
        return """
            <article class="incident" id="incident-\(incident.incident)">
            <div>
            <h3>\(incident.incident). \(incident.cause.rawValue)</h3>
            <p class="faint">\(incident.cause.explanation)</p>
            <dl class="facts">\(facts.map { "<dt>\($0)</dt><dd>\($1)</dd>" as HTML }.joined())</dl>
            <div class="bar scripted">
            <button type="button" data-show-incident="\(incident.incident)">Show on the map</button></div>
            </div>
            \(pictures.map { pair(entry, $0) } ?? "")
            </article>
            """
    }

    private func pair(
        _ entry: PageIncident, _ pictures: IncidentPictures.Pair
    ) -> HTML {
        let later = "later, \(entry.distance.text(decimals: 3)) um from it"
        return """
            <div class="pair" data-title="Incident \(entry.incident.incident): \(entry.incident.cause.rawValue)">
            \(figure(entry.earlier, "earlier", pictures.earlier))
            \(figure(entry.later, later, pictures.later))
            </div>
            """
    }

    private func figure(_ exposure: PageIncident.Exposure, _ role: String, _ shown: IncidentPictures.Shown) -> HTML {
        let caption: HTML = "<figcaption><b>\(role)</b>, \(exposure.time)<br>\(exposure.name)</figcaption>"
        switch shown {
        case .success(let picture):
            return """
                <figure><button type="button" title="Show it larger"><img src="\(picture.dataURL)" width="\(picture.width)" \
                height="\(picture.height)" data-large="\(picture.file)" \
                alt="\(role): \(exposure.name), \(exposure.time)"></button>\(caption)</figure>
                """
        case .failure(let problem):
            return "<figure><div class=\"no-picture\">No picture: \(problem.description)</div>\(caption)</figure>"
        }
    }
}
