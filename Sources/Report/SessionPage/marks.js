"use strict";

// What a person says of micrographs: what the archive has, and what was marked on this page and is to be saved.

class Marks {
    constructor(data) {
        this.data = data;
        // By exposure: {verdict, reason}; the verdict `clear` takes back what the archive has.
        this.made = new Map();
        this.reasons = new Map(data.reviews.exposure.map((exposure, i) => [exposure, data.reviews.reason[i]]));
        this.isSaved = true;
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

/** Text as it can stand in a line of a file. */
function oneLine(text) { return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim(); }

/** Has the browser save a file. */
function saveFile(name, text) {
    const url = URL.createObjectURL(new Blob([text], {type: "text/plain"}));
    element("a", {href: url, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
}
