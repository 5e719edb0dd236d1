"use strict";

// What lies over the pictures of an incident: beams, camera field, a scale bar, and the same from farther away in a corner. All
// is in nm from the picture's middle, as PageOverlay.swift wrote it.

/** Draws what is still missing over pictures; those that are folded away wait until they are seen. */
function drawOutlines(within = document) {
    for (const button of within.querySelectorAll("[data-outline]")) {
        const isMissing = !button.querySelector("svg") && !button.closest("details:not([open])");
        if (isMissing) button.append(outlineOf(button.dataset.outline));
    }
}

function vector(name, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
}

function outlineOf(text) {
    const [[width, height], ...shapes] = text.split(";").map(part => part.split(" ").filter(Boolean).map(Number));
    const draw = () => ["own-beam", "other-field", "other-beam"].map((kind, i) => shape(shapes[i], kind)).filter(Boolean);
    const [left, top] = [-width / 2, -height / 2];
    const svg = vector("svg", {class: "overlay", viewBox: [left, top, width, height].join(" "), "aria-hidden": "true"},
        // What reaches beyond the picture is cut off where the drawing is wider than it.
        vector("svg", {class: "shapes", x: left, y: top, width, height, viewBox: [left, top, width, height].join(" ")}, ...draw()),
        ...scaleBar(width, height));
    if (shapes[1].length || shapes[2].length) svg.append(inset(width, height, shapes, draw()));
    return svg;
}

function shape(numbers, kind) {
    if (numbers.length === 3) return vector("circle", {class: kind, cx: numbers[0], cy: numbers[1], r: numbers[2]});
    return numbers.length ? vector("polygon", {class: kind, points: numbers.join(" ")}) : null;
}

/** A bar of a round length, at most a quarter of the picture, in its lower right corner. */
function scaleBar(width, height) {
    const decade = 10 ** Math.floor(Math.log10(width / 4));
    const length = ([5, 2].find(factor => factor * decade <= width / 4) ?? 1) * decade;
    const margin = width / 40, right = width / 2 - margin, bottom = height / 2 - margin, size = width / 18;
    const words = vector("text", {x: right, y: bottom - size / 2, "font-size": size, "text-anchor": "end"});
    words.textContent = `${Number((length / 1000).toPrecision(3))} µm`;
    return [vector("path", {class: "bar", d: `M${right - length} ${bottom}H${right}`}), words];
}

/** Beams are often wider than the picture, which is the white rectangle here. */
function inset(width, height, shapes, drawn) {
    let [least, greatest] = [Math.min(-width, -height) / 2, Math.max(width, height) / 2];
    for (const numbers of shapes) {
        const places = numbers.length === 3 ? [numbers[0] - numbers[2], numbers[0] + numbers[2], numbers[1] - numbers[2],
            numbers[1] + numbers[2]] : numbers;
        [least, greatest] = [Math.min(least, ...places), Math.max(greatest, ...places)];
    }
    const half = 1.08 * Math.max(-least, greatest), side = 0.34 * Math.min(width, height), margin = width / 40;
    return vector("svg", {x: margin - width / 2, y: height / 2 - margin - side, width: side, height: side,
        viewBox: [-half, -half, 2 * half, 2 * half].join(" ")},
        vector("rect", {class: "plate", x: -half, y: -half, width: 2 * half, height: 2 * half}),
        vector("rect", {class: "picture-rim", x: -width / 2, y: -height / 2, width, height}), ...drawn);
}
