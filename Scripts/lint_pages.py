#!/usr/bin/env python3
"""Checks the scripts of the pages with oxlint: lint_pages.py OXLINT

A browser runs all scripts of a page in one space of names. So they are checked as the page has them, one after the other in
the order of the Swift files that name them: a function that none of a page's scripts has is found, as is one that none uses.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

REPORT = Path(__file__).resolve().parent.parent / "Sources/Report"
COMMON = ("Page", "Page/PageParts.swift")
PAGES = {
    "session": ("SessionPage", "SessionPage/SessionPageParts.swift"),
    "archive": ("Compare", "Compare/ArchivePage.swift"),
}


def scripts(folder, swift):
    """The scripts that a Swift file names, in its order."""
    names = re.findall(r"PackageResources\.(\w+)_js\b", (REPORT / swift).read_text())
    return [REPORT / folder / f"{name}.js" for name in names]


def unlinted():
    """Scripts that no page has."""
    listed = {script for page in [COMMON, *PAGES.values()] for script in scripts(*page)}
    return sorted(set(REPORT.rglob("*.js")) - listed)


def lint(oxlint, page, folder):
    """Returns what is wrong with a page, a line for each."""
    lines, places = [], []
    for script in scripts(*COMMON) + scripts(*PAGES[page]):
        for number, line in enumerate(script.read_text().splitlines(), 1):
            # Once is enough for the page: the second is a statement without effect.
            lines.append("" if lines and line == '"use strict";' else line)
            places.append(f"{script.relative_to(REPORT.parent.parent)}:{number}")
    joined = Path(folder) / f"{page}.js"
    joined.write_text("\n".join(lines) + "\n")
    config = Path(__file__).with_name("lint_pages.json")
    result = subprocess.run(
        [oxlint, "-c", config, "-f", "unix", joined], capture_output=True, text=True)
    found, other = [], []
    for line in result.stdout.splitlines():
        match = re.match(r".*?\.js:(\d+):(\d+: .*)", line)
        if match:
            found.append(f"{places[int(match[1]) - 1]}:{match[2]}")
        elif line.strip() and not re.fullmatch(r"\d+ problems?", line):
            other.append(line)
    return found if result.returncode == 0 or found else other + [result.stderr or f"{oxlint} failed."]


def main():
    with tempfile.TemporaryDirectory() as folder:
        found = [line for page in PAGES for line in lint(sys.argv[1], page, folder)]
    found += [f"{script.relative_to(REPORT.parent.parent)}: no page has this script" for script in unlinted()]
    for line in dict.fromkeys(found):
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
