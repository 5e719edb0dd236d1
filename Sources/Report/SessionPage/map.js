"use strict";

// The session on the stage: exposures where the beam hit the specimen, stops, holes, and the overlaps between exposures.

class StageMap {
    /**
     * @param {HTMLCanvasElement} canvas
     * @param select  called with the index of the exposure that was chosen, or -1
     */
    constructor(canvas, data, select) {
        Object.assign(this, {canvas, data, select, chosen: -1, colouring: "cause", isOver: [], images: []});
        this.context = canvas.getContext("2d");
        const {x, count} = data.exposures;
        this.placed = Array.from({length: count}, (_, i) => i).filter(i => !Number.isNaN(x[i]));
        this.pointers = new Map();
        canvas.addEventListener("pointerdown", event => this.press(event));
        canvas.addEventListener("pointermove", event => this.drag(event));
        canvas.addEventListener("pointerup", event => this.release(event));
        canvas.addEventListener("pointercancel", event => this.pointers.delete(event.pointerId));
        canvas.addEventListener("wheel", event => this.wheel(event), {passive: false});
        canvas.addEventListener("keydown", event => this.key(event));
        this.fit();
    }

    /** Pictures of grid squares, which lie below all else; `hasImages` says whether they are shown. */
    async loadImages() {
        const all = [...document.querySelectorAll("#square-pictures img")];
        // One that no browser can draw does not take the others with it.
        const decoded = await Promise.allSettled(all.map(image => image.decode()));
        const pictures = all.filter((_, i) => decoded[i].status === "fulfilled");
        this.images = pictures.map(image => {
            const [x, y, ...ways] = image.dataset.place.split(" ").map(Number);
            return {image, x, y, right: ways.slice(0, 2), down: ways.slice(2)};
        });
        this.hasImages = this.images.length > 0;
        this.redraw();
    }

    /** The exposures of a grid square; all for none. */
    membersOf(square) {
        return square === null ? this.placed : this.placed.filter(i => this.data.exposures.square[i] === square);
    }

    get size() { return {width: this.canvas.clientWidth, height: this.canvas.clientHeight}; }

    // MARK: what is seen: `center` in um, `scale` in pixels per um; y grows upwards

    fit(exposures = this.placed) {
        const {x, y} = this.data.exposures;
        let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
        for (const i of exposures) {
            left = Math.min(left, x[i]); right = Math.max(right, x[i]);
            low = Math.min(low, y[i]); high = Math.max(high, y[i]);
        }
        if (left > right) [left, right, low, high] = [-1, 1, -1, 1];
        const {width, height} = this.size, margin = 1.12;
        this.center = [(left + right) / 2, (low + high) / 2];
        this.scale = Math.min(width / Math.max(2, margin * (right - left)), height / Math.max(2, margin * (high - low)));
        this.least = Math.min(this.least ?? Infinity, this.scale / 2);
        this.redraw();
    }

    zoom(factor, at = [this.size.width / 2, this.size.height / 2]) {
        const before = this.stage(at);
        this.scale = Math.min(4000, Math.max(this.least, this.scale * factor));
        const after = this.stage(at);
        this.center = [this.center[0] + before[0] - after[0], this.center[1] + before[1] - after[1]];
        this.redraw();
    }

    pan(right, down) {
        this.center = [this.center[0] - right / this.scale, this.center[1] + down / this.scale];
        this.redraw();
    }

    stage([x, y]) {
        const {width, height} = this.size;
        return [this.center[0] + (x - width / 2) / this.scale, this.center[1] - (y - height / 2) / this.scale];
    }

    pixel(x, y) {
        const {width, height} = this.size;
        return [width / 2 + (x - this.center[0]) * this.scale, height / 2 - (y - this.center[1]) * this.scale];
    }

    choose(exposure, isSought = false) {
        this.chosen = exposure;
        if (exposure >= 0 && isSought) {
            this.center = [this.data.exposures.x[exposure], this.data.exposures.y[exposure]];
            this.scale = Math.max(this.scale, 60);
        }
        this.select(exposure);
        this.redraw();
    }

    // MARK: mouse, fingers, keys

    place(event) {
        const box = this.canvas.getBoundingClientRect();
        return [event.clientX - box.left, event.clientY - box.top];
    }

    press(event) {
        this.canvas.setPointerCapture(event.pointerId);
        this.pointers.set(event.pointerId, this.place(event));
        this.moved = this.pointers.size > 1;
    }

    drag(event) {
        const last = this.pointers.get(event.pointerId);
        if (!last) return;
        const now = this.place(event);
        if (this.pointers.size === 2) {
            const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
            const span = place => Math.hypot(place[0] - other[0], place[1] - other[1]);
            this.zoom(span(now) / Math.max(1, span(last)), other);
        } else if (this.moved || Math.hypot(now[0] - last[0], now[1] - last[1]) > 4) {
            this.moved = true;
            this.pan(now[0] - last[0], now[1] - last[1]);
        } else {
            return;
        }
        this.pointers.set(event.pointerId, now);
    }

    release(event) {
        if (this.pointers.delete(event.pointerId) && !this.moved) this.choose(this.nearest(this.place(event)));
    }

    /** Scrolling over the map scrolls the page, until the map was clicked or reached by the keyboard. */
    wheel(event) {
        if (!event.ctrlKey && document.activeElement !== this.canvas) return;
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), this.place(event));
    }

    key(event) {
        const step = 40, actions = {
            ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0),
            ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
            "+": () => this.zoom(1.4), "=": () => this.zoom(1.4), "-": () => this.zoom(1 / 1.4), "0": () => this.fit(),
            n: () => this.step(1), p: () => this.step(-1), Escape: () => this.choose(-1),
        };
        if (event.ctrlKey || event.altKey || event.metaKey || !actions[event.key]) return;
        event.preventDefault();
        actions[event.key]();
    }

    /** To the next or the previous overexposed exposure in time. */
    step(by) {
        const over = this.placed.filter(i => this.isOver[i]);
        if (!over.length) return;
        const next = by > 0 ? over.find(i => i > this.chosen) ?? over[0]
            : over.findLast(i => i < this.chosen || this.chosen < 0) ?? over.at(-1);
        this.choose(next, true);
    }

    nearest(place) {
        const {x, y} = this.data.exposures;
        let found = -1, least = 14;
        for (const i of this.placed) {
            const [px, py] = this.pixel(x[i], y[i]);
            const distance = Math.hypot(px - place[0], py - place[1]);
            // Of two on one place the later, which is drawn above.
            if (distance <= least) { found = i; least = distance; }
        }
        return found;
    }

    // MARK: drawing

    redraw() {
        if (this.waiting) return;
        this.waiting = true;
        requestAnimationFrame(() => { this.waiting = false; this.draw(); });
    }

    draw() {
        const {width, height} = this.size, ratio = devicePixelRatio || 1, {context} = this;
        if (!width) return;
        // In another size, as on paper, the same is seen.
        if (this.drawn) this.scale *= Math.min(width / this.drawn.width, height / this.drawn.height);
        this.drawn = {width, height};
        this.canvas.width = Math.round(width * ratio);
        this.canvas.height = Math.round(height * ratio);
        context.scale(ratio, ratio);
        context.fillStyle = colour("paper");
        context.fillRect(0, 0, width, height);
        const [left, high] = this.stage([-40, -40]), [right, low] = this.stage([width + 40, height + 40]);
        this.isSeen = (x, y) => x >= left && x <= right && y >= low && y <= high;
        if (this.hasImages) this.drawImages();
        this.drawHoles();
        this.drawStops();
        this.drawExposures();
        this.drawChosen();
        this.drawSquares();
        this.drawScale(width, height);
    }

    /** Whether a rectangle on the stage reaches into what is seen, um. */
    meets(left, right, low, high) {
        const [west, north] = this.stage([0, 0]), [east, south] = this.stage([this.size.width, this.size.height]);
        return left <= east && right >= west && low <= north && high >= south;
    }

    drawImages() {
        const {context} = this;
        context.save();
        context.globalAlpha = 0.65;
        for (const {image, x, y, right, down} of this.images) {
            // The middle of the picture, and where one picture's width and height to the right and down lead.
            const [px, py] = this.pixel(x, y), {scale} = this;
            context.save();
            context.transform(scale * right[0] / image.naturalWidth, -scale * right[1] / image.naturalWidth,
                scale * down[0] / image.naturalHeight, -scale * down[1] / image.naturalHeight, px, py);
            context.drawImage(image, -image.naturalWidth / 2, -image.naturalHeight / 2);
            context.restore();
        }
        context.restore();
    }

    drawHoles() {
        const {holes, holeDiameter} = this.data, {context} = this;
        const radius = Math.max(1, this.scale * (holeDiameter ?? 1) / 2);
        // A hole that is smaller than a dot on the screen says nothing.
        if (radius < 2.5) return;
        for (const isExposed of [0, 1]) {
            context.beginPath();
            holes.x.forEach((x, i) => {
                if (holes.exposed[i] !== isExposed || !this.isSeen(x, holes.y[i])) return;
                const [px, py] = this.pixel(x, holes.y[i]);
                context.moveTo(px + radius, py);
                context.arc(px, py, radius, 0, 7);
            });
            context.strokeStyle = colour(isExposed ? "dim" : "line");
            context.setLineDash(isExposed ? [] : [2, 4]);
            context.stroke();
        }
        context.setLineDash([]);
    }

    drawStops() {
        const {stops} = this.data, {context} = this;
        if (this.scale < 3) return;
        context.beginPath();
        stops.x.forEach((x, i) => {
            if (!this.isSeen(x, stops.y[i])) return;
            const [px, py] = this.pixel(x, stops.y[i]);
            context.moveTo(px - 5, py); context.lineTo(px + 5, py);
            context.moveTo(px, py - 5); context.lineTo(px, py + 5);
        });
        context.strokeStyle = colour("faint");
        context.stroke();
    }

    drawExposures() {
        const {x, y, beam} = this.data.exposures, {context, data} = this;
        const groups = new Map();
        for (const i of this.placed) {
            if (!this.isSeen(x[i], y[i])) continue;
            const name = this.colourOf(i);
            if (!groups.has(name)) groups.set(name, []);
            groups.get(name).push(i);
        }
        const isClose = this.scale > 12, least = this.placed.length > 3000 ? 2 : 4;
        const side = Math.min(6, Math.max(least, this.scale * 0.5));
        // The overexposed last, above the others.
        const first = this.dim;
        for (const [name, members] of [...groups].sort((a, b) => (b[0] === first) - (a[0] === first))) {
            context.fillStyle = context.strokeStyle = name;
            context.beginPath();
            for (const i of members) {
                const [px, py] = this.pixel(x[i], y[i]);
                const size = name !== first && !this.values && this.colouring !== "position" ? side + 1 : side;
                context.rect(px - size / 2, py - size / 2, size, size);
            }
            context.fill();
            if (!isClose) continue;
            // Beams at true size.
            context.beginPath();
            for (const i of members) {
                const diameter = data.beamDiameters[beam[i]];
                if (!diameter) continue;
                const [px, py] = this.pixel(x[i], y[i]), radius = this.scale * diameter / 2;
                context.moveTo(px + radius, py);
                context.arc(px, py, radius, 0, 7);
            }
            context.stroke();
        }
        this.drawPairs(isClose);
    }

    /** From each overexposed exposure to its nearest earlier one; where the two beams overlap it is filled. */
    drawPairs(isClose) {
        if (!isClose) return;
        const {x, y} = this.data.exposures, {found} = this.data, {context} = this;
        found.exposure.forEach((later, row) => {
            if (Number.isNaN(found.earlierX[row]) || !this.isOver[later] || !this.isSeen(x[later], y[later])) return;
            this.fillOverlap(later, row);
        });
        context.beginPath();
        found.exposure.forEach((later, row) => {
            if (Number.isNaN(found.earlierX[row]) || !this.isOver[later] || !this.isSeen(x[later], y[later])) return;
            context.moveTo(...this.pixel(x[later], y[later]));
            context.lineTo(...this.pixel(found.earlierX[row], found.earlierY[row]));
        });
        context.strokeStyle = colour("ink");
        context.stroke();
    }

    fillOverlap(later, row) {
        const {exposures, found, beamDiameters} = this.data, {context} = this;
        const earlier = found.earlier[row], diameter = beamDiameters[exposures.beam[later]];
        // A beam of another session is taken to be as wide.
        const other = earlier === null ? diameter : beamDiameters[exposures.beam[earlier]];
        if (!diameter || !other) return;
        const disc = (x, y, diameter) => {
            context.beginPath();
            context.arc(...this.pixel(x, y), this.scale * diameter / 2, 0, 7);
        };
        context.save();
        disc(found.earlierX[row], found.earlierY[row], other);
        context.clip();
        disc(exposures.x[later], exposures.y[later], diameter);
        context.globalAlpha = 0.35;
        context.fillStyle = causeOf(this.data, row).colour;
        context.fill();
        context.restore();
    }

    drawChosen() {
        if (this.chosen < 0) return;
        const {x, y} = this.data.exposures, {context} = this;
        const [px, py] = this.pixel(x[this.chosen], y[this.chosen]);
        context.beginPath();
        context.arc(px, py, 11, 0, 7);
        context.lineWidth = 3;
        context.strokeStyle = colour("ink");
        context.stroke();
        context.lineWidth = 1;
    }

    drawSquares() {
        const {context} = this;
        if (this.scale > 8) return;
        context.font = "12px sans-serif";
        context.textAlign = "center";
        context.fillStyle = colour("faint");
        const {width, height} = this.size, gap = 4, high = 12;
        // Each has its left, right, upper and lower side; the scale stands in a corner.
        const taken = [[0, 170, height - 45, height]];
        const isFree = (left, right, top, bottom) => !taken.some(([a, b, c, d]) => left < b && a < right && top < d && c < bottom);
        for (const {id, x, left, right, top, bottom} of this.data.squares) {
            if (x === null || !this.meets(left, right, bottom, top)) continue;
            const [px, above] = this.pixel(x, top), [, below] = this.pixel(x, bottom);
            const [west] = this.pixel(left, top), [east] = this.pixel(right, top), middle = (above + below + high) / 2;
            // As long as there is room above, below or aside; the number alone where there is less.
            const places = [`square ${id}`, `${id}`].flatMap(words => {
                const half = context.measureText(words).width / 2;
                const inside = Math.min(width - half - gap, Math.max(half + gap, px));
                return [[inside, above - 8], [inside, below + 8 + high], [east + 8 + half, middle], [west - 8 - half, middle]]
                    .map(([x, y]) => ({words, x, y, box: [x - half - gap, x + half + gap, y - high, y + gap]}));
            });
            const place = places.find(({box}) => box[0] >= 0 && box[1] <= width && box[2] >= 0 && box[3] <= height && isFree(...box));
            if (!place) continue;
            taken.push(place.box);
            this.write(place.words, place.x, place.y);
        }
        context.textAlign = "start";
    }

    /** Words with a rim, which can be read on any picture. */
    write(words, x, y) {
        const {context} = this;
        context.lineWidth = 4;
        context.lineJoin = "round";
        context.strokeStyle = colour("paper");
        context.strokeText(words, x, y);
        context.fillText(words, x, y);
        context.lineWidth = 1;
    }

    drawScale(width, height) {
        const {context} = this;
        const length = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].findLast(um => um * this.scale < 140) ?? 0.1;
        const pixels = length * this.scale, x = 14, y = height - 14;
        context.beginPath();
        context.moveTo(x, y - 5); context.lineTo(x, y); context.lineTo(x + pixels, y); context.lineTo(x + pixels, y - 5);
        for (const [name, width] of [["paper", 5], ["ink", 2]]) {
            context.strokeStyle = context.fillStyle = colour(name);
            context.lineWidth = width;
            context.stroke();
        }
        context.lineWidth = 1;
        context.font = "13px sans-serif";
        this.write(`${length} µm`, x + 4, y - 8);
    }

    // MARK: colours

    colourOf(i) {
        const {exposures} = this.data;
        const values = this.values;
        if (!values) {
            if (this.colouring === "position") {
                return exposures.position[i] === null ? this.dim : groupColours[exposures.position[i] % groupColours.length];
            }
            if (!this.isOver[i]) return this.dim;
            const row = this.data.foundRow[i];
            return this.colouring === "cause" && row >= 0 ? causeOf(this.data, row).colour : this.bad;
        }
        // In 32 steps: exposures of one colour are drawn together.
        const part = (values[i] - this.range[0]) / (this.range[1] - this.range[0] || 1);
        return Number.isNaN(part) ? this.dim : scaleColour(Math.round(Math.min(1, Math.max(0, part)) * 31) / 31);
    }

    /** @returns what the colours mean, as pairs of a colour and words */
    colourBy(colouring) {
        this.colouring = colouring;
        this.bad = colour("bad");
        this.dim = colour("dim");
        const kinds = {before: ["e⁻/Å² before", 1], defocus: ["µm defocus", 2], dose: ["e⁻/Å²", 1], time: ["h", 1]};
        const columns = {before: "before", defocus: "defocus", dose: "dose", time: "time"};
        this.values = columns[colouring] ? this.data.exposures[columns[colouring]] : null;
        this.redraw();
        if (!this.values) {
            if (colouring === "cause") {
                return [...overexposedKinds(this.data, this.isOver).map(kind => [kind.colour, `${kind.words}: ${kind.members.length}`]),
                    [this.dim, "not overexposed"]];
            }
            return colouring === "overexposed" ? [[this.bad, "overexposed"], [this.dim, "others"]]
                : [[groupColours[0], "one colour for each position of the beam around its stage stop (they repeat)"],
                    [this.dim, "without a position"]];
        }
        const known = this.values.filter(value => !Number.isNaN(value)).sort();
        if (!known.length) return [[this.dim, "not known"]];
        // A few outliers must not take all colours.
        this.range = colouring === "before" ? [0, Math.max(1e-6, known.at(-1))]
            : [known[Math.floor(known.length * 0.005)], known[Math.ceil(known.length * 0.995) - 1]];
        const [unit, decimals] = kinds[colouring], per = colouring === "time" ? 3600 : 1;
        const scale = [0, 0.5, 1].map(part => [scaleColour(part),
            `${decimal((this.range[0] + part * (this.range[1] - this.range[0])) / per, decimals)} ${unit}`]);
        return known.length < this.values.length ? [...scale, [this.dim, "not known"]] : scale;
    }
}
