import EPUArchive
import EPUCore

/// The places in the page into which the script draws.
extension SessionPage {
    var mapSection: HTML {
        """
        <section id="stage" class="scripted"><h2>Map</h2>
        <div class="bar">
        <label>Colour <select id="colouring">
        <option value="cause">cause</option><option value="overexposed">overexposed</option><option value="before">dose received before</option>
        <option value="dose">dose</option><option value="defocus">defocus</option><option value="time">time</option>
        <option value="position">beam-shift position</option></select></label>
        <label>Grid square <select id="square"><option value="">all</option></select></label>
        \(.when(!squareImages.isEmpty, "<label class=\"of-squares\"><input type=\"checkbox\" id=\"square-images\" checked> Pictures of the squares</label>"))
        <button type="button" id="zoom-in" aria-label="Zoom in">+</button>
        <button type="button" id="zoom-out" aria-label="Zoom out">−</button>
        <button type="button" id="zoom-fit">All</button>
        <button type="button" id="next-over">Next overexposed</button>
        </div>
        <div class="map"><canvas id="map" tabindex="0" role="application" aria-describedby="map-help" \
        aria-label="Map of the exposures on the stage"></canvas></div>
        <div id="map-legend" class="legend"></div>
        <p class="faint on-screen" id="map-help">Drag to move; + and − or Ctrl and the wheel zoom, 0 shows all; n and p go to the \
        next and previous overexposed exposure; a click or a tap tells about one. Where the beams of a pair overlap, it is filled. \
        Crosses are stage stops, large circles foil holes \
        (dashed: not exposed), small circles beams at true size.\(analysis.unknowns.isUndetermined ? " How beam shift maps to the stage is not determined: around a stop, places are rough." : "")</p>
        <div id="exposure" aria-live="polite"><p class="faint">Choose an exposure on the map.</p></div>
        </section>
        """
    }

    var timelineSection: HTML {
        """
        <section id="time" class="scripted"><h2>Timeline</h2>
        \(.when(!incidents.isEmpty, "<p class=\"faint\">Numbers above the bars are incidents.</p>"))
        <div id="timeline" role="group" aria-label="Exposures over time, with the incidents"></div>
        <div id="timeline-legend" class="legend"></div>
        </section>
        """
    }

    /// The step of the slider, um: it moves over round numbers, and a button leads back to the analysis's own radius.
    private static let radiusStep = 0.005

    var distancesSection: HTML {
        guard let reach else {
            return """
                <section id="nearest"><h2>Distances and radius</h2><p class="notice">This archive does not have the distances yet: \
                run epu-analyze once.</p><div id="distances" hidden></div></section>
                """
        }
        let radius = SessionPageData.startRadius(choice, reach: reach)
        let judged = data.judged - analysis.undecided
        let found =
            "\(analysis.overexposed) of \(judged)"
            + (analysis.unknowns.ofJudged.map { " \(Unknowns.asFarAsCompared) (\($0))" } ?? "")
        let others =
            choice.criteria.needsFields
            ? " The analysis asks for more; here the distance alone decides."
            : analysis.positionErrorUm == nil
                ? "" : " The analysis weighs how well positions are known; here the distance alone decides."
        return """
            <section id="nearest" class="scripted"><h2>Distances and radius</h2>
            <p class="faint">The analysis: \(found), \(PageUnits.typeset(choice.criteria.text)).</p>
            <p><output id="count" for="radius"></output></p>
            <label for="radius">Radius: what lies nearer to an earlier exposure is overexposed.\(others)</label>
            <input type="range" id="radius" min="\(Self.radiusStep.text())" max="\(reach.text())" step="\(Self.radiusStep.text())" value="\(radius.text())">
            <div id="distances" role="img" aria-label="How far exposures are from the nearest earlier one"></div>
            <p class="faint"><span class="key bad">■</span> within the radius, <span class="key accent">■</span> beyond it\
            \(choice.criteria.countNeighbours ? "" : ", ")\
            \(.when(!choice.criteria.countNeighbours, "<span class=\"key dim\">■</span> neighbours by the template's design")). \
            Counts are on a logarithmic scale; distances beyond \(reach.text()) µm were not sought.</p>
            <div class="bar"><button type="button" id="radius-back">Back to the analysis</button></div>
            \(storing)
            </section>
            """
    }

    private var storing: HTML {
        guard let (start, end) = command.parts else {
            return """
                <p class="faint on-screen">The analysis uses several calibrations that were not chosen: no single command repeats \
                it with another radius.</p><pre id="radius-command" hidden></pre>
                """
        }
        let radius = SessionPageData.startRadius(choice, reach: reach ?? 0)
        return """
            <p class="faint on-screen">To store what the slider shows; <code>epu-analyze publish</code> with the number that it prints has \
            reports show it:</p>
            <pre class="command on-screen" id="radius-command">\(start + radius.text() + end)</pre>
            """
    }

    var dosesSection: HTML {
        """
        <section id="dose" class="scripted"><h2>Dose and defocus</h2>
        <div class="charts">
        <div id="doses" role="img" aria-label="Doses of the exposures"></div>
        <div id="before" role="img" aria-label="Doses that exposures had received before"></div>
        <div id="defoci" role="img" aria-label="Defocus of the exposures"></div>
        </div>
        </section>
        """
    }

    var calibrationSection: HTML {
        """
        <section id="calibration"><h2>Beam shift and calibration</h2>
        <div class="side">
        <div>\(calibrations.map(\.html).joined(separator: "\n"))</div>
        <div class="scripted"><canvas id="beam-shifts" role="img" \
        aria-label="Beam shifts of all exposures, coloured by position"></canvas>
        <p class="faint">Beam shift of each exposure, one colour for each position around the stage stop (colours repeat).</p></div>
        </div>
        </section>
        """
    }
}
