"""The HTML pages in a real browser: headless Chromium opens them from disk."""

import base64
import csv
import json
import pathlib
import re
import shlex
import shutil
import sqlite3
import time

import PIL.Image
import pytest
from conftest import MORADO
from pages import HOSTILE, browser, chromium, network, saved, settle, show, sql  # noqa: F401
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait


@pytest.fixture(scope="module")
def session(tools, tmp_path_factory):
    """A simulated session with every fault, its archive and its report."""
    folder = tmp_path_factory.mktemp("pages")
    tools("epu-simulate", folder / "session", "--exposures", 900, "--unmoved-stage", 1, "--wrong-centre", 1,
          "--repeated-hole", 2, "--partial-overlap", 2, "--seed", 5)
    archive = folder / "archive.db"
    tools("epu-ingest", folder / "session", "--db", archive)
    tools("epu-analyze", "--db", archive)
    tools("epu-report", "html", "--db", archive, "--out", folder / "report")
    return folder


def colours(browser, canvas):
    """How often each colour occurs in a canvas."""
    return browser.execute_script("""
        const canvas = document.getElementById(arguments[0]), counts = {};
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4) {
            const name = [data[i], data[i + 1], data[i + 2]].join();
            counts[name] = (counts[name] ?? 0) + 1;
        }
        return counts;""", canvas)


def count(browser):
    return int(browser.find_element(By.ID, "count").text.split()[0])


def test_map_has_drawn(session, browser):
    show(browser, session / "report/session/report.html")
    settle(browser)
    found = colours(browser, "map")
    assert found.get("213,94,0", 0) > 100, "exposures where the stage did not move"
    assert found.get("169,177,189", 0) > 1000, "the others"
    assert len(colours(browser, "beam-shifts")) > 5
    for chart in ["timeline", "distances", "doses", "defoci", "before"]:
        assert browser.find_elements(By.CSS_SELECTOR, f"#{chart} svg rect"), chart


def test_verdict_and_incidents_are_those_of_the_archive(session, browser):
    show(browser, session / "report/session/report.html")
    [(overexposed, incidents)] = sql(session, "SELECT overexposed, incidents FROM analyses")
    verdict = browser.find_element(By.CSS_SELECTOR, ".verdict")
    assert verdict.text.startswith(f"{overexposed} of 900 micrographs ({overexposed / 9:.1f} %) should be dropped")
    # The costliest incident, with its cause in plain words, and a link that leads to it.
    [(number, cost, cause, at)] = sql(session, """
        SELECT incident, micrographs, cause, started_at FROM incidents ORDER BY micrographs DESC, incident LIMIT 1""")
    assert (cause, f"{cost} were lost at ") == ("unmoved-stage", re.search(r"\d+ were lost at ", verdict.text)[0])
    assert f"when the stage did not move (incident {number})" in verdict.text
    assert verdict.find_element(By.CSS_SELECTOR, "[title]").get_attribute("title") == cause
    verdict.find_element(By.LINK_TEXT, f"incident {number}").click()
    target = browser.find_element(By.CSS_SELECTOR, ":target")
    assert target.get_attribute("id") == f"incident-{number}" and "stage did not move" in target.text
    # What it rests on, and what to do.
    basis = browser.find_element(By.CSS_SELECTOR, ".basis").text
    for words in ["within this session; the archive has no other one of this grid", "good (", "epu-report optics --db"]:
        assert words in basis
    assert count(browser) == overexposed
    assert len(browser.find_elements(By.CSS_SELECTOR, "article.incident")) == incidents
    assert len(browser.find_elements(By.CSS_SELECTOR, "#timeline a")) == incidents


def test_incidents_are_in_the_order_of_cost_or_of_time(session, browser):
    show(browser, session / "report/session/report.html")

    def numbers():
        return [int(article.get_attribute("id").split("-")[1])
                for article in browser.find_elements(By.CSS_SELECTOR, "article.incident") if article.is_displayed()]

    by_cost = [number for (number,) in sql(session, "SELECT incident FROM incidents ORDER BY micrographs DESC, incident")]
    assert numbers() == by_cost
    order = Select(browser.find_element(By.ID, "incident-order"))
    order.select_by_value("time")
    assert numbers() == sorted(by_cost) != by_cost
    order.select_by_value("cost")
    assert numbers() == by_cost


def test_units_have_one_spelling(session, browser):
    show(browser, session / "report/session/report.html")
    browser.find_element(By.ID, "map").send_keys("n")
    text = browser.find_element(By.TAG_NAME, "body").text + "".join(
        element.get_attribute("textContent") for element in browser.find_elements(By.CSS_SELECTOR, "svg text, svg title"))
    code = "".join(element.text for element in browser.find_elements(By.CSS_SELECTOR, "code, pre"))
    assert not re.findall(r"\d um\b|e/A|\d A\b|^um\b", text.replace(code, ""))
    assert "µm" in text and "e⁻/Å²" in text
    assert "−2" in browser.find_element(By.ID, "defoci").text


def test_key_figures_stand_in_even_rows(session, browser):
    for width, row in [(1400, 4), (700, 2), (400, 2)]:
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        try:
            show(browser, session / "report/session/report.html")
            tops = [figure.rect["y"] for figure in browser.find_elements(By.CSS_SELECTOR, ".figures div")]
            assert len(tops) == 8 and [tops.count(top) for top in dict.fromkeys(tops)] == [row] * (8 // row)
        finally:
            browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_labels_of_charts_never_touch(many_incidents, browser):
    for width in [1400, 400]:
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        try:
            show(browser, many_incidents / "report/session/report.html")
            boxes = browser.execute_script("""
                return [...document.querySelectorAll("svg.chart")].map(chart => {
                    const edge = chart.getBoundingClientRect();
                    return [[edge.left, edge.right], [...chart.querySelectorAll("text")].map(text => {
                        const {left, right, top, bottom} = text.getBoundingClientRect();
                        return [text.textContent, left, right, top + 3, bottom - 3];
                    })];
                })""")
            assert len(boxes) == 5
            for (left, right), texts in boxes:
                assert len(texts) > 5 and all(left - 1 <= box[1] and box[2] <= right + 1 for box in texts)
                for i, (_, left_a, right_a, top_a, bottom_a) in enumerate(texts):
                    for _, left_b, right_b, top_b, bottom_b in texts[:i]:
                        assert left_a > right_b or left_b > right_a or top_a > bottom_b or top_b > bottom_a
            # The costliest incident has its number.
            [(number,)] = sql(many_incidents, "SELECT incident FROM incidents ORDER BY micrographs DESC LIMIT 1")
            assert str(number) in [mark.text for mark in browser.find_elements(By.CSS_SELECTOR, "#timeline .mark")]
        finally:
            browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_timeline_says_what_its_colours_are(session, browser):
    show(browser, session / "report/session/report.html")
    legend = browser.find_element(By.ID, "timeline-legend").text
    counts = sql(session, "SELECT cause, count(*) FROM overexposed GROUP BY cause")
    words = {"unmoved-stage": "stage did not move", "wrong-centre": "centred on a wrong hole", "same-area": "hole shot again",
             "neighbour": "hit by a neighbouring area"}
    assert {cause for cause, _ in counts} == set(words)
    for cause, count in counts:
        assert f"{words[cause]}: {count}" in legend
    assert "not overexposed" in legend
    names = [text.text for text in browser.find_elements(By.CSS_SELECTOR, "#timeline text")]
    assert "time on the microscope's clock" in names and "exposures in each minute" in names


def test_statuses_of_files_are_explained(many_incidents, browser):
    show(browser, many_incidents / "report/session/report.html")
    files = browser.find_element(By.ID, "faults").text
    assert "missing image" in files and "An exposure without its JPG: it is judged like others" in files


@pytest.fixture(scope="module")
def many_incidents(tools, tmp_path_factory):
    """A session without pictures that has more incidents than are shown open, of which the last is the costliest."""
    folder = tmp_path_factory.mktemp("many")
    tools("epu-simulate", folder / "session", "--no-images", "--exposures", 2400, "--repeated-hole", 14, "--partial-overlap", 6,
          "--unmoved-stage", 1, "--seed", 8)
    archive = folder / "archive.db"
    tools("epu-ingest", folder / "session", "--db", archive)
    tools("epu-analyze", "--db", archive)
    tools("epu-report", "html", "--db", archive, "--out", folder / "report")
    return folder


def test_no_costly_incident_is_folded_away(many_incidents, browser):
    show(browser, many_incidents / "report/session/report.html")
    costs = sql(many_incidents, "SELECT incident, micrographs FROM incidents ORDER BY micrographs DESC, incident")
    assert len(costs) > 14
    folded = {int(article.get_attribute("id").split("-")[1])
              for article in browser.find_elements(By.CSS_SELECTOR, "#more-incidents article")}
    assert folded == {number for number, _ in costs[12:]}
    most = costs[12][1]
    assert f"The other {len(costs) - 12} incidents, of at most {most} micrographs each" in browser.find_element(
        By.CSS_SELECTOR, "#more-incidents summary").text
    order = Select(browser.find_element(By.ID, "incident-order"))
    order.select_by_value("time")
    articles = browser.find_elements(By.CSS_SELECTOR, "article.incident")
    assert [article.is_displayed() for article in articles] == [True] * len(costs)
    # A link to one that is folded away opens its list.
    order.select_by_value("cost")
    number = costs[-1][0]
    browser.execute_script("location.hash = arguments[0]", f"#incident-{number}")
    WebDriverWait(browser, 5).until(lambda driver: driver.find_element(By.ID, f"incident-{number}").is_displayed())


def table(browser):
    """The rows of the table that are in the document: what stands below each head."""
    heads, rows = browser.execute_script("""
        const texts = row => [...row.cells].map(cell => cell.textContent);
        return [texts(document.querySelector("#over-rows thead tr")),
                [...document.querySelectorAll("#over-rows tbody tr:not(.gap)")].map(texts)];""")
    return [dict(zip(heads, row)) for row in rows]


def test_table_has_the_overexposed_as_the_archive_has_them(session, browser):
    show(browser, session / "report/session/report.html")
    stored = sql(session, """
        SELECT name, earlier, distance_um, 100 * field_overlap, pre_dose_e_per_a2, cause, incident
        FROM overexposed JOIN exposure e USING (name) ORDER BY e.acquired_at, name""")
    assert browser.find_element(By.ID, "over-shown").text == str(len(stored))
    shown = table(browser)
    assert 20 < len(shown) <= len(stored)
    for cells, (name, earlier, distance, share, before, cause, incident) in zip(shown, stored):
        assert [cells["Micrograph"], cells["Earlier exposure"]] == [name, earlier]
        assert [cells["Distance, µm"], cells["Field hit, %"], cells["Dose before, e⁻/Å²"]] == [
            f"{distance:.3f}", f"{share:.0f}", f"{before:.1f}"]
        assert cells["Cause"].endswith(cause) and cells["Incident"] == str(incident)
    rows = browser.find_element(By.CSS_SELECTOR, "#over-rows table")
    assert rows.get_attribute("aria-rowcount") == str(len(stored) + 1)


def test_times_are_those_of_the_archive(session, browser):
    """A clock that rounds where the archive cuts off, or begins within a second, is one second wrong in some."""
    show(browser, session / "report/session/report.html")
    shown = browser.execute_async_script("""
        readData().then(data => arguments[0]([...data.exposures.time].map(time => clock(data, time))))""")
    stored = sql(session, """
        SELECT strftime('%Y-%m-%d %H:%M:', acquired_at, utc_offset_minutes || ' minutes') || substr(acquired_at, 18, 2)
        FROM exposure ORDER BY acquired_at, name""")
    assert shown == [text for (text,) in stored]


def test_table_sorts_and_filters(session, browser):
    show(browser, session / "report/session/report.html")
    heads = browser.find_elements(By.CSS_SELECTOR, "#over-rows th")
    [distance] = [i for i, head in enumerate(heads) if head.text.startswith("Distance")]
    heads[distance].find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert heads[distance].get_attribute("aria-sort") == "descending"
    values = [float(row["Distance, µm"]) for row in table(browser)]
    assert values == sorted(values, reverse=True) and len(set(values)) > 5
    heads[distance].find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert heads[distance].get_attribute("aria-sort") == "ascending"
    assert [float(row["Distance, µm"]) for row in table(browser)][0] == min(
        distance for (distance,) in sql(session, "SELECT round(distance_um, 3) FROM overexposed"))

    names = [name for (name,) in sql(session, "SELECT name FROM overexposed WHERE cause = 'neighbour' ORDER BY name")]
    browser.find_element(By.ID, "over-filter").send_keys("neighbour")
    assert sorted(row["Micrograph"] for row in table(browser)) == names
    assert browser.find_element(By.ID, "over-shown").text.startswith(f"{len(names)} of ")
    browser.find_element(By.ID, "over-filter").clear()
    [(incident,)] = sql(session, "SELECT incident FROM incidents WHERE micrographs = 3 LIMIT 1")
    browser.find_element(By.CSS_SELECTOR, f"[data-list-incident='{incident}']").click()
    names = [name for (name,) in sql(session, "SELECT name FROM overexposed WHERE incident = ? ORDER BY name", incident)]
    assert sorted(row["Micrograph"] for row in table(browser)) == names


def test_lists_are_those_that_the_tool_writes(session, browser, tools, tmp_path):
    tools("epu-report", "lists", "--db", session / "archive.db", "--out", tmp_path / "lists")
    show(browser, session / "report/session/report.html")
    for kind in ["bad", "keep"]:
        written = (tmp_path / f"lists/session/duplicates_{kind}files_jpg.txt").read_text().split()
        names = saved(browser, tmp_path, f"save-{kind}", f"session_{kind}.txt").split()
        assert names == [pathlib.Path(path).stem for path in written] and names


@pytest.fixture(scope="module")
def narrow(session, tools, tmp_path_factory):
    """The page of an analysis of the same session within a radius that is too small."""
    folder = tmp_path_factory.mktemp("narrow")
    shutil.copy(session / "archive.db", folder)
    [analysis] = json.loads(tools("epu-analyze", "overlaps", "--db", folder / "archive.db", "--radius", 0.05, "--json"))
    tools("epu-report", "html", "--no-pictures", "--db", folder / "archive.db", "--out", folder / "report",
          "--analysis", analysis["analysis_id"])
    return folder


def test_csv_and_lists_follow_the_slider(narrow, browser, tmp_path):
    show(browser, narrow / "report/session/report.html")
    assert browser.find_element(By.CSS_SELECTOR, ".basis").text.count("--analysis") == 2
    before = int(browser.find_element(By.ID, "over-shown").text)
    slider = browser.find_element(By.ID, "radius")
    slider.send_keys(Keys.HOME, *[Keys.ARROW_RIGHT] * 60)
    radius = float(slider.get_attribute("value"))
    within = sql(narrow, """
        SELECT e.name, d.nearest_unplanned_um FROM pre_exposure d JOIN placement USING (placement_id)
        JOIN exposure e USING (exposure_id) WHERE d.nearest_unplanned_um <= ? ORDER BY e.acquired_at, e.name""", radius)
    assert len(within) > before > 0
    rows = list(csv.DictReader(saved(browser, tmp_path, "save-csv", "session_overexposed.csv").splitlines()))
    assert [row["name"] for row in rows] == [name for name, _ in within]
    assert [row["distance_um"] for row in rows] == [f"{distance:.3f}" for _, distance in within]
    assert sum(row["cause"] == "" for row in rows) == len(within) - before
    bad = saved(browser, tmp_path, "save-bad", "session_bad.txt").split()
    keep = saved(browser, tmp_path, "save-keep", "session_keep.txt").split()
    assert bad == [name for name, _ in within] and len(bad) + len(keep) == 900
    browser.find_element(By.ID, "radius-back").click()
    assert browser.find_element(By.ID, "over-shown").text == str(before)


def test_marks_are_saved_as_the_tool_takes_them(session, browser, tools, tmp_path):
    shutil.copy(session / "archive.db", tmp_path)
    show(browser, session / "report/session/report.html")
    names = [row["Micrograph"] for row in table(browser)][:3]
    boxes = browser.find_elements(By.CSS_SELECTOR, "#over-rows td input")
    boxes[0].send_keys(Keys.SPACE)
    boxes = browser.find_elements(By.CSS_SELECTOR, "#over-rows td input")
    # The focus stays where it was, as the keyboard goes on from there.
    assert browser.switch_to.active_element == boxes[0]
    boxes[1].click()
    browser.find_element(By.ID, "mark-reason").send_keys("only the rim #2 was hit, I think")
    browser.find_element(By.CSS_SELECTOR, "[data-mark=keep]").click()
    browser.find_elements(By.CSS_SELECTOR, "#over-rows td input")[2].click()
    browser.find_element(By.ID, "mark-reason").clear()
    browser.find_element(By.CSS_SELECTOR, "[data-mark=bad]").click()
    assert browser.find_element(By.ID, "marks-count").text == "3 marked, not saved"
    assert table(browser)[0]["Review"].startswith("keep: only the rim")
    bad = saved(browser, tmp_path, "save-bad", "session_bad.txt").split()
    assert names[0] not in bad and names[1] not in bad and names[2] in bad

    saved(browser, tmp_path, "save-marks", "session_marks.txt")
    assert browser.find_element(By.ID, "marks-count").text == "3 marked, saved"
    command = shlex.split(browser.find_element(By.ID, "marks-command").text.replace(
        str(session / "archive.db"), str(tmp_path / "archive.db")))
    printed = tools(*command, cwd=tmp_path)
    assert printed.splitlines() == ["2 marked to keep (only the rim #2 was hit, I think)", "1 marked bad"]
    reviews = json.loads(tools("epu-analyze", "review", "--db", tmp_path / "archive.db", "--json"))
    assert [(row["name"], row["verdict"], row.get("reason")) for row in reviews] == [
        (names[0], "keep", "only the rim #2 was hit, I think"), (names[1], "keep", "only the rim #2 was hit, I think"),
        (names[2], "bad", None)]
    # Another page has them: in the verdict, in the table, and in its lists.
    tools("epu-report", "html", "--no-pictures", "--db", tmp_path / "archive.db", "--out", tmp_path / "report")
    show(browser, tmp_path / "report/session/report.html")
    [(found,)] = sql(session, "SELECT count(*) FROM overexposed")
    assert browser.find_element(By.CSS_SELECTOR, ".verdict").text.startswith(f"{found - 2} of 900 micrographs")
    assert [row["Review"] for row in table(browser)[:3]] == ["keep: only the rim #2 was hit, I think"] * 2 + ["bad"]


def test_long_table_has_few_rows_in_the_document(browser, tools, tmp_path):
    tools("epu-simulate", tmp_path / "all/a", "--no-images", "--exposures", 5400, "--second-session", "--second-fraction", 1)
    tools("epu-ingest", tmp_path / "all", "--db", tmp_path / "a.db")
    tools("epu-analyze", "--across-sessions", "--db", tmp_path / "a.db")
    tools("epu-report", "html", "--no-pictures", "--db", tmp_path / "a.db", "--out", tmp_path / "report", "--session", "a-second")
    with sqlite3.connect(tmp_path / "a.db") as archive:
        names = [name for (name,) in archive.execute(
            "SELECT o.name FROM overexposed o JOIN exposure e ON e.exposure_id = o.later_id ORDER BY e.acquired_at, o.name")]
    assert len(names) > 5000
    show(browser, tmp_path / "report/a-second/report.html")
    assert len(table(browser)) < 60
    began = time.monotonic()
    for part in [0.2, 0.5, 0.9, 1]:
        browser.execute_script("const box = arguments[0]; box.scrollTop = arguments[1] * (box.scrollHeight - box.clientHeight)",
                               browser.find_element(By.ID, "over-rows"), part)
        settle(browser)
    assert time.monotonic() - began < 2
    shown = [row["Micrograph"] for row in table(browser)]
    assert len(shown) < 60 and shown[-1] == names[-1]
    rows = browser.find_elements(By.CSS_SELECTOR, "#over-rows tbody tr:not(.gap)")
    assert rows[-1].get_attribute("aria-rowindex") == str(len(names) + 1)
    # The last one can be seen in whole.
    assert browser.execute_script("""
        return arguments[0].getBoundingClientRect().bottom <= arguments[1].getBoundingClientRect().bottom + 1""",
        rows[-1], browser.find_element(By.ID, "over-rows"))


@pytest.mark.parametrize("steps", [1, 12, 30, 74, 200])
def test_slider_counts_as_sql_does(session, browser, steps):
    show(browser, session / "report/session/report.html")
    slider = browser.find_element(By.ID, "radius")
    slider.send_keys(Keys.HOME, *[Keys.ARROW_RIGHT] * steps)
    radius = float(slider.get_attribute("value"))
    assert 0 < radius <= 1
    [(within,)] = sql(session, "SELECT count(*) FROM pre_exposure WHERE nearest_unplanned_um <= ?", radius)
    assert count(browser) == within
    assert f"--radius {radius:g} --session session" in browser.find_element(By.ID, "radius-command").text


@pytest.mark.parametrize("options", [[], ["--k", 25], ["--count-neighbours"], ["--min-pre-dose", 1, "--radius", 0.3]])
def test_what_the_page_says_to_run_gives_its_count(session, browser, tools, tmp_path, options):
    shutil.copy(session / "archive.db", tmp_path / "a.db")
    tools("epu-analyze", "overlaps", "--db", tmp_path / "a.db", *options)
    tools("epu-report", "html", "--no-pictures", "--db", tmp_path / "a.db", "--out", tmp_path / "report")
    show(browser, tmp_path / "report/session/report.html")
    slider = browser.find_element(By.ID, "radius")
    slider.send_keys(Keys.HOME, *[Keys.ARROW_RIGHT] * 60)
    counted, command = count(browser), browser.find_element(By.ID, "radius-command").text
    tool, *arguments = shlex.split(command)
    [printed] = json.loads(tools(tool, *arguments, "--json"))
    assert printed["overexposed"] == counted > 0


def test_grid_that_was_put_back_is_counted_as_one(browser, tools, tmp_path):
    tools("epu-simulate", tmp_path / "all/a", "--no-images", "--exposures", 300, "--second-session",
          "--second-offset", "8,-5")
    tools("epu-ingest", tmp_path / "all", "--db", tmp_path / "a.db")
    tools("epu-analyze", "--across-sessions", "--db", tmp_path / "a.db")
    tools("epu-report", "html", "--db", tmp_path / "a.db", "--out", tmp_path / "report")
    show(browser, tmp_path / "report/a-second/report.html")
    canvas = browser.find_element(By.ID, "map")
    canvas.send_keys("n")
    assert "of session a" in browser.find_element(By.ID, "exposure").text
    # Stops are reached by beam shifts of at most 12 um, holes by half of one.
    far = browser.execute_async_script("""
        const done = arguments[0];
        readData().then(data => {
            const {x, y} = data.exposures;
            const nearest = table => table.x.map((hx, i) => Math.min(...x.map((ex, j) => Math.hypot(ex - hx, y[j] - table.y[i]))));
            done([Math.max(...nearest(data.stops)), Math.max(...nearest(data.holes).filter((_, i) => data.holes.exposed[i]))]);
        });""")
    assert far[0] < 3 and far[1] < 0.8
    slider = browser.find_element(By.ID, "radius")
    slider.send_keys(Keys.HOME, *[Keys.ARROW_RIGHT] * 60)
    tool, *arguments = shlex.split(browser.find_element(By.ID, "radius-command").text)
    counted = count(browser)
    tools(tool, *arguments)
    with sqlite3.connect(tmp_path / "a.db") as archive:
        [(found,)] = archive.execute(
            "SELECT count(*) FROM all_overexposed WHERE analysis_id = (SELECT max(analysis_id) FROM analysis)")
    assert counted == found > 0


def test_incident_is_shown_on_the_map_and_large(session, browser):
    show(browser, session / "report/session/report.html")
    article = browser.find_element(By.ID, "incident-2")
    article.find_element(By.CSS_SELECTOR, "[data-show-incident]").click()
    names = [name for (name,) in sql(session, "SELECT name FROM overexposed WHERE incident = 2")]
    assert browser.find_element(By.CSS_SELECTOR, "#exposure h3").text in names

    article.find_elements(By.CSS_SELECTOR, ".pair button")[1].click()
    dialog = browser.find_element(By.CSS_SELECTOR, "dialog[open]")
    images = dialog.find_elements(By.CSS_SELECTOR, ".stack img")
    WebDriverWait(browser, 10).until(lambda driver: driver.execute_script(
        "return arguments[0].every(image => image.complete && image.naturalWidth === 512)", images))
    assert "/report_assets/incident-2-" in images[0].get_attribute("src")

    def shown():
        return [image.get_attribute("class") for image in images if "hidden" not in image.get_attribute("class")]

    assert shown() == ["later"]
    dialog.send_keys("x")
    assert shown() == ["earlier"]
    flicker = [button for button in dialog.find_elements(By.TAG_NAME, "button") if button.text == "Flicker"][0]
    flicker.click()
    assert flicker.get_attribute("aria-pressed") == "true"
    WebDriverWait(browser, 5).until(lambda driver: shown() == ["later"])
    WebDriverWait(browser, 5).until(lambda driver: shown() == ["earlier"])
    dialog.send_keys(Keys.ESCAPE)
    assert not browser.find_elements(By.CSS_SELECTOR, "dialog[open]")


def test_click_on_the_earlier_picture_shows_the_earlier(session, browser):
    show(browser, session / "report/session/report.html")
    article = browser.find_element(By.CSS_SELECTOR, "article.incident")
    for which, button in enumerate(article.find_elements(By.CSS_SELECTOR, ".pair button")):
        button.click()
        dialog = browser.find_element(By.CSS_SELECTOR, "dialog[open]")
        assert dialog.find_element(By.TAG_NAME, "p").text.startswith(["earlier", "later"][which])
        shown = [image.get_attribute("class") for image in dialog.find_elements(By.CSS_SELECTOR, ".stack img")
                 if "hidden" not in image.get_attribute("class")]
        assert shown == [["earlier", "later"][which]]
        # The beams and the camera field lie over the picture that is seen, and go where they are in the way.
        outlines = [outline for outline in dialog.find_elements(By.CSS_SELECTOR, ".stack > svg") if outline.is_displayed()]
        assert len(outlines) == 1
        box, image = outlines[0].rect, dialog.find_elements(By.CSS_SELECTOR, ".stack img")[which].rect
        assert all(abs(box[side] - image[side]) < 2 for side in ["x", "y", "width", "height"])
        dialog.send_keys("o")
        assert not any(outline.is_displayed() for outline in dialog.find_elements(By.CSS_SELECTOR, ".stack > svg"))
        dialog.send_keys("o")
        assert dialog.find_element(By.CSS_SELECTOR, ".hole img").is_displayed()
        dialog.send_keys(Keys.ESCAPE)


def test_outlines_lie_where_the_beams_were(session, browser):
    """Two beams of a pair are as far apart as the archive says, and as wide; the bar has its length."""
    show(browser, session / "report/session/report.html")
    pairs = {name: (distance, diameter) for name, distance, diameter in sql(session, """
        SELECT o.name, o.distance_um, e.beam_diameter_um FROM overexposed o JOIN exposure e ON e.exposure_id = o.later_id""")}
    figures = browser.find_elements(By.CSS_SELECTOR, ".pair figure[data-exposure]:nth-child(2)")
    assert len(figures) > 4
    for figure in figures:
        distance, diameter = pairs[figure.get_attribute("data-exposure")]
        number = lambda selector, name: float(figure.find_element(By.CSS_SELECTOR, selector).get_attribute(name))
        assert abs(2 * number(".shapes > circle.own-beam", "r") / 1000 - diameter) < 0.003
        assert abs(2 * number(".shapes > circle.other-beam", "r") / 1000 - diameter) < 0.003
        apart = (number(".shapes > circle.other-beam", "cx") ** 2 + number(".shapes > circle.other-beam", "cy") ** 2) ** 0.5 / 1000
        assert abs(apart - distance) < 0.003
        label = figure.find_element(By.CSS_SELECTOR, ".overlay text").get_attribute("textContent")
        start, end = re.match(r"M(\S+) \S+H(\S+)", figure.find_element(By.CSS_SELECTOR, ".bar").get_attribute("d")).groups()
        assert label == f"{(float(end) - float(start)) / 1000:g} µm"
        assert len(figure.find_elements(By.CSS_SELECTOR, ".shapes > polygon.other-field")) == 1


def test_map_shows_the_picture_of_an_exposure(session, browser):
    show(browser, session / "report/session/report.html")
    canvas = browser.find_element(By.ID, "map")
    pair = browser.find_element(By.CSS_SELECTOR, "article.incident figure[data-exposure]:nth-child(2)")
    browser.find_element(By.ID, "over-filter").send_keys(pair.get_attribute("data-exposure"))
    browser.find_element(By.CSS_SELECTOR, "#over-rows .name").click()
    assert browser.find_element(By.CSS_SELECTOR, "#exposure h3").text == pair.get_attribute("data-exposure")
    browser.find_element(By.CSS_SELECTOR, "#exposure button.picture").click()
    assert browser.find_element(By.CSS_SELECTOR, "dialog[open] p").text.startswith("later")
    browser.find_element(By.CSS_SELECTOR, "dialog[open]").send_keys(Keys.ESCAPE)
    # Of others the JPG itself, as long as it is where it was.
    shown = {figure.get_attribute("data-exposure") for figure in browser.find_elements(By.CSS_SELECTOR, "figure[data-exposure]")}
    other = next(name for (name,) in sql(session, "SELECT name FROM overexposed ORDER BY name") if name not in shown)
    browser.find_element(By.ID, "over-filter").clear()
    browser.find_element(By.ID, "over-filter").send_keys(other)
    browser.find_element(By.CSS_SELECTOR, "#over-rows .name").click()
    picture = browser.find_element(By.CSS_SELECTOR, "#exposure img.picture")
    WebDriverWait(browser, 10).until(lambda driver: driver.execute_script(
        "return arguments[0].complete && arguments[0].naturalWidth === 512", picture))
    assert canvas == browser.switch_to.active_element


def test_session_without_pictures_has_no_grey_boxes(many_incidents, browser):
    show(browser, many_incidents / "report/session/report.html")
    incidents = browser.find_element(By.ID, "incidents")
    assert not incidents.find_elements(By.CSS_SELECTOR, ".no-picture, img, .pair button")
    assert "No JPG of these exposures was found" in incidents.text
    [(name,)] = sql(many_incidents, """
        SELECT name FROM overexposed WHERE incident = (SELECT incident FROM incidents ORDER BY micrographs DESC LIMIT 1)
        ORDER BY field_overlap DESC, distance_um LIMIT 1""")
    assert name in browser.find_element(By.CSS_SELECTOR, "article.incident").text


def test_a_lone_picture_is_shown_under_its_own_heading(session, browser, tools, tmp_path):
    shutil.copy(session / "archive.db", tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as archive:
        # Of incident 3 no later exposure has a picture.
        archive.execute("""
            UPDATE exposure SET image_file_id = NULL
            WHERE exposure_id IN (SELECT later_id FROM overexposed WHERE incident = 3)""")
    archive.close()
    tools("epu-report", "html", "--db", tmp_path / "archive.db", "--out", tmp_path / "report")
    show(browser, tmp_path / "report/session/report.html")
    browser.find_element(By.CSS_SELECTOR, "#incident-4 .pair button").click()
    dialog = browser.find_element(By.CSS_SELECTOR, "dialog[open]")
    dialog.send_keys(Keys.ARROW_LEFT)
    assert dialog.find_element(By.TAG_NAME, "h3").text.startswith("Incident 3")
    alone = browser.find_element(By.CSS_SELECTOR, "#incident-3 .pair img").get_attribute("alt")
    assert dialog.find_element(By.TAG_NAME, "p").text == alone and alone.startswith("earlier")
    assert [button.text for button in dialog.find_elements(By.CSS_SELECTOR, "button:disabled")] == ["Earlier / later", "Flicker"]
    dialog.send_keys(Keys.ARROW_LEFT)
    images = dialog.find_elements(By.CSS_SELECTOR, ".stack img")
    assert all("incident-1-" in image.get_attribute("src") for image in images)
    # Space presses the button that it stands on.
    [close] = [button for button in dialog.find_elements(By.TAG_NAME, "button") if button.text == "Close"]
    close.send_keys(Keys.SPACE)
    assert not browser.find_elements(By.CSS_SELECTOR, "dialog[open]")


def test_map_works_without_a_mouse(session, browser):
    show(browser, session / "report/session/report.html")
    canvas = browser.find_element(By.ID, "map")
    overexposed = [name for (name,) in sql(
        session, "SELECT o.name FROM overexposed o JOIN exposures e ON e.exposure_id = o.later_id ORDER BY acquired_at")]
    canvas.send_keys("n")
    assert browser.find_element(By.CSS_SELECTOR, "#exposure h3").text == overexposed[0]
    canvas.send_keys("n")
    assert browser.find_element(By.CSS_SELECTOR, "#exposure h3").text == overexposed[1]
    canvas.send_keys("p")
    assert browser.find_element(By.CSS_SELECTOR, "#exposure h3").text == overexposed[0]
    before = browser.execute_script("return document.getElementById('map').toDataURL()")
    canvas.send_keys("+", Keys.ARROW_LEFT)
    settle(browser)
    assert browser.execute_script("return document.getElementById('map').toDataURL()") != before


def test_map_goes_to_a_grid_square_and_colours_by_cause(session, browser):
    show(browser, session / "report/session/report.html")
    squares = sql(session, "SELECT DISTINCT grid_square FROM exposure ORDER BY 1")
    chooser = Select(browser.find_element(By.ID, "square"))
    assert [option.text for option in chooser.options] == ["all"] + [f"square {square}" for (square,) in squares]
    square = squares[0][0]
    chooser.select_by_value(str(square))
    settle(browser)
    seen = browser.execute_async_script("""
        const done = arguments[0];
        readData().then(data => {
            const map = new StageMap(document.getElementById("map"), data, () => {});
            map.fit(map.membersOf(Number(document.getElementById("square").value)));
            const {width, height} = map.size;
            done(map.placed.filter(i => {
                const [x, y] = map.pixel(data.exposures.x[i], data.exposures.y[i]);
                return x >= 0 && x <= width && y >= 0 && y <= height;
            }).map(i => data.exposures.square[i]));
        });""")
    [(count,)] = sql(session, "SELECT count(*) FROM exposure WHERE grid_square = ?", square)
    assert seen.count(square) == count and set(seen) == {square}
    legend = browser.find_element(By.ID, "map-legend").text
    for cause, count in sql(session, "SELECT cause, count(*) FROM overexposed GROUP BY cause"):
        assert f": {count}" in legend
    # Where the beams of a pair overlap the colour of the cause is mixed with the paper, more than in a line's rim.
    browser.find_element(By.ID, "zoom-fit").click()
    browser.find_element(By.CSS_SELECTOR, "[data-show-incident]").click()
    for _ in range(3):
        browser.find_element(By.ID, "zoom-in").click()
    settle(browser)
    browser.execute_script("""const box = document.getElementById("square-images"); if (box) box.click();""")
    settle(browser)
    mixed = [0.35 * paint + 0.65 * 255 for paint in (213, 94, 0)]
    assert sum(count for name, count in colours(browser, "map").items()
               if all(abs(int(part) - wanted) < 3 for part, wanted in zip(name.split(","), mixed))) > 300


def test_pictures_of_grid_squares_lie_beneath_the_map(browser, tools, tmp_path):
    """A picture with a bright spot: the spot is drawn where the matrix says that it lies on the stage."""
    tools("epu-simulate", tmp_path / "s", "--exposures", 60, "--seed", 4)
    tools("epu-ingest", tmp_path / "s", "--db", tmp_path / "a.db")
    tools("epu-analyze", "--db", tmp_path / "a.db")
    with sqlite3.connect(tmp_path / "a.db") as archive:
        rows = archive.execute("""
            SELECT i.grid_square_image_id, r.path || '/' || f.path FROM grid_square_image i
            JOIN source_file f ON f.source_file_id = i.image_file_id JOIN session_root r USING (session_root_id)""").fetchall()
        assert rows
        # 0.1 um a pixel of 1000: 100 um wide and high, turned by 90 degrees: what is right in the picture is up on the stage.
        archive.execute("""
            UPDATE grid_square_image SET binning = 1, readout_width_px = 1000, readout_height_px = 1000,
                stage_x_um = (SELECT avg(stage_x_um) FROM exposure), stage_y_um = (SELECT avg(stage_y_um) FROM exposure),
                image_to_stage_m11 = 0, image_to_stage_m12 = -0.1, image_to_stage_m21 = -0.1, image_to_stage_m22 = 0""")
    archive.close()
    for _, path in rows:
        picture = PIL.Image.new("L", (1000, 1000), 0)
        picture.paste(255, (850, 450, 950, 550))
        picture.save(path)
    tools("epu-report", "html", "--db", tmp_path / "a.db", "--out", tmp_path / "report")
    show(browser, tmp_path / "report/s/report.html")
    spot = """
        const done = arguments[0];
        readData().then(async data => {
            const canvas = document.getElementById("map"), map = new StageMap(canvas, data, () => {});
            await map.loadImages();
            map.hasImages = true;
            map.colourBy("dose");
            const [{x, y}] = map.images;
            map.center = [x, y];
            map.scale = map.size.height / 110;
            map.draw();
            const {data: bytes, width} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const ratio = devicePixelRatio || 1, at = (dx, dy) => {
                const [px, py] = map.pixel(x + dx, y + dy).map(place => Math.round(place * ratio));
                return bytes[4 * (py * width + px)];
            };
            done([at(0, 42), at(42, 0), at(0, -42)]);
        });"""
    up, right, down = browser.execute_async_script(spot)
    assert up > 200 and right < 120 and down < 120


def test_click_on_the_map_tells_about_an_exposure(session, browser):
    show(browser, session / "report/session/report.html")
    canvas = browser.find_element(By.ID, "map")
    canvas.send_keys("n")
    chosen = browser.find_element(By.CSS_SELECTOR, "#exposure h3").text
    canvas.send_keys(Keys.ESCAPE)
    assert "Choose an exposure" in browser.find_element(By.ID, "exposure").text
    # It stands in the middle of the map.
    canvas.click()
    assert browser.find_element(By.CSS_SELECTOR, "#exposure h3").text == chosen
    assert "overexposed by" in browser.find_element(By.ID, "exposure").text


def test_paper_takes_three_incidents_a_page(session, browser):
    show(browser, session / "report/session/report.html")
    printed = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {
        "paperWidth": 8.27, "paperHeight": 11.69, "marginTop": 0.4, "marginBottom": 0.4, "marginLeft": 0.4, "marginRight": 0.4})["data"])
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 4 <= pages <= 8
    # As wide and high as such a page at 96 pixels an inch.
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": 717, "height": 1045, "deviceScaleFactor": 1, "mobile": False})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        settle(browser)
        heights = [article.rect["height"] for article in browser.find_elements(By.CSS_SELECTOR, "article.incident")]
        assert len(heights) > 3 and 100 < max(heights) < 1045 / 3
        wide = browser.execute_script("""
            return [...document.querySelectorAll("main *")].filter(part => !part.closest("svg") && part.offsetWidth
                && part.getBoundingClientRect().right > innerWidth + 1).map(part => part.outerHTML.slice(0, 100))""")
        assert wide == []
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window(session, browser, width, scheme):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    try:
        show(browser, session / "report/session/report.html")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_pages_without_pictures_beside_them_show_the_small_ones(session, browser, tmp_path):
    shutil.copy(session / "report/session/report.html", tmp_path)
    page = tmp_path / "report.html"
    show(browser, page)
    browser.find_element(By.CSS_SELECTOR, ".pair button").click()
    images = browser.find_elements(By.CSS_SELECTOR, "dialog .stack img")
    WebDriverWait(browser, 10).until(lambda driver: driver.execute_script(
        "return arguments[0].every(image => image.complete && image.naturalWidth === 256)", images))
    # That the larger ones are missing is said in the console, and nothing else.
    lines = browser.get_log("browser")
    assert len(lines) == 2 and all("ERR_FILE_NOT_FOUND" in line["message"] for line in lines)


def test_session_without_overexposed_has_no_empty_table(browser, tools, tmp_path):
    tools("epu-simulate", tmp_path / "s", "--no-images", "--exposures", 60, "--seed", 4)
    tools("epu-ingest", tmp_path / "s", "--db", tmp_path / "a.db")
    tools("epu-analyze", "--db", tmp_path / "a.db")
    tools("epu-report", "html", "--db", tmp_path / "a.db", "--out", tmp_path / "report")
    show(browser, tmp_path / "report/s/report.html")
    assert browser.find_element(By.CSS_SELECTOR, ".verdict.good").text == (
        "None of 60 micrographs was shot where the grid had been exposed before. Nothing is to be dropped.")
    assert "The analysis found none" in browser.find_element(By.ID, "over-basis").text
    assert not any(part.is_displayed() for part in browser.find_elements(By.CSS_SELECTOR, ".of-rows, #marks-help"))
    names = saved(browser, tmp_path, "save-keep", "s_keep.txt").split()
    assert len(names) == 60
    # One can be marked on the map all the same, and the mark saved.
    canvas = browser.find_element(By.ID, "map")
    x, y = browser.execute_async_script("""
        const [canvas, done] = arguments;
        readData().then(data => {
            const map = new StageMap(canvas, data, () => {}), {width, height} = map.size;
            const [x, y] = map.pixel(data.exposures.x[7], data.exposures.y[7]);
            done([x - width / 2, y - height / 2]);
        });""", canvas)
    show(browser, tmp_path / "report/s/report.html")
    canvas = browser.find_element(By.ID, "map")
    ActionChains(browser).move_to_element_with_offset(canvas, round(x), round(y)).click().perform()
    place = browser.find_element(By.CSS_SELECTOR, "#exposure h3").text
    assert place in names
    browser.find_element(By.CSS_SELECTOR, "#exposure [data-verdict=bad]").click()
    browser.find_element(By.CSS_SELECTOR, "#exposure a[href='#overexposed']").click()
    assert saved(browser, tmp_path, "save-marks", "s_marks.txt").splitlines()[1:] == [f"{place}\tbad"]


def test_archive_without_distances_has_a_page_all_the_same(session, browser, tools, tmp_path):
    shutil.copy(session / "archive.db", tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as archive:
        archive.execute("UPDATE placement_set SET nearest_within_um = NULL")
        archive.execute("UPDATE pre_exposure SET nearest_um = NULL, nearest_unplanned_um = NULL")
    archive.close()
    tools("epu-report", "html", "--no-pictures", "--db", tmp_path / "archive.db", "--out", tmp_path / "report")
    show(browser, tmp_path / "report/session/report.html")
    assert "run epu-analyze once" in browser.find_element(By.ID, "nearest").text
    assert browser.find_elements(By.CSS_SELECTOR, "#timeline svg rect")


@pytest.mark.parametrize("steps", [2, 6, 16, 61])
def test_bars_left_of_the_radius_are_the_count(session, browser, steps):
    show(browser, session / "report/session/report.html")
    browser.find_element(By.ID, "radius").send_keys(Keys.HOME, *[Keys.ARROW_RIGHT] * steps)
    bars = browser.execute_script("""
        return [...document.querySelectorAll("#distances rect")].map(bar => [bar.getAttribute("fill"), bar.textContent])""")
    left = [int(words.split(": ")[1].split()[0]) for fill, words in bars if fill == "#c1440e"]
    assert sum(left) == count(browser) > 0


def test_hostile_names_are_inert(session, browser, tools, tmp_path):
    shutil.copy(session / "archive.db", tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as archive:
        archive.execute("UPDATE session SET name = ?, instrument_id = ?", (HOSTILE, HOSTILE))
        archive.execute("UPDATE exposure SET name = ? || exposure_id", (HOSTILE,))
        archive.execute("UPDATE source_file SET status = 'malformed', problem = ? WHERE kind = 'exposure' AND source_file_id % 90 = 0",
                        (HOSTILE,))
    archive.close()
    tools("epu-report", "html", "--db", tmp_path / "archive.db", "--out", tmp_path / "report")
    [page] = (tmp_path / "report").glob("*/report.html")
    show(browser, page)
    assert browser.find_element(By.TAG_NAME, "h1").text == HOSTILE
    assert browser.title == f"{HOSTILE}: overexposed micrographs"
    browser.find_element(By.ID, "map").send_keys("n")
    assert browser.find_element(By.CSS_SELECTOR, "#exposure h3").text.startswith(HOSTILE)
    assert not browser.find_elements(By.CSS_SELECTOR, "img[src^=http]")
    browser.find_element(By.CSS_SELECTOR, ".pair button").click()
    assert HOSTILE in browser.find_element(By.CSS_SELECTOR, "dialog").text


def test_policy_stops_what_is_not_of_the_page(session, browser, tmp_path):
    page = tmp_path / "report.html"
    text = (session / "report/session/report.html").read_text()
    page.write_text(text.replace("<main>", "<main><script>document.title = 'broken'</script>"
                                           "<img src='http://127.0.0.1:9/x.png' alt=''>", 1))
    show(browser, page)
    assert browser.title != "broken"
    refused = [line["message"] for line in browser.get_log("browser")]
    assert len(refused) == 2 and all("Content Security Policy" in message for message in refused)
    assert [message["params"]["blockedReason"] for message in network(browser)
            if message["method"] == "Network.loadingFailed"] == ["csp"]
    show(browser, session / "report/session/report.html")


def test_marks_are_made_where_an_exposure_is_seen(session, browser, tmp_path):
    """Below the map and in the pictures' dialog, as in the table."""
    show(browser, session / "report/session/report.html")
    browser.find_element(By.ID, "map").send_keys("n")
    name = browser.find_element(By.CSS_SELECTOR, "#exposure h3").text
    browser.find_element(By.CSS_SELECTOR, "#exposure input").send_keys("its rim")
    keep = browser.find_element(By.CSS_SELECTOR, "#exposure [data-verdict=keep]")
    keep.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element == keep
    assert browser.find_element(By.CSS_SELECTOR, "#exposure output").text == "keep: its rim (not saved)"
    assert [row["Review"] for row in table(browser) if row["Micrograph"] == name] == ["keep: its rim (not saved)"]

    pair = browser.find_element(By.CSS_SELECTOR, "article.incident")
    names = [figure.get_attribute("data-exposure") for figure in pair.find_elements(By.CSS_SELECTOR, "figure[data-exposure]")]
    pair.find_element(By.CSS_SELECTOR, ".pair button").click()
    dialog = browser.find_element(By.CSS_SELECTOR, "dialog[open]")
    dialog.send_keys("x")
    # What is typed is a reason, and turns no picture.
    dialog.find_element(By.TAG_NAME, "input").send_keys("x o x")
    assert dialog.find_element(By.TAG_NAME, "p").text.startswith("later")
    dialog.find_element(By.CSS_SELECTOR, "[data-verdict=bad]").click()
    assert dialog.find_element(By.TAG_NAME, "output").text == "bad: x o x (not saved)"
    dialog.send_keys(Keys.ESCAPE)
    assert browser.find_element(By.ID, "marks-count").text == "2 marked, not saved"
    lines = saved(browser, tmp_path, "save-marks", "session_marks.txt").splitlines()[1:]
    assert sorted(lines) == sorted([f"{name}\tkeep\tits rim", f"{names[1]}\tbad\tx o x"])


def test_verdict_leads_to_the_other_incidents_too(session, browser):
    show(browser, session / "report/session/report.html")
    links = browser.find_elements(By.CSS_SELECTOR, ".verdict a")
    assert [link.text for link in links][-1] == "3 other incidents"
    links[-1].click()
    assert browser.find_element(By.CSS_SELECTOR, ":target").get_attribute("id") == "incidents"


def test_incident_says_when_it_began_and_when_it_first_cost_one(session, browser):
    show(browser, session / "report/session/report.html")
    local = "strftime('%Y-%m-%d %H:%M:', {0}, utc_offset_minutes || ' minutes') || substr({0}, 18, 2)"
    began = sql(session, f"SELECT incident, {local.format('started_at')}, foil_hole FROM incidents")
    first = {}
    for incident, time, hole in sql(session, f"""
            SELECT o.incident, {local.format('e.acquired_at')}, e.foil_hole FROM overexposed o
            JOIN exposure e ON e.exposure_id = o.later_id ORDER BY e.acquired_at""".replace("utc_offset", "e.utc_offset")):
        first.setdefault(incident, (time, hole))
    unlike = 0
    for incident, time, hole in began:
        names = browser.find_elements(By.CSS_SELECTOR, f"#incident-{incident} dt")
        values = browser.find_elements(By.CSS_SELECTOR, f"#incident-{incident} dd")
        facts = {name.text: value.text for name, value in zip(names, values)}
        assert facts["began"].startswith(f"{time}, hole {hole} in square ")
        assert ("first lost" in facts) == ((time, hole) != first[incident])
        if "first lost" in facts:
            unlike += 1
            assert facts["first lost"].startswith("{}, hole {} in square ".format(*first[incident]))
    assert unlike > 0


def test_commands_of_a_session_whose_name_begins_with_a_hyphen(session, browser, tools, tmp_path):
    shutil.copy(session / "archive.db", tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as archive:
        archive.execute("UPDATE session SET name = '-q odd'")
    archive.close()
    tools("epu-report", "html", "--no-pictures", "--db", tmp_path / "archive.db", "--out", tmp_path / "report")
    [page] = (tmp_path / "report").glob("*/report.html")
    show(browser, page)
    browser.find_elements(By.CSS_SELECTOR, "#over-rows td input")[0].click()
    browser.find_element(By.CSS_SELECTOR, "[data-mark=bad]").click()
    saved(browser, tmp_path, "save-marks", f"{page.parent.name}_marks.txt")
    commands = [part.get_attribute("textContent") for part in browser.find_elements(By.CSS_SELECTOR, "code, pre")]
    commands = {command for command in commands if command.startswith("epu-") and "--" in command}
    assert len(commands) == 5
    for command in commands:
        tool, *arguments = shlex.split(command)
        tools(tool, *arguments, cwd=tmp_path)
    assert json.loads(tools("epu-analyze", "review", "--db", tmp_path / "archive.db", "--json"))


LABELS = """
    const done = arguments[0];
    readData().then(data => {
        const canvas = document.getElementById("map"), map = new StageMap(canvas, data, () => {}), texts = [];
        map.write = (words, x, y) => {
            const half = map.context.measureText(words).width / 2;
            texts.push(words.endsWith(" µm") ? [words, x, x + 2 * half, y - 10, y + 2] : [words, x - half, x + half, y - 10, y + 2]);
        };
        map.draw();
        done([data.squares.map(square => square.id), texts, [canvas.clientWidth, canvas.clientHeight]]);
    });"""


@pytest.mark.parametrize("which", ["session", "many_incidents", "glacios"])
def test_every_square_has_its_label_and_none_touch(which, request, browser, tools, tmp_path):
    if which == "glacios":
        tools("epu-ingest", MORADO.parent / "glacios", "--db", tmp_path / "a.db")
        tools("epu-analyze", "--db", tmp_path / "a.db")
        tools("epu-report", "html", "--db", tmp_path / "a.db", "--out", tmp_path / "report")
        page = tmp_path / "report/glacios/report.html"
    else:
        page = request.getfixturevalue(which) / "report/session/report.html"
    show(browser, page)
    squares, texts, (width, height) = browser.execute_async_script(LABELS)
    assert len(squares) > 1
    assert sorted(int(words.split()[-1]) for words, *_ in texts if not words.endswith("µm")) == sorted(squares)
    for i, (_, left, right, top, bottom) in enumerate(texts):
        assert left >= 0 and right <= width and top >= 0 and bottom <= height
        assert all(left > b or a > right or top > d or c > bottom for _, a, b, c, d in texts[:i])


def test_what_is_not_known_is_said_in_one_way(browser, tools, tmp_path):
    """Without a recorded beam diameter nothing is certain: page and terminal have the same words for what was found."""
    tools("epu-ingest", MORADO.parent / "glacios", "--db", tmp_path / "a.db")
    tools("epu-analyze", "--db", tmp_path / "a.db")
    tools("epu-report", "html", "--db", tmp_path / "a.db", "--out", tmp_path / "report")
    show(browser, tmp_path / "report/glacios/report.html")
    assert browser.find_element(By.CSS_SELECTOR, ".verdict.unknown").text.startswith(
        "As far as could be compared, none of 11 micrographs was shot where the grid had been exposed before. No beam diameter")
    figures = {part.find_element(By.TAG_NAME, "dt").text: part.text.splitlines()[1:]
               for part in browser.find_elements(By.CSS_SELECTOR, ".figures div")}
    assert figures["overexposed"] == ["not known", "none found as far as could be compared"]
    assert figures["radius"][0] == "0.199 µm"
    assert figures["hours"][1] == "30 exposures an hour, without 1 pause of more than 10 minutes: 0.3 h"
    assert browser.find_element(By.CSS_SELECTOR, "#incidents p").text == "None was found, as far as could be compared."
    assert "Numbers above the bars" not in browser.find_element(By.ID, "time").text


def test_dose_before_is_seen_without_scrolling(session, browser):
    show(browser, session / "report/session/report.html")
    box = browser.find_element(By.ID, "over-rows").rect
    [head] = [head for head in browser.find_elements(By.CSS_SELECTOR, "#over-rows th") if head.text.startswith("Dose")]
    assert head.rect["x"] + head.rect["width"] < box["x"] + box["width"]
