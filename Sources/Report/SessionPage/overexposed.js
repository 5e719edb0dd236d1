"use strict";

// The table of the overexposed micrographs, as the analysis or the slider's radius has them, with what can be saved of it.

class OverexposedTable {
    /** @param map  shows an exposure; @param place  finds an element by its id */
    constructor(data, marks, map, place) {
        Object.assign(this, {data, marks, map, place, chosen: new Set(), isOver: [], shown: []});
        this.all = element("input", {type: "checkbox", "aria-label": "Choose all that are shown"});
        this.all.addEventListener("change", () => this.choose(this.shown, this.all.checked));
        this.table = new RowTable(place("over-rows"), this.columns(), "Overexposed micrographs");
        for (const id of ["over-cause", "over-incident"]) place(id).addEventListener("change", () => this.filter());
        place("over-filter").addEventListener("input", () => this.filter());
        for (const number of [...new Set(data.found.incident)].filter(Boolean).sort((a, b) => a - b)) {
            place("over-incident").append(element("option", {value: number}, `incident ${number}`));
        }
        for (const code of new Set(data.found.cause)) {
            place("over-cause").append(element("option", {value: code}, data.causes[code]?.words ?? code));
        }
        for (const button of document.querySelectorAll("[data-list-incident]")) {
            button.addEventListener("click", () => {
                place("over-filter").value = place("over-cause").value = "";
                place("over-incident").value = button.dataset.listIncident;
                this.filter();
                place("overexposed").scrollIntoView();
                place("over-rows").focus({preventScroll: true});
            });
        }
        this.connectSaving();
        this.connectMarking();
    }

    columns() {
        const {exposures, found, foundRow} = this.data, row = i => foundRow[i];
        const ofFound = (i, column) => row(i) < 0 ? null : found[column][row(i)];
        const share = i => ofFound(i, "share"), cause = i => ofFound(i, "cause");
        const number = (value, decimals) => value === null || Number.isNaN(value) ? "" : value.toFixed(decimals);
        const distance = i => row(i) < 0 ? this.nearest[i] : found.distance[row(i)];
        return [
            {head: this.all, text: () => "", cell: i => this.checkbox(i)},
            {title: "Micrograph", name: "name", text: i => exposures.name[i], cell: i => this.button(i)},
            {title: "Time", name: "time", text: i => clock(this.data, exposures.time[i]), value: i => exposures.time[i],
                cell: i => this.time(i)},
            {title: "Cause", name: "cause", text: i => cause(i) ?? "",
                cell: i => cause(i) === null ? "within the radius only"
                    : element("span", {title: causeOf(this.data, row(i)).explanation}, `${causeOf(this.data, row(i)).words} `,
                        element("small", {}, cause(i)))},
            {title: "Incident", name: "incident", text: i => String(ofFound(i, "incident") ?? ""),
                value: i => ofFound(i, "incident"), isNumber: true,
                cell: i => ofFound(i, "incident")
                    ? element("a", {href: "#incident-" + ofFound(i, "incident")}, String(ofFound(i, "incident"))) : ""},
            {title: "Distance, µm", name: "distance_um", text: i => number(distance(i), 3), value: distance, isNumber: true},
            {title: "Field hit, %", name: "field_overlap_percent", text: i => number(share(i) === null ? null : 100 * share(i), 0),
                value: share, isNumber: true},
            {title: "Dose before, e⁻/Å²", name: "pre_dose_e_per_a2", text: i => number(exposures.before[i], 1),
                value: i => exposures.before[i], isNumber: true},
            {title: "Review", name: "review", text: i => this.marks.text(i)},
            {title: "Earlier exposure", name: "overexposed_by", text: i => ofFound(i, "earlierName") ?? ""},
            {title: "Hole", name: "foil_hole", text: i => String(exposures.hole[i]), value: i => exposures.hole[i], isNumber: true},
            {title: "Square", name: "grid_square", text: i => String(exposures.square[i] ?? ""), value: i => exposures.square[i],
                isNumber: true},
        ];
    }

    /** Without the date where the session has but one. */
    time(i) {
        const {time, count} = this.data.exposures, text = clock(this.data, time[i]), [date, hours] = text.split(" ");
        const isOneDay = [0, count - 1].every(i => clock(this.data, time[i]).startsWith(date));
        return isOneDay ? element("span", {title: text}, hours) : text;
    }

    checkbox(i) {
        const box = element("input", {type: "checkbox", "aria-label": `Choose ${this.data.exposures.name[i]}`});
        box.checked = this.chosen.has(i);
        box.addEventListener("change", () => this.choose([i], box.checked));
        return box;
    }

    button(i) {
        const button = element("button", {type: "button", class: "name", title: "Show it on the map"}, this.data.exposures.name[i]);
        button.addEventListener("click", () => {
            if (Number.isNaN(this.data.exposures.x[i])) return;
            this.map.choose(i, true);
            this.map.canvas.scrollIntoView({block: "center"});
            this.map.canvas.focus({preventScroll: true});
        });
        return button;
    }

    // MARK: what is shown

    /** @param isOfSlider  whether the distance alone decides */
    update(isOver, radius, isOfSlider) {
        Object.assign(this, {isOver, isOfSlider});
        this.nearest = this.data.countNeighbours ? this.data.exposures.nearest : this.data.exposures.unplanned;
        this.place("over-basis").textContent = isOfSlider
            ? !isOver.includes(true) ? `None lies within ${radiusText(radius)} µm of an earlier exposure.`
                : `All that lie within ${radiusText(radius)} µm of an earlier exposure, as the slider says.`
            : (isOver.includes(true) ? "As the analysis found them" : "The analysis found none")
                + "; the slider below counts again within another radius, and this table and its lists follow.";
        for (const part of document.querySelectorAll(".of-rows")) part.hidden = !isOver.includes(true);
        this.rows = isOver.flatMap((isOne, i) => isOne ? [i] : []);
        for (const i of this.chosen) if (!isOver[i]) this.chosen.delete(i);
        this.filter();
    }

    filter() {
        const words = this.place("over-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
        const cause = this.place("over-cause").value, incident = this.place("over-incident").value;
        const {found, foundRow} = this.data;
        this.shown = this.rows.filter(i => (!cause || found.cause[foundRow[i]] === cause)
            && (!incident || found.incident[foundRow[i]] === Number(incident))
            && (!words.length || words.every(word => this.words(i).includes(word))));
        this.table.box.scrollTop = 0;
        this.table.show(this.shown);
        this.tell();
    }

    words(i) {
        const row = this.data.foundRow[i], cause = row < 0 ? "" : causeOf(this.data, row).words;
        return [...this.table.columns.map(column => column.text(i)), cause].join("\n").toLowerCase();
    }

    tell() {
        const count = this.shown.length, all = this.rows.length;
        this.place("over-shown").textContent = (count < all ? `${count} of ${all}` : `${all}`)
            + (this.chosen.size ? `, ${this.chosen.size} chosen` : "");
        const isChosen = this.shown.filter(i => this.chosen.has(i)).length;
        this.all.checked = count > 0 && isChosen === count;
        this.all.indeterminate = isChosen > 0 && isChosen < count;
        for (const button of document.querySelectorAll("[data-mark]")) button.disabled = !this.chosen.size;
        const {size} = this.marks.made;
        this.place("save-marks").disabled = !size;
        this.place("marks-count").textContent = size ? `${size} marked${this.marks.isSaved ? ", saved" : ", not saved"}` : "";
        this.place("marks-help").hidden = !size;
    }

    print(isPrinting) {
        const more = this.table.print(isPrinting);
        this.place("over-more").textContent = more ? `${more} more are in the CSV file.` : "";
    }

    choose(exposures, isChosen) {
        for (const i of exposures) this.chosen[isChosen ? "add" : "delete"](i);
        this.table.refresh();
        this.tell();
    }

    // MARK: what is saved

    /** Whether an exposure is bad: by a person, else by what is shown; null where it was not judged. */
    isBad(i) {
        const mark = this.marks.of(i);
        if (mark) return mark.verdict === "bad";
        if (this.isOver[i]) return true;
        return Number.isNaN(this.data.exposures.x[i]) || (!this.isOfSlider && this.data.undecided.has(i)) ? null : false;
    }

    list(isBad) {
        const {name} = this.data.exposures;
        return name.filter((_, i) => this.isBad(i) === isBad).map(name => name + "\n").join("");
    }

    connectSaving() {
        const {place, data} = this, save = (id, ending, text) =>
            place(id).addEventListener("click", () => saveFile(data.fileStart + ending, text()));
        save("save-csv", "_overexposed.csv", () => this.table.csv());
        save("save-bad", "_bad.txt", () => this.list(true));
        save("save-keep", "_keep.txt", () => this.list(false));
        place("copy-names").addEventListener("click", async () => {
            const rows = this.chosen.size ? this.table.ordered.filter(i => this.chosen.has(i)) : this.table.ordered;
            await navigator.clipboard.writeText(rows.map(i => data.exposures.name[i] + "\n").join(""));
            place("over-shown").textContent = `${rows.length} copied`;
        });
    }

    connectMarking() {
        const {place, marks} = this;
        marks.listeners.push(() => { this.table.refresh(); this.tell(); });
        for (const button of document.querySelectorAll("[data-mark]")) {
            button.addEventListener("click", () => {
                const chosen = [...this.chosen];
                this.chosen.clear();
                marks.set(chosen, button.dataset.mark, place("mark-reason").value);
            });
        }
        place("save-marks").addEventListener("click", () => {
            saveFile(this.data.fileStart + "_marks.txt", marks.file(place("marks-command").textContent));
            this.table.refresh();
            this.tell();
        });
    }
}
