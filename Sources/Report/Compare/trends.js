"use strict";

// How microscopes changed from session to session: small charts of one size.

/** @param open  called with the number of the session whose point was pressed */
function drawTrends(data, open) {
    const section = document.getElementById("trends"), charts = [];
    for (const {name, charts: ofMicroscope} of data.microscopes) {
        const row = element("div", {class: "trends"});
        section.append(element("section", {class: "microscope"}, element("h3", {}, name), row));
        for (const trend of ofMicroscope) {
            const place = element("div", {role: "img"});
            row.append(element("figure", {}, element("figcaption", {}, trend.title), place));
            charts.push(new TrendChart(place, trend, data, open));
        }
    }
    section.hidden = charts.length === 0;
    const draw = () => { for (const chart of charts) chart.draw(); };
    let resizing;
    addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(draw, 120); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    addEventListener("beforeprint", draw);
    matchMedia("print").addEventListener("change", draw);
    draw();
}

class TrendChart {
    constructor(place, trend, data, open) {
        Object.assign(this, {place, trend, data});
        this.doubtful = new Set(trend.doubtful);
        const sorted = trend.values.slice().sort((a, b) => a - b);
        place.setAttribute("aria-label", `${trend.title}: ${sorted.length} sessions, ${this.text(sorted[0])} to `
            + `${this.text(sorted.at(-1))}, median ${this.text(median(sorted))}`);
        place.addEventListener("pointermove", event => this.point(event));
        place.addEventListener("pointerleave", () => this.point(null));
        place.addEventListener("click", event => {
            const i = this.nearest(event);
            if (i >= 0) open(trend.sessions[i]);
        });
    }

    text(value) { return String(Number(value.toPrecision(4))).replace("-", "−"); }

    draw() {
        const {trend, data} = this, times = trend.sessions.map(session => data.times[session]), day = 86400;
        const chart = this.chart = new Chart(this.place, 170, 56), {values} = trend;
        chart.frame.bottom = 140;
        let [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
        if (trend.isFromZero) [low, high] = [0, Math.max(high, trend.extent) * 1.05 || 1];
        const more = Math.max(0, trend.extent - (high - low)) / 2 + (trend.isFromZero ? 0 : (high - low) * 0.05);
        if (!trend.isFromZero) [low, high] = [low - more, high + more];
        let [from, to] = [times[0], times.at(-1)];
        // Points do not lie on the frame.
        const margin = Math.max(day, 0.04 * (to - from));
        [from, to] = [from - margin, to + margin];
        chart.scales([from, to], [low, high]);
        chart.axes(dateTicks(from, to, chart.width), roundTicks(low, high, 4), ["", ""]);
        this.places = values.map((value, i) => [chart.x(times[i]), chart.y(value)]);
        const line = this.line();
        chart.add("polyline", {class: "trend", points: line.map(place => place.map(round).join()).join(" ")});
        // One shape for all: a facility has thousands of points.
        const isMany = values.length > TrendChart.most;
        for (const isDoubtful of [false, true]) {
            const dots = this.places.filter((_, i) => this.doubtful.has(i) === isDoubtful);
            const r = isMany ? 1.5 : 3;
            const path = ([x, y]) => isDoubtful ? `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0-${2 * r} 0`
                : `M${round(x)} ${round(y)}h0`;
            if (dots.length) {
                chart.add("path", {class: `${isDoubtful ? "doubtful" : "points"}${isMany ? " many" : ""}`, d: dots.map(path).join("")});
            }
        }
        this.ring = chart.add("circle", {class: "ring", r: 6, visibility: "hidden"});
        this.words = chart.add("title", {});
        chart.show();
    }

    /** The line through the points; through their medians where they are many. */
    line() {
        const {most} = TrendChart, {places} = this;
        if (places.length <= most) return places;
        const size = Math.ceil(places.length / (most / 2)), line = [];
        for (let i = 0; i < places.length; i += size) {
            const part = places.slice(i, i + size), middle = side => median(part.map(place => place[side]).sort((a, b) => a - b));
            line.push([middle(0), middle(1)]);
        }
        return line;
    }

    /** The number of the point below the pointer; -1 for none. */
    nearest(event) {
        const box = this.place.getBoundingClientRect(), scale = this.chart.width / box.width;
        const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
        let found = -1, least = 12;
        this.places.forEach(([px, py], i) => {
            const distance = Math.hypot(px - x, py - y);
            if (distance <= least) [found, least] = [i, distance];
        });
        return found;
    }

    point(event) {
        const i = event ? this.nearest(event) : -1, {trend, data, ring} = this;
        ring.setAttribute("visibility", i < 0 ? "hidden" : "visible");
        this.place.classList.toggle("pressable", i >= 0);
        this.words.textContent = "";
        if (i < 0) return;
        const [x, y] = this.places[i], session = trend.sessions[i];
        ring.setAttribute("cx", x);
        ring.setAttribute("cy", y);
        const [name, start] = ["session", "started_at"].map(name => data.columns.find(column => column.name === name).texts[session]);
        this.words.textContent = `${name}, ${start.slice(0, 10)}: ${this.text(trend.values[i])}`
            + (this.doubtful.has(i) ? ", doubtful" : "");
    }
}

/** With more points than these the line goes through their medians, and they are drawn smaller. */
TrendChart.most = 60;

function round(value) { return Math.round(10 * value) / 10; }

function median(sorted) {
    const middle = sorted.length / 2;
    return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Days, months or years between two times, s since 1970, as many as stand side by side in so many pixels. */
function dateTicks(from, to, width) {
    const day = 86400, text = at => new Date(1000 * at).toISOString().slice(0, 10), ticks = [];
    const days = [1, 2, 7, 14].find(days => (to - from) / (days * day) <= width / 95);
    if (days) {
        for (let at = Math.ceil(from / (days * day)) * days * day; at <= to; at += days * day) ticks.push([at, text(at)]);
        return ticks;
    }
    const step = [1, 2, 3, 6, 12, 24, 60, 120].find(months => (to - from) / (30.4 * months * day) <= width / 70) ?? 240;
    const month = at => { const date = new Date(1000 * at); return 12 * date.getUTCFullYear() + date.getUTCMonth(); };
    for (let next = Math.ceil(month(from) / step) * step; next <= month(to); next += step) {
        const at = Date.UTC(Math.floor(next / 12), next % 12) / 1000;
        if (at >= from && at <= to) ticks.push([at, step % 12 ? text(at).slice(0, 7) : text(at).slice(0, 4)]);
    }
    return ticks;
}
