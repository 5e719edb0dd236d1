"""The plots in a real browser, which says where each text of an SVG lies."""

import pytest
from conftest import MORADO
from pages import browser, chromium  # noqa: F401

# Cairo writes a text as a group of glyphs, and what is in the plot's frame as rectangles and paths.
BOXES = """
    const box = part => { const {left, right, top, bottom} = part.getBoundingClientRect(); return [left, right, top, bottom]; };
    const svg = document.documentElement, texts = [], drawn = [];
    for (const group of svg.querySelectorAll("g")) {
        const glyphs = [...group.children].filter(part => part.tagName === "use");
        if (!glyphs.length) continue;
        const inks = glyphs.map(box).filter(([left, right]) => right > left);
        if (!inks.length) continue;
        const side = (i, pick) => pick(...inks.map(ink => ink[i]));
        texts.push([side(0, Math.min), side(1, Math.max), side(2, Math.min), side(3, Math.max)]);
    }
    // Bars, triangles and points are filled; axes, letters' rims and the dots of legends are strokes.
    for (const part of svg.querySelectorAll("#surface path, #surface rect")) {
        const [left, right, top, bottom] = box(part);
        const isPaper = right - left >= svg.getBoundingClientRect().width;
        if (part.getAttribute("style").includes("fill:rgb") && !isPaper && right > left) drawn.push([left, right, top, bottom]);
    }
    return [texts, drawn, svg.getBoundingClientRect().width, svg.getBoundingClientRect().height];"""


@pytest.fixture(scope="module")
def plots(tools, tmp_path_factory):
    """The plots of sessions with every fault and none, with few exposures and many, of one grid square and of many, and of real ones."""
    folder = tmp_path_factory.mktemp("plots")
    for name, *options in [
            ("faults", "--exposures", 900, "--unmoved-stage", 1, "--wrong-centre", 1, "--repeated-hole", 2, "--partial-overlap", 2),
            ("few", "--exposures", 20, "--repeated-hole", 1),
            ("many", "--exposures", 30000, "--unmoved-stage", 3, "--wrong-centre", 3, "--repeated-hole", 30, "--partial-overlap", 20),
            ("clean", "--exposures", 300)]:
        tools("epu-simulate", folder / "s" / name, "--no-images", "--seed", 6, *options)
    tools("epu-ingest", folder / "s", MORADO, MORADO.parent / "glacios", MORADO.parent / "emharvest", "--db", folder / "a.db")
    tools("epu-analyze", "--db", folder / "a.db")
    tools("epu-report", "plots", "--db", folder / "a.db", "--out", folder / "plots", "--format", "svg")
    return folder / "plots"


def meet(a, b):
    """Whether two boxes come closer to each other than a hair."""
    hair = 1.5
    return a[0] - hair < b[1] and b[0] - hair < a[1] and a[2] - hair < b[3] and b[2] - hair < a[3]


@pytest.mark.parametrize("name", ["beam-shifts", "stage", "residuals", "overlaps", "map", "nearest-distances", "timeline",
                                  "calibration-history"])
def test_no_two_texts_touch(plots, browser, name):
    files = sorted(plots.rglob(f"{name}*.svg"))
    assert len(files) >= (1 if name == "calibration-history" else 4)
    bars = 0
    for file in files:
        browser.get(file.as_uri())
        texts, drawn, width, height = browser.execute_script(BOXES)
        assert len(texts) > 6
        for i, text in enumerate(texts):
            assert text[0] >= 0 and text[1] <= width and text[2] >= 0 and text[3] <= height, (file, text)
            touching = [other for other in texts[:i] if meet(text, other)]
            assert not touching, (file.relative_to(plots), text, touching)
        if name in ["nearest-distances", "timeline", "calibration-history"]:
            # Nothing is written on bars and points.
            bars += len(drawn)
            assert not [(text, part) for text in texts for part in drawn if meet(text, part)], file.relative_to(plots)
    assert bars or name not in ["nearest-distances", "timeline", "calibration-history"]
