"use strict";

// Brings the page to life. Without it, all that is text stays readable.

async function start() {
    document.documentElement.classList.add("js");
    const viewer = new Viewer();
    new IncidentOrder();
    drawOutlines();
    const data = await readData();
    const place = id => document.getElementById(id);
    const slider = place("radius"), count = place("count"), command = place("radius-command");
    const found = data.exposures.name.map((_, i) => data.foundRow[i] >= 0);
    // Until the slider is moved the map shows what the analysis found, which may ask for more than a distance.
    let isOver = found, radius = data.startRadius;

    const pictures = new ExposurePictures(data);
    const marks = new Marks(data);
    viewer.marks = marks;
    const map = new StageMap(place("map"), data, i => describe(place("exposure"), data, i, isOver, pictures, marks));
    const legend = place("map-legend");
    const table = new OverexposedTable(data, marks, map, place);
    function colourMap() {
        map.isOver = isOver;
        showLegend(legend, map.colourBy(place("colouring").value));
    }

    function drawCharts() {
        drawDistances(place("distances"), data, radius);
        drawTimeline(place("timeline"), place("timeline-legend"), data, isOver);
        const {dose, defocus, before} = data.exposures;
        drawHistogram(place("doses"), dose, "dose of each exposure, e⁻/Å²", "Doses are not recorded.");
        drawHistogram(place("defoci"), defocus, "defocus as requested, µm", "The defocus is not recorded.");
        const unknown = before.filter(Number.isNaN).length;
        drawHistogram(place("before"), before.filter(dose => dose > 0),
            `dose before, where there was any${unknown ? ` (not known of ${unknown})` : ""}, e⁻/Å²`,
            unknown ? `What ${unknown} exposures had received before is not known.`
                : "No exposure had received a dose before.");
        drawBeamShifts(place("beam-shifts"), data);
    }
    function drawAll() { colourMap(); drawCharts(); }

    /** Counts again within a radius, without asking the archive. */
    function showRadius(isOfSlider) {
        const members = within(data, radius);
        isOver = isOfSlider ? members : found;
        count.textContent = `${members.filter(Boolean).length} of ${data.judged} within ${radiusText(radius)} µm`
            + (data.unknownDistances === null ? "" : `; ${data.unknownDistances}`);
        slider.setAttribute("aria-valuetext", `${radiusText(radius)} µm`);
        if (data.command) command.textContent = `${data.command[0]}${radiusText(radius)}${data.command[1]}`;
        place("radius-back").disabled = !isOfSlider;
        place("next-over").disabled = !isOver.includes(true);
        colourMap();
        table.update(isOver, radius, isOfSlider);
        map.select(map.chosen);
        drawDistances(place("distances"), data, radius);
        drawTimeline(place("timeline"), place("timeline-legend"), data, isOver);
    }
    slider?.addEventListener("input", () => { radius = Number(slider.value); showRadius(true); });
    place("radius-back")?.addEventListener("click", () => {
        radius = data.startRadius;
        slider.value = radius;
        showRadius(false);
    });

    place("colouring").addEventListener("change", colourMap);
    for (const {id} of data.squares) place("square").append(element("option", {value: id}, `square ${id}`));
    place("square").addEventListener("change", event =>
        map.fit(map.membersOf(event.target.value === "" ? null : Number(event.target.value))));
    place("square-images")?.addEventListener("change", event => {
        map.hasImages = event.target.checked;
        map.redraw();
    });
    // Nothing waits for the pictures of the squares, which lie beneath.
    map.loadImages().then(() => { for (const part of document.querySelectorAll(".of-squares")) part.hidden = !map.images.length; });
    place("zoom-in").addEventListener("click", () => map.zoom(1.6));
    place("zoom-out").addEventListener("click", () => map.zoom(1 / 1.6));
    place("zoom-fit").addEventListener("click", () => { place("square").value = ""; map.fit(); });
    place("next-over").addEventListener("click", () => map.step(1));
    for (const button of document.querySelectorAll("[data-show-incident]")) {
        button.addEventListener("click", () => {
            const number = Number(button.dataset.showIncident);
            const members = data.found.exposure.filter((_, row) => data.found.incident[row] === number);
            if (!members.length) return;
            map.fit(members);
            map.choose(members[0]);
            map.canvas.scrollIntoView({block: "center"});
            map.canvas.focus({preventScroll: true});
        });
    }
    // A link to an incident that is folded away opens its list.
    function unfold() {
        const target = location.hash.startsWith("#incident-") && document.getElementById(location.hash.slice(1));
        const folded = target && target.closest("details:not([open])");
        if (!folded) return;
        folded.open = true;
        target.scrollIntoView();
    }
    addEventListener("hashchange", unfold);
    unfold();
    let resizing;
    addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(drawAll, 120); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    // Colours of the screen would be wrong on paper.
    const folded = [...document.querySelectorAll("details")];
    let opened = [];
    addEventListener("beforeprint", () => {
        opened = folded.filter(list => !list.open);
        for (const list of opened) list.open = true;
        drawOutlines();
        table.print(true);
        drawAll();
        map.draw();
    });
    addEventListener("afterprint", () => {
        for (const list of opened) list.open = false;
        table.print(false);
    });
    matchMedia("print").addEventListener("change", () => { drawAll(); map.draw(); });

    if (slider) showRadius(false);
    else table.update(isOver, radius, false);
    place("next-over").disabled = !isOver.includes(true);
    drawAll();
    document.documentElement.dataset.ready = "yes";
}

/** What is known of an exposure. */
function describe(place, data, i, isOver, pictures, marks) {
    if (i < 0) return place.replaceChildren(element("p", {class: "faint"}, "Choose an exposure on the map."));
    const {exposures, found} = data, row = data.foundRow[i];
    const facts = [
        ["time", clock(data, exposures.time[i])],
        ["place", `square ${exposures.square[i] ?? "not known"}, hole ${exposures.hole[i]}, area ${exposures.area[i]}`],
        ["on the stage", `${decimal(exposures.x[i], 3)}, ${decimal(exposures.y[i], 3)} µm`],
        ["dose", measure(exposures.dose[i], 1, "e⁻/Å²")],
        ["received before", measure(exposures.before[i], 1, "e⁻/Å²")],
        ["defocus", measure(exposures.defocus[i], 2, "µm")],
        ["nearest earlier", exposures.nearest[i] !== null ? `${exposures.nearest[i].toFixed(3)} µm`
            : data.reach === null || data.unknownDistances !== null ? "not known" : `none within ${data.reach} µm`],
    ];
    if (row >= 0) {
        facts.push(["overexposed by", found.earlierName[row]], ["distance", `${found.distance[row].toFixed(3)} µm`],
            ["share of the field hit", Number.isNaN(found.share[row]) ? "not known" : `${(100 * found.share[row]).toFixed(0)} %`],
            ["cause", `${causeOf(data, row).words} (${found.cause[row]})`]);
        if (!Number.isNaN(found.probability[row])) facts.push(["probability", `${(100 * found.probability[row]).toFixed(0)} %`]);
    }
    const list = element("dl", {class: "facts"});
    for (const [name, value] of facts) list.append(element("dt", {}, name), element("dd", {}, value));
    const parts = [element("h3", {}, exposures.name[i]), ...pictures.of(i), list, marks.buttons(i)];
    if (isOver[i] !== row >= 0) {
        parts.push(element("p", {class: "faint"}, isOver[i] ? "Overexposed within the radius that you chose, not to the analysis."
            : "Overexposed to the analysis, not within the radius that you chose."));
    }
    if (row >= 0 && found.incident[row]) {
        parts.push(element("a", {href: "#incident-" + found.incident[row]}, `Incident ${found.incident[row]}`));
    }
    place.replaceChildren(...parts);
}

start().catch(error => tellFailure(error, "the map and the charts"));
