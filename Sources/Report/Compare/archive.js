"use strict";

// The table of all sessions: its filters, and what is saved of it.

class SessionsTable {
    constructor(data) {
        this.data = data;
        const place = id => document.getElementById(id);
        Object.assign(this, {filterBox: place("filter"), status: place("status"), shown: place("shown"), more: place("more")});
        this.all = Array.from(data.kinds, (_, row) => row);
        this.table = new RowTable(place("rows"), data.columns.map(column => this.column(column)), "Sessions");
        this.table.sorted = {column: this.table.columns.find(({name}) => name === data.sortedBy), isDescending: true};
        for (const [kind, words] of Object.entries(data.kindTexts)) {
            const count = data.kinds.filter(other => other === kind).length;
            if (count) this.status.append(element("option", {value: kind}, `${words} (${count})`));
        }
        this.filterBox.addEventListener("input", () => this.filter());
        this.status.addEventListener("change", () => this.filter());
        place("save-csv").addEventListener("click", () => saveFile("sessions.csv", this.table.csv()));
        addEventListener("beforeprint", () => this.print(true));
        addEventListener("afterprint", () => this.print(false));
        this.filter();
    }

    /** A column of the table, as the page's data have it. */
    column({title, name, style, texts, values}) {
        const text = row => texts[row] ?? "", isNumber = style === "number";
        // A head has at most two lines.
        const longest = Math.min(30, texts.reduce((most, text) => Math.max(most, text?.length ?? 0), Math.ceil(title.length / 2) + 2));
        const made = {title, name, style, text, isNumber, isGreatestFirst: !!values, width: longest};
        if (values) made.value = row => values[row];
        if (isNumber) made.csv = row => values?.[row] ?? "";
        // What is too long for its column is read under the pointer, and in the CSV file.
        if (style === "words") made.cell = row => texts[row] ? element("span", {title: texts[row]}, texts[row]) : "";
        const more = {
            session: {isHead: true, cell: row => this.name(row, text(row)), value: row => inOrderOfNumbers(text(row))},
            status: {width: 12, cell: row => element("span", {class: `chip ${this.data.kinds[row]}`}, text(row))},
            overexposed_percent: {width: longest + 8, cell: row => this.share(text(row), values?.[row])},
        };
        return Object.assign(made, more[name]);
    }

    name(row, text) {
        const link = this.data.links[row];
        return link === null ? text : element("a", {href: link}, text);
    }

    /** A number behind a bar as long as it is great. */
    share(text, value) {
        const bar = element("span", {class: "share"}, text);
        bar.style.setProperty("--part", `${Math.min(100, 100 * (value ?? 0) / this.data.fullBarPercent)}%`);
        return bar;
    }

    filter() {
        const words = this.filterBox.value.toLowerCase().split(/\s+/).filter(Boolean), kind = this.status.value;
        // A name or a word is one of its row's texts or a part of one.
        this.words ??= this.all.map(row => this.data.columns.map(({texts}) => texts[row] ?? "").join("\n").toLowerCase());
        const rows = this.all.filter(row => (!kind || this.data.kinds[row] === kind)
            && words.every(word => this.words[row].includes(word)));
        this.table.box.scrollTop = 0;
        this.table.show(rows);
        this.shown.textContent = rows.length < this.all.length ? `${rows.length} of ${this.all.length}` : `${rows.length}`;
    }

    /** Leads to a session: to its page, else to its row. */
    open(row) {
        if (this.data.links[row] !== null) return location.assign(this.data.links[row]);
        if (!this.table.ordered.includes(row)) {
            this.filterBox.value = this.status.value = "";
            this.filter();
        }
        this.table.reveal(row);
    }

    print(isPrinting) {
        const more = this.table.print(isPrinting);
        this.more.textContent = more ? `${more} more are in the CSV file.` : "";
    }
}

/** Such that s2 comes before s10. */
function inOrderOfNumbers(name) { return name.toLowerCase().replace(/\d+/g, digits => digits.padStart(12, "0")); }

async function start() {
    document.documentElement.classList.add("js");
    const data = await readPage(), table = new SessionsTable(data);
    drawTrends(data, row => table.open(row));
    document.documentElement.dataset.ready = "yes";
}

start().catch(error => tellFailure(error, "the table and the charts"));
