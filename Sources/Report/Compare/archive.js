"use strict";

// The table of sessions: sorted by the button in a column's head, and filtered by words.
document.documentElement.classList.add("js");

const table = document.getElementById("table");
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];

// What a cell sorts by: its number where it has one, else its text; undefined where it is empty.
function key(row, column) {
    const cell = row.cells[column];
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.textContent.trim() || undefined;
}

function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
}

// Rows without a value stay last in either direction, and equal ones keep their order.
function sort(column, descending) {
    const rows = [...body.rows].map((row) => ({ row, key: key(row, column) }));
    rows.sort((a, b) => {
        if (a.key === undefined || b.key === undefined) return (a.key === undefined) - (b.key === undefined);
        return descending ? compare(b.key, a.key) : compare(a.key, b.key);
    });
    body.append(...rows.map((entry) => entry.row));
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", descending ? "descending" : "ascending");
}

heads.forEach((head, column) => {
    const isNumber = [...body.rows].some((row) => row.cells[column].dataset.value !== undefined);
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    // Of numbers the greatest is what one looks for first.
    button.addEventListener("click", () => {
        const order = head.getAttribute("aria-sort");
        sort(column, order ? order === "ascending" : isNumber);
    });
    head.append(button);
});

const filter = document.getElementById("filter");
const shown = document.getElementById("shown");

function applyFilter() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of body.rows) {
        const text = [...row.cells].map((cell) => cell.textContent).join("\n").toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) count += 1;
    }
    shown.textContent = words.length ? `${count} of ${body.rows.length}` : "";
}

filter.addEventListener("input", applyFilter);
// A chart's point leads to its row, which must be in sight.
addEventListener("hashchange", () => {
    if (document.querySelector("tr:target")?.hidden) {
        filter.value = "";
        applyFilter();
        document.querySelector("tr:target").scrollIntoView();
    }
});
applyFilter();
