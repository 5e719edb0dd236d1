"use strict";

// A table of any length: only the rows that can be seen are in the document, so that 50,000 scroll like 50.

class RowTable {
    /**
     * @param {HTMLElement} box  scrolls; it takes the table
     * @param columns  each with `title`, `text(row)` and, where it sorts by something else, `value(row)`. `isNumber` aligns it to
     *     the right, and has the greatest first when its head is pressed, as `isGreatestFirst` does alone; `style` is the class of
     *     its cells, `width` the letters that its longest text has. `cell(row)` makes what it shows of something other than text,
     *     and `isHead` makes that the head of its row. In CSV it is called `name`, and has `csv(row)` where that is not the text
     */
    constructor(box, columns, caption) {
        Object.assign(this, {box, columns, rows: [], sorted: null, sought: null, made: new Map(), limit: Infinity});
        this.heads = columns.map(column => this.head(column));
        this.above = element("tr", {"aria-hidden": "true", class: "gap"}, element("td", {colspan: columns.length}));
        this.below = this.above.cloneNode(true);
        this.body = element("tbody", {}, this.above, this.below);
        this.table = element("table", {"aria-label": caption},
            element("thead", {}, element("tr", {"aria-rowindex": 1}, ...this.heads)), this.body);
        box.replaceChildren(this.table);
        box.addEventListener("scroll", () => this.draw());
        new ResizeObserver(() => this.draw()).observe(box);
    }

    head(column) {
        const head = element("th", {scope: "col", class: column.isNumber ? "number" : ""});
        // As rows come and go while the table is scrolled, its columns would else change their widths.
        if (column.width) head.style.minWidth = `${column.width}ch`;
        if (column.head) head.append(column.head);
        if (!column.title) return head;
        const button = element("button", {type: "button"}, column.title);
        button.addEventListener("click", () => {
            // Of numbers the greatest is what one looks for first.
            const isDescending = this.sorted?.column === column ? !this.sorted.isDescending
                : !!(column.isGreatestFirst ?? column.isNumber);
            this.sorted = {column, isDescending};
            this.show(this.rows);
        });
        head.append(button);
        return head;
    }

    /** @param rows  numbers of exposures; they stay in this order until a column's head is pressed */
    show(rows) {
        this.rows = rows;
        this.ordered = this.inOrder(rows);
        this.columns.forEach((column, i) => {
            if (this.sorted?.column !== column) return this.heads[i].removeAttribute("aria-sort");
            this.heads[i].setAttribute("aria-sort", this.sorted.isDescending ? "descending" : "ascending");
        });
        this.table.setAttribute("aria-rowcount", rows.length + 1);
        this.refresh();
    }

    /** Equal rows keep their order, and those without a value are last in either direction. */
    inOrder(rows) {
        if (!this.sorted) return rows;
        const {column, isDescending} = this.sorted, value = column.value ?? column.text, sign = isDescending ? -1 : 1;
        const keys = new Map(rows.map(row => [row, value(row)]));
        const isNone = key => key === null || key === undefined || key === "" || Number.isNaN(key);
        return rows.slice().sort((a, b) => {
            const [p, q] = [keys.get(a), keys.get(b)];
            if (isNone(p) || isNone(q)) return isNone(p) - isNone(q);
            return sign * (typeof p === "number" ? p - q : p < q ? -1 : p > q ? 1 : 0);
        });
    }

    /** Makes the rows again, as what they show has changed. */
    refresh() {
        const focused = this.focusedCell();
        for (const row of this.made.values()) row.remove();
        this.made.clear();
        this.draw();
        if (focused) this.made.get(focused.place)?.cells[focused.cell]?.querySelector("input, a, button")?.focus();
    }

    focusedCell() {
        const cell = document.activeElement?.closest?.("td, tbody th");
        if (!cell || !this.body.contains(cell)) return null;
        const [place] = [...this.made].find(([, row]) => row === cell.parentElement) ?? [];
        return place === undefined ? null : {place, cell: cell.cellIndex};
    }

    draw() {
        const height = this.height ?? 30, count = Math.min(this.ordered?.length ?? 0, this.limit), margin = 12;
        // On paper there is nothing to scroll.
        const isWhole = this.limit < Infinity;
        const from = isWhole ? 0 : Math.max(0, Math.min(count, Math.floor(this.box.scrollTop / height)) - margin);
        const to = isWhole ? count : Math.min(count, from + Math.ceil(this.box.clientHeight / height) + 2 * margin);
        for (const [place, row] of this.made) {
            if (place >= from && place < to) continue;
            row.remove();
            this.made.delete(place);
        }
        let last = this.above;
        for (let place = from; place < to; place++) {
            let row = this.made.get(place);
            if (!row) this.made.set(place, row = this.row(this.ordered[place], place));
            // Rows that are there already stay where they are: they may have the focus.
            if (row.previousSibling !== last) last.after(row);
            last = row;
        }
        this.above.firstChild.style.height = `${from * height}px`;
        this.below.firstChild.style.height = `${(count - to) * height}px`;
        this.above.hidden = from === 0;
        this.below.hidden = to === count;
        // All rows are as high as the first.
        const measured = this.made.get(from)?.getBoundingClientRect().height;
        if (!isWhole && measured && !this.height) { this.height = measured; this.draw(); }
    }

    row(number, place) {
        const isSought = number === this.sought && {class: "sought"};
        return element("tr", {"aria-rowindex": place + 2, ...isSought}, ...this.columns.map(column => {
            const kind = column.isNumber ? "number" : column.style ?? "";
            const cell = column.isHead ? element("th", {scope: "row"}) : element("td", {class: kind});
            const shown = column.cell ? column.cell(number) : column.text(number);
            cell.append(shown ?? "");
            return cell;
        }));
    }

    /** Scrolls to a row and marks it. */
    reveal(number) {
        const place = this.ordered.indexOf(number);
        this.sought = number;
        // It is not the first that is seen: that one lies below the heads.
        this.box.scrollTop = Math.max(0, place - 2) * (this.height ?? 30);
        this.refresh();
        this.box.scrollIntoView({block: "nearest"});
        this.made.get(place)?.querySelector("a, button")?.focus();
    }

    /**
     * On paper there is no scrolling: the first rows stand there.
     * @returns how many more there are
     */
    print(isPrinting) {
        const most = 200;
        this.limit = isPrinting ? most : Infinity;
        this.refresh();
        return isPrinting ? Math.max(0, this.rows.length - most) : 0;
    }

    /** The rows that are shown, in their order. */
    csv() {
        const columns = this.columns.filter(column => column.name);
        const quoted = value => /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
        const cell = (column, row) => quoted(String((column.csv ?? column.text)(row) ?? ""));
        const lines = this.ordered.map(row => columns.map(column => cell(column, row)).join(","));
        return [columns.map(column => column.name).join(","), ...lines, ""].join("\n");
    }
}
