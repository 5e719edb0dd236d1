"use strict";

// The charts of a session.

/** Counts between 1 and 100,000 in one picture: the axis is logarithmic, and 0 is its foot. */
const logarithm = count => count > 0 ? Math.log10(count) + 0.3 : 0;
function logTicks(most) {
    const ticks = [[0, "0"]];
    for (let count = 1; count <= most; count *= 10) ticks.push([logarithm(count), count.toLocaleString("en")]);
    return ticks;
}

/** Distances to the nearest earlier exposure: left of the radius stand those that it calls overexposed. */
function drawDistances(place, data, radius) {
    if (data.reach === null) return;
    const bins = 50, reach = data.reach, {nearest, unplanned} = data.exposures;
    const counted = new Int32Array(bins), inside = new Int32Array(bins), neighbours = new Int32Array(bins);
    const bin = distance => Math.min(bins - 1, Math.floor(distance / reach * bins));
    for (let i = 0; i < data.exposures.count; i++) {
        const distance = data.countNeighbours ? nearest[i] : unplanned[i];
        if (distance !== null) counted[bin(distance)]++;
        if (distance !== null && distance <= radius) inside[bin(distance)]++;
        if (!data.countNeighbours && nearest[i] !== null && nearest[i] !== unplanned[i]) neighbours[bin(nearest[i])]++;
    }
    const most = Math.max(1, ...counted, ...neighbours), chart = new Chart(place, 240);
    chart.scales([0, reach], [0, logarithm(most) * 1.08]);
    chart.axes(roundTicks(0, reach, chart.width / 90), logTicks(most), ["µm to the nearest earlier exposure", "exposures"]);
    const draw = (from, to, count, paint, what) => {
        if (count) chart.bar(from, to, 0, logarithm(count), colour(paint), `${from.toFixed(3)} to ${to.toFixed(3)} µm: ${count} ${what}`);
    };
    for (let i = 0; i < bins; i++) {
        const from = i * reach / bins, to = (i + 1) * reach / bins;
        const bars = [() => draw(from, to, neighbours[i], "dim", "neighbours by design"), () => {
            // The radius parts the bin that it lies in.
            const parting = Math.min(to, Math.max(from, radius));
            if (parting > from) draw(from, parting, inside[i], "bad", "exposures");
            if (parting < to) draw(parting, to, counted[i] - inside[i], "accent", "exposures");
        }];
        // The lower one in front.
        for (const bar of neighbours[i] < counted[i] ? bars.reverse() : bars) bar();
    }
    const at = chart.x(radius), {top, bottom} = chart.frame;
    chart.add("line", {x1: at, x2: at, y1: top, y2: bottom, stroke: colour("ink"), "stroke-width": 2});
    chart.text(at, 11, `${radiusText(radius)} µm`, {fill: colour("ink")});
    chart.show();
}

/** How often each value occurs; `none` is said where there is none. */
function drawHistogram(place, values, label, none) {
    const known = values.filter(value => !Number.isNaN(value));
    if (!known.length) return place.replaceChildren(element("p", {class: "faint"}, none));
    let low = Infinity, high = -Infinity;
    for (const value of known) { low = Math.min(low, value); high = Math.max(high, value); }
    if (high - low < 1e-9) { low -= 0.5; high += 0.5; }
    const median = known.slice().sort()[Math.floor(known.length / 2)];
    const short = value => value.toPrecision(3).replace("-", "−");
    place.setAttribute("aria-label", `${label}: ${known.length} exposures, ${short(low)} to ${short(high)}, `
        + `median ${short(median)}`);
    const bins = 40, counts = new Int32Array(bins);
    for (const value of known) counts[Math.min(bins - 1, Math.floor((value - low) / (high - low) * bins))]++;
    const most = Math.max(...counts), chart = new Chart(place, 200);
    chart.scales([low, high], [0, most * 1.05]);
    chart.axes(roundTicks(low, high, chart.width / 90), countTicks(most, 4), [label, "exposures"]);
    counts.forEach((count, i) => {
        const from = low + i * (high - low) / bins, to = low + (i + 1) * (high - low) / bins;
        if (count) chart.bar(from, to, 0, count, colour("accent"), `${short(from)} to ${short(to)}: ${count}`);
    });
    chart.show();
}

/** What the overexposed are told apart by, the commonest first: the causes, and those that only the slider's radius has. */
function overexposedKinds(data, isOver) {
    const kinds = new Map();
    for (let i = 0; i < isOver.length; i++) {
        if (!isOver[i]) continue;
        const row = data.foundRow[i], code = row < 0 ? "" : data.found.cause[row];
        if (!kinds.has(code)) {
            kinds.set(code, {count: 0, members: [], ...(row < 0 ? {words: "within the radius only", colour: colour("bad")}
                : causeOf(data, row))});
        }
        kinds.get(code).members.push(i);
    }
    return [...kinds.values()].sort((a, b) => b.members.length - a.members.length);
}

/** Swatches with what they mean. */
function showLegend(place, entries) {
    place.replaceChildren(...entries.map(([paint, words]) => {
        const swatch = element("span", {class: "swatch"});
        swatch.style.background = paint;
        return element("span", {}, swatch, words);
    }));
}

/** Exposures over time, those overexposed below in the colours of their causes, and the incidents as links to themselves. */
function drawTimeline(place, legend, data, isOver) {
    const {time, count} = data.exposures;
    const end = Math.max(60, time[count - 1] || 0), chart = new Chart(place, 260);
    if (data.incidents.length) chart.frame.top = 44;
    const widths = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480].map(minutes => 60 * minutes);
    const width = widths.find(width => end / width <= chart.width / 7) ?? 86400;
    const bins = Math.floor(end / width) + 1, all = new Int32Array(bins), kinds = overexposedKinds(data, isOver);
    for (let i = 0; i < count; i++) all[Math.floor(time[i] / width)]++;
    for (const kind of kinds) {
        kind.bins = new Int32Array(bins);
        for (const i of kind.members) kind.bins[Math.floor(time[i] / width)]++;
    }
    const most = Math.max(1, ...all);
    chart.scales([0, bins * width], [0, most * 1.02]);
    const words = width === 60 ? "minute" : width < 3600 ? `${width / 60} minutes`
        : width === 3600 ? "hour" : `${width / 3600} hours`;
    chart.axes(timeTicks(data, bins * width, chart.width / 110), countTicks(most, 4),
        ["time on the microscope's clock", `exposures in each ${words}`]);
    for (let i = 0; i < bins; i++) {
        if (!all[i]) continue;
        const here = kinds.filter(kind => kind.bins[i]), over = here.reduce((sum, kind) => sum + kind.bins[i], 0);
        const title = `${clock(data, i * width)}: ${all[i]} exposures, ${over} overexposed`
            + here.map(kind => `; ${kind.words}: ${kind.bins[i]}`).join("");
        chart.bar(i * width, (i + 1) * width, 0, all[i], colour("dim"), title);
        let low = 0;
        for (const kind of here) {
            chart.bar(i * width, (i + 1) * width, low, low + kind.bins[i], kind.colour, title);
            low += kind.bins[i];
        }
    }
    drawIncidentMarks(chart, data);
    chart.show();
    showLegend(legend, [[colour("dim"), "not overexposed"],
        ...kinds.map(kind => [kind.colour, `${kind.words}: ${kind.members.length}`])]);
}

/** The numbers of the incidents above the bars: in two rows, the costliest first where there is no room for all. */
function drawIncidentMarks(chart, data) {
    const rows = [[], []];
    const row = new Map();
    for (const incident of data.incidents.slice().sort((a, b) => b.micrographs - a.micrographs)) {
        const x = chart.x(incident.time), half = textWidth(String(incident.number)) / 2 + 4;
        const free = rows.findIndex(taken => taken.every(([from, to]) => x + half < from || x - half > to));
        if (free < 0) continue;
        rows[free].push([x - half, x + half]);
        row.set(incident, free);
    }
    for (const incident of data.incidents) {
        const x = chart.x(incident.time), place = row.get(incident);
        // Without a number there is nothing to press: the list has all.
        const link = chart.add("a", {href: "#incident-" + incident.number, ...(place === undefined && {tabindex: -1})});
        const top = place === undefined ? 36 : 30 - 14 * place;
        // Many lines would hide the bars.
        const y2 = data.incidents.length > 60 ? chart.frame.top : chart.frame.bottom;
        chart.add("line", {x1: x, x2: x, y1: top, y2, stroke: colour("ink"), "stroke-opacity": 0.3}, link);
        if (place !== undefined) {
            chart.add("text", {x, y: top - 4, "text-anchor": "middle", class: "mark"}, link).textContent = incident.number;
        }
        const words = data.causes[incident.cause]?.words ?? incident.cause;
        chart.add("title", {}, link).textContent =
            `incident ${incident.number}, ${clock(data, incident.time)}: ${words}, ${incident.micrographs} micrographs`;
    }
}

/** Full hours or days of the microscope's clock. */
function timeTicks(data, end, count) {
    const start = Date.parse(data.start + "Z") / 1000;
    const day = 86400, steps = [600, 1800, 3600, 7200, 10800, 21600, 43200, day, 2 * day, 7 * day, 30 * day, 91 * day, 365 * day];
    const step = steps.find(step => end / step <= count) ?? Math.ceil(end / count);
    const ticks = [];
    for (let at = Math.ceil(start / step) * step; at <= start + end; at += step) {
        const words = clock(data, at - start);
        ticks.push([at - start, step < day && words.slice(11, 16) !== "00:00" ? words.slice(11, 16)
            : step < 30 * day ? words.slice(5, 10) : words.slice(0, 7)]);
    }
    return ticks;
}

/** Beam shifts of all exposures, coloured by the position around the stage stop. */
function drawBeamShifts(canvas, data) {
    const {shiftX, shiftY, position, count} = data.exposures;
    const size = canvas.clientWidth, ratio = devicePixelRatio || 1, context = canvas.getContext("2d");
    canvas.width = canvas.height = size * ratio;
    context.scale(ratio, ratio);
    let extent = 1e-6;
    for (let i = 0; i < count; i++) extent = Math.max(extent, Math.abs(shiftX[i]), Math.abs(shiftY[i]));
    const scale = (size / 2 - 14) / extent, side = count > 5000 ? 2 : 4;
    context.strokeStyle = colour("line");
    context.beginPath();
    context.moveTo(0, size / 2); context.lineTo(size, size / 2);
    context.moveTo(size / 2, 0); context.lineTo(size / 2, size);
    context.stroke();
    const unsorted = colour("dim");
    for (let i = 0; i < count; i++) {
        context.fillStyle = position[i] === null ? unsorted : groupColours[position[i] % groupColours.length];
        context.fillRect(size / 2 + scale * shiftX[i] - side / 2, size / 2 - scale * shiftY[i] - side / 2, side, side);
    }
    context.fillStyle = colour("faint");
    context.font = "13px sans-serif";
    const tick = roundTicks(0, extent, 2).at(-1);
    // A line of a round length stands for the scale, where no beam shift is.
    context.fillRect(10, size - 12, scale * tick[0], 2);
    context.fillText(`${tick[1]} units`, 10, size - 18);
    context.fillText("beam shift x →", size - 96, size / 2 + 16);
    context.fillText("beam shift y ↑", size / 2 + 6, 14);
}
