"use strict";

// What the page shows, as SessionPageData.swift wrote it: columns of numbers, one entry for each exposure in time order.

/** Columns whose values are whole multiples of a step come as these; null is "not known" and becomes NaN. */
function column({step, values}) {
    return Float64Array.from(values, value => value === null ? NaN : value * step);
}

async function readData() {
    const data = await readPage();
    for (const table of [data.exposures, data.found, data.stops, data.holes]) {
        for (const [name, values] of Object.entries(table)) {
            if (values.step) table[name] = column(values);
        }
    }
    data.undecided = new Set(data.undecided);
    data.exposures.count = data.exposures.name.length;
    // By exposure: its row in `found`, where the analysis calls it overexposed; else -1.
    data.foundRow = new Int32Array(data.exposures.count).fill(-1);
    data.found.exposure.forEach((exposure, row) => { data.foundRow[exposure] = row; });
    return data;
}

/** What is said of the cause of a row of `found`: words, explanation and colour. */
function causeOf(data, row) {
    const code = data.found.cause[row];
    return data.causes[code] ?? {words: code, explanation: "", colour: colour("bad")};
}

/** Exposures that a radius would call overexposed, as `epu-analyze overlaps --radius` does. */
function within(data, radius) {
    const nearest = data.countNeighbours ? data.exposures.nearest : data.exposures.unplanned;
    return nearest.map(distance => distance !== null && distance <= radius);
}

/** On the microscope's clock, as `2025-01-08 15:49:18`. */
function clock(data, seconds) {
    return new Date(Date.parse(data.start + "Z") + 1000 * seconds).toISOString().slice(0, 19).replace("T", " ");
}

/** A number as a reader wants it, with its unit; "not known" for none. */
function measure(value, decimals, unit) {
    return value === null || Number.isNaN(value) ? "not known" : `${decimal(value, decimals)} ${unit}`;
}

/** Without zeros at the end, as commands take it. */
function radiusText(radius) { return String(Number(radius.toFixed(4))); }

/** Told apart by the colour-blind, too: after Okabe and Ito. */
const groupColours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d1f", "#7b3fa0"];

/** From 0 to 1, dark blue over green to yellow. */
function scaleColour(part) {
    const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [240, 220, 60]];
    const place = Math.min(1, Math.max(0, part)) * (stops.length - 1);
    const from = Math.min(stops.length - 2, Math.floor(place));
    const mixed = stops[from].map((value, i) => Math.round(value + (place - from) * (stops[from + 1][i] - value)));
    return `rgb(${mixed})`;
}
