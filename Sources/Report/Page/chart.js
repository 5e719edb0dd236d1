"use strict";

// Charts as SVG, drawn at the width that there is, so that letters keep their size in a narrow window.

class Chart {
    /** @param {HTMLElement} place  takes the drawing; its `aria-label` is kept. */
    constructor(place, height, left = 64) {
        this.place = place;
        this.width = Math.max(280, place.clientWidth);
        this.height = height;
        this.frame = {left, right: this.width - 12, top: 14, bottom: height - 40};
        this.svg = this.add("svg", {class: "chart", viewBox: `0 0 ${this.width} ${height}`}, null);
    }

    add(name, attributes, parent = this.svg) {
        const made = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
        parent?.append(made);
        return made;
    }

    text(x, y, words, attributes = {}) {
        this.add("text", {x, y, "text-anchor": "middle", ...attributes}).textContent = words;
    }

    /** Ranges of values along the two sides of the frame. */
    scales(x, y) {
        const {left, right, top, bottom} = this.frame;
        this.x = value => left + (value - x[0]) / (x[1] - x[0] || 1) * (right - left);
        this.y = value => bottom - (value - y[0]) / (y[1] - y[0] || 1) * (bottom - top);
    }

    /**
     * @param xTicks  pairs of a value and what stands at it; the same with yTicks
     * @param names  what the two axes show
     */
    axes(xTicks, yTicks, [xName, yName]) {
        const {left, right, top, bottom} = this.frame;
        for (const [value, words] of yTicks) {
            this.add("line", {x1: left, x2: right, y1: this.y(value), y2: this.y(value), stroke: colour("line")});
            this.text(left - 6, this.y(value) + 4, words, {"text-anchor": "end"});
        }
        let last = -Infinity;
        for (const [value, words] of xTicks) {
            this.add("line", {x1: this.x(value), x2: this.x(value), y1: bottom, y2: bottom + 5, stroke: colour("faint")});
            // Words stay within the chart, and do not touch those before.
            const width = textWidth(words), x = Math.min(this.width - width / 2, Math.max(width / 2, this.x(value)));
            if (x - width / 2 < last + 8) continue;
            last = x + width / 2;
            this.text(x, bottom + 19, words);
        }
        this.add("line", {x1: left, x2: right, y1: bottom, y2: bottom, stroke: colour("faint")});
        this.text((left + right) / 2, this.height - 4, xName);
        const middle = (top + bottom) / 2;
        this.text(13, middle, yName, {transform: `rotate(-90 13 ${middle})`});
    }

    bar(from, to, low, high, fill, title) {
        const x = this.x(from), width = Math.max(1, this.x(to) - x - 1);
        const made = this.add("rect", {x, width, y: this.y(high), height: Math.max(0, this.y(low) - this.y(high)), fill});
        if (title) this.add("title", {}, made).textContent = title;
    }

    show() { this.place.replaceChildren(this.svg); }
}

/** About the width of words in a chart, pixels. */
function textWidth(words) { return 7.5 * words.length; }

/** Round numbers from low to high, about as many as asked for. */
function roundTicks(low, high, count) {
    const least = (high - low || 1) / count, power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map(factor => factor * power).find(step => step >= least * 0.999);
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const ticks = [];
    for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++) {
        ticks.push([n * step, decimal(n * step, decimals)]);
    }
    return ticks;
}

/** The same for numbers of things: none stands between 1 and 2. */
function countTicks(most, count) { return roundTicks(0, most, Math.min(count, Math.max(1, most))); }
