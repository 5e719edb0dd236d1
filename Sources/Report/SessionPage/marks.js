"use strict";

// What a person says of micrographs: what the archive has, and what was marked on this page and is to be saved.

class Marks {
    constructor(data) {
        this.data = data;
        // By exposure: {verdict, reason}; the verdict `clear` takes back what the archive has.
        this.made = new Map();
        this.reasons = new Map(data.reviews.exposure.map((exposure, i) => [exposure, data.reviews.reason[i]]));
        this.isSaved = true;
        // Called after each change.
        this.listeners = [];
        // What was marked and not saved would be lost.
        addEventListener("beforeunload", event => { if (!this.isSaved) event.preventDefault(); });
    }

    set(exposures, verdict, reason) {
        for (const exposure of exposures) {
            const stored = this.data.exposures.review[exposure];
            if (verdict === "clear" && !stored) this.made.delete(exposure);
            else this.made.set(exposure, {verdict, reason: verdict === "clear" ? "" : oneLine(reason)});
        }
        this.isSaved = this.made.size === 0;
        for (const listener of this.listeners) listener();
    }

    /** The number of an exposure by its name; -1 if the session has none of this name. */
    find(name) { return this.data.exposures.name.indexOf(name); }

    /** Buttons that mark one exposure, wherever it is shown. */
    buttons(exposure) {
        const reason = element("input", {"aria-label": "Reason", placeholder: "because ..."});
        const said = element("output");
        // Where they are saved; a dialog hides that place.
        const saving = element("a", {href: "#overexposed"}, "Save marks");
        const tell = () => { said.textContent = this.text(exposure); saving.hidden = this.isSaved; };
        tell();
        const buttons = [["keep", "Keep"], ["bad", "Bad"], ["clear", "Take back"]].map(([verdict, words]) => {
            const button = element("button", {type: "button", "data-verdict": verdict}, words);
            button.addEventListener("click", () => {
                this.set([exposure], verdict, reason.value);
                tell();
            });
            return button;
        });
        return element("div", {class: "bar on-screen", role: "group", "aria-label": `Mark ${this.data.exposures.name[exposure]}`},
            "Mark it", reason, ...buttons, said, saving);
    }

    /** What a person says of an exposure: {verdict, reason}; null for nothing. */
    of(exposure) {
        const made = this.made.get(exposure);
        if (made) return made.verdict === "clear" ? null : made;
        const verdict = this.data.exposures.review[exposure];
        return verdict ? {verdict, reason: this.reasons.get(exposure) ?? ""} : null;
    }

    text(exposure) {
        const mark = this.of(exposure), isNew = this.made.has(exposure);
        if (!mark) return isNew ? "taken back (not saved)" : "";
        return mark.verdict + (mark.reason ? `: ${mark.reason}` : "") + (isNew && !this.isSaved ? " (not saved)" : "");
    }

    /** The marks of this page as `epu-analyze review --from` reads them: name, verdict and reason, parted by tabs. */
    file(command) {
        const lines = [...this.made].sort((a, b) => a[0] - b[0]).map(([exposure, {verdict, reason}]) =>
            [this.data.exposures.name[exposure], verdict, reason].filter(Boolean).join("\t"));
        this.isSaved = true;
        return [`# To store these marks: ${oneLine(command)}`, ...lines, ""].join("\n");
    }
}
