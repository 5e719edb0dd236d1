"use strict";

// The order of the incidents, and their pictures large, one in front of the other: what is the same in both stays, what differs
// flickers.

/** The page has the incidents by cost, the cheapest folded away. By time all are shown: the day is read from its beginning. */
class IncidentOrder {
    constructor() {
        this.choice = document.getElementById("incident-order");
        if (!this.choice) return;
        this.list = document.getElementById("incident-list");
        this.folded = document.getElementById("more-incidents");
        this.byCost = [...document.querySelectorAll("article.incident")];
        this.open = this.list.children.length;
        this.choice.addEventListener("change", () => this.apply());
        this.folded?.addEventListener("toggle", () => drawOutlines());
    }

    apply() {
        const isByTime = this.choice.value === "time", number = article => Number(article.id.split("-")[1]);
        if (isByTime) this.list.append(...this.byCost.slice().sort((a, b) => number(a) - number(b)));
        else this.list.append(...this.byCost.slice(0, this.open));
        if (!this.folded) return drawOutlines();
        if (!isByTime) this.folded.append(...this.byCost.slice(this.open));
        this.folded.hidden = isByTime;
        drawOutlines();
    }
}

class Viewer {
    constructor() {
        this.pairs = [...document.querySelectorAll(".pair")].filter(pair => pair.querySelector("img"));
        this.images = ["earlier", "later"].map(which => element("img", {alt: "", class: which}));
        this.stack = element("div", {class: "stack"}, ...this.images);
        this.hole = element("div", {class: "hole"});
        this.caption = element("p", {"aria-live": "polite"});
        this.heading = element("h3");
        this.flicker = this.button("Flicker", "Space", () => this.setFlicker(!this.timer));
        this.flicker.autofocus = true;
        this.swap = this.button("Earlier / later", "X", () => this.show(1 - this.shown));
        const close = this.button("Close", "Esc", () => this.dialog.close());
        this.outlines = this.button("Outlines", "O", () => this.setOutlines(!this.hasOutlines));
        const bar = element("div", {class: "bar"}, this.button("Previous", "←", () => this.step(-1)),
            this.button("Next", "→", () => this.step(1)), this.swap, this.flicker, this.outlines, close);
        // Marks of the exposure that is shown, as soon as the page's data are there.
        this.marking = element("div");
        this.dialog = element("dialog", {class: "viewer", "aria-label": "Pictures of an incident"}, this.heading,
            this.stack, bar, this.caption, this.marking, this.hole);
        this.setOutlines(true);
        document.body.append(this.dialog);
        this.dialog.addEventListener("close", () => { this.setFlicker(false); this.opener?.focus(); });
        this.dialog.addEventListener("keydown", event => this.key(event));
        this.pairs.forEach((pair, index) => {
            this.figures(pair).forEach((figure, which) => figure.querySelector("button")?.addEventListener("click", event => {
                this.opener = event.currentTarget;
                this.open(index, which);
            }));
        });
    }

    /** The two figures of a pair, the earlier one first. */
    figures(pair) { return [...pair.querySelectorAll("figure:not(.hole)")]; }

    button(words, key, action) {
        const made = element("button", {type: "button", title: `${words} (${key})`}, words);
        made.addEventListener("click", action);
        return made;
    }

    key(event) {
        if (event.target.closest("input")) return;
        const actions = {ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1),
            o: () => this.setOutlines(!this.hasOutlines)};
        if (!this.swap.disabled) {
            actions.x = () => this.show(1 - this.shown);
            // On a button it presses the button.
            if (!event.target.closest("button")) actions[" "] = () => this.setFlicker(!this.timer);
        }
        if (!actions[event.key]) return;
        event.preventDefault();
        actions[event.key]();
    }

    /** @param which  0 shows the earlier picture, 1 the later */
    open(index, which = 1) {
        this.index = index;
        const pair = this.pairs[index];
        this.heading.textContent = pair.dataset.title;
        // Null where there is no picture.
        this.sources = this.figures(pair).map(figure => figure.querySelector("img"));
        this.images.forEach((image, place) => {
            const small = this.sources[place];
            image.onerror = null;
            image.removeAttribute("src");
            if (!small) return;
            // The larger one lies beside the page; where the page was sent alone, the small one does.
            image.onerror = () => { image.onerror = null; image.src = small.src; };
            image.src = small.dataset.large || small.src;
        });
        this.swap.disabled = this.flicker.disabled = !this.sources.every(Boolean);
        drawOutlines(pair);
        for (const outline of this.stack.querySelectorAll("svg")) outline.remove();
        this.drawn = this.figures(pair).map(figure => figure.querySelector(".overlay")?.cloneNode(true));
        this.stack.append(...this.drawn.filter(Boolean));
        this.outlines.disabled = !this.drawn.some(Boolean);
        this.hole.replaceChildren(...[...pair.querySelectorAll(".hole")].map(figure => figure.cloneNode(true)));
        this.show(this.sources[which] ? which : 1 - which);
        if (!this.dialog.open) this.dialog.showModal();
    }

    show(which) {
        this.shown = which;
        this.images.forEach((image, i) => image.classList.toggle("hidden", i !== which));
        this.drawn.forEach((outline, i) => outline?.classList.toggle("hidden", i !== which));
        this.caption.textContent = this.sources[which].alt;
        // While it flickers there is no time to press a button of one.
        const exposure = this.timer ? -1 : this.marks?.find(this.sources[which].closest("figure").dataset.exposure) ?? -1;
        this.marking.replaceChildren(...exposure < 0 ? [] : [this.marks.buttons(exposure)]);
    }

    setOutlines(isOn) {
        this.hasOutlines = isOn;
        this.stack.classList.toggle("plain", !isOn);
        this.outlines.setAttribute("aria-pressed", String(isOn));
    }

    step(by) {
        this.setFlicker(false);
        this.open((this.index + by + this.pairs.length) % this.pairs.length);
    }

    /** Twice a second: slower than what could harm. */
    setFlicker(isOn) {
        clearInterval(this.timer);
        this.timer = isOn ? setInterval(() => this.show(1 - this.shown), 500) : undefined;
        if (this.dialog.open) this.show(this.shown);
        this.flicker.setAttribute("aria-pressed", String(isOn));
        this.caption.setAttribute("aria-live", isOn ? "off" : "polite");
    }
}

/** The picture of an exposure: that of an incident, else the JPG itself where the session's folder can be reached. */
class ExposurePictures {
    constructor(data) {
        this.data = data;
        this.figures = new Map([...document.querySelectorAll("figure[data-exposure]")].map(
            figure => [figure.dataset.exposure, figure]));
    }

    /** @returns an element, or none */
    of(i) {
        const {name, folder} = this.data.exposures, figure = this.figures.get(name[i]);
        if (figure) {
            drawOutlines(figure);
            const button = element("button", {type: "button", class: "picture", title: "Show it larger"},
                ...[...figure.querySelector("button").children].map(part => part.cloneNode(true)));
            button.addEventListener("click", () => figure.querySelector("button").click());
            return [button];
        }
        if (folder[i] === null) return [];
        const path = this.data.folders[folder[i]] + "/" + name[i] + ".jpg";
        const image = element("img", {alt: `Picture of ${name[i]}`, class: "picture",
            src: "file://" + path.split("/").map(encodeURIComponent).join("/")});
        image.addEventListener("error", () => image.remove());
        return [image];
    }
}
