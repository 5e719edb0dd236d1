#!/usr/bin/env python3
"""Prints Documentation/archive.md: every table and view of schema.sql, with its columns, their units and what they mean.

A test compares; it writes the page with EPU_WRITE_SNAPSHOTS=1 swift test --filter ArchiveDocumentTests.
"""

import re

import archive_schema

HEAD = """# What is in the archive: tables, views, columns

This page is made from the comments of [schema.sql](../schema.sql) by `Scripts/archive_page.py`: change it there. With examples, and
in what order to look: [questions.md](questions.md).

- Lengths are micrometres (um) unless the name says something else. NULL means "not recorded" or "not known", never 0.
- Times are UTC text that sorts, `YYYY-MM-DDThh:mm:ss.fffffffZ`; `utc_offset_minutes` gives the microscope's own clock.
- EPU's numbers (`grid_square`, `foil_hole`, `area`) are unique within a session, so they are keys together with `session_id`.
- Yes and no are 1 and 0.
- A column without a comment has what its name says. A view shows columns of tables; what is computed has a comment of its own.

The views come first: they are made for people, and scripts may rest on them."""


def plain(text: str) -> str:
    """Text that Markdown shows as it is, also in a cell."""
    return re.sub(r"([\\<|*])", r"\\\1", text)


def sections() -> dict[str, str]:
    """The heading of schema.sql under which each table or view stands."""
    found, heading = {}, ""
    for line in archive_schema.SCHEMA.read_text(encoding="utf-8").splitlines():
        if title := re.match(r"-{10,} (.*)", line):
            heading = title[1]
        elif created := re.match(r"CREATE (?:TABLE|VIEW|VIRTUAL TABLE) (\w+)", line):
            found[created[1]] = heading
    return found


def described(table: archive_schema.Table) -> list[str]:
    """A table with its columns."""
    lines = ["", f"### {table.name}", ""]
    if table.description:
        lines += [plain(table.description), ""]
    if not table.columns:
        return lines[:-1]
    lines += ["| column | unit | meaning |", "|---|---|---|"]
    for column in table.columns.values():
        comment = "" if column.comment == column.unit else column.comment
        cells = [f"`{column.name}`", plain(column.unit or ""), plain(comment)]
        lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")
    return lines


def page() -> str:
    """The whole page."""
    tables, heading_of = archive_schema.tables(), sections()
    headings = list(dict.fromkeys(heading_of[name] for name in tables))
    headings.sort(key=lambda heading: not heading.startswith("views"))
    lines = [HEAD]
    for heading in headings:
        names = [name for name in tables if heading_of[name] == heading]
        lines += ["", f"- **{heading}**: " + ", ".join(f"[{name}](#{name})" for name in names)]
    for heading in headings:
        lines += ["", f"## {heading[0].upper()}{heading[1:]}"]
        for name, table in tables.items():
            if heading_of[name] == heading:
                lines += described(table)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


if __name__ == "__main__":
    print(page(), end="")
