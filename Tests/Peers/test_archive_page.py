"""The page of all sessions in a real browser."""

import csv
import shutil
import sqlite3
import time

import pytest
from pages import HOSTILE, browser, chromium, saved, settle, show, sql  # noqa: F401
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select


@pytest.fixture(scope="module")
def sessions(tools, tmp_path_factory):
    """Five sessions of one microscope: one has no page, and one is not analysed; and the page of all."""
    folder = tmp_path_factory.mktemp("sessions")
    for number in range(1, 6):
        tools("epu-simulate", folder / f"all/s{number}", "--exposures", 300, "--no-images", "--seed", number, "--start",
              f"2025-0{number}-08T10:00:00Z", "--repeated-hole", number % 3)
    archive = folder / "archive.db"
    tools("epu-ingest", folder / "all", "--db", archive)
    tools("epu-analyze", "--db", archive, "--session", "s[1-4]")
    for number in range(1, 4):
        tools("epu-report", "html", "--db", archive, "--out", folder / "report", "--session", f"s{number}")
    tools("epu-report", "compare", "--html", "--db", archive, "--out", folder / "report")
    return folder


@pytest.fixture(scope="module")
def facility(tools, tmp_path_factory):
    """10,240 sessions of seven microscopes: twenty that were simulated, nine times merged with copies of all under other names."""
    folder = tmp_path_factory.mktemp("facility")
    archive, copies = folder / "archive.db", folder / "copies.db"
    names = [f"s{number}" for number in range(20)]
    for number, name in enumerate(names):
        tools("epu-simulate", folder / name, "--no-images", "--exposures", 12, "--repeated-hole", number % 3, "--seed", number)
    tools("epu-ingest", *[folder / name for name in names], "--db", archive)
    tools("epu-analyze", "--db", archive, *[option for name in names[2:] for option in ["--session", name]])
    for number in range(9):
        shutil.copy(archive, copies)
        with sqlite3.connect(copies) as db:
            db.execute("CREATE TEMP TABLE kept AS SELECT * FROM session_figures")
            db.execute("""UPDATE session SET name = name || '-' || ?1, epu_name = name || '-' || ?1, grid = grid || ' ' || ?1,
                          instrument_id = 3000 + session_id % 7""", (number,))
            db.execute("UPDATE placement_set SET grid = grid || ' ' || ?", (number,))
            db.execute("UPDATE session_root SET path = path || '-' || ?", (number,))
            # Each later by days; the figures stay, and only their times change.
            later = f"strftime('%Y-%m-%dT%H:%M:%S', {{0}}, '+{2 ** number * 3} days') || substr({{0}}, 20)"
            db.execute(f"""UPDATE exposure SET unique_id = unique_id || '-{number}', acquired_at = {later.format('acquired_at')},
                           instrument_id = (SELECT s.instrument_id FROM session s WHERE s.session_id = exposure.session_id)""")
            db.execute("INSERT INTO session_figures SELECT * FROM kept")
            db.execute(f"""UPDATE session_figures SET started_at = {later.format('started_at')},
                           ended_at = {later.format('ended_at')}""")
        db.close()
        tools("epu-ingest", "merge", copies, "--db", archive)
    tools("epu-report", "compare", "--html", "--db", archive, "--out", folder / "report")
    yield folder
    # It takes 300 MB.
    shutil.rmtree(folder)


def heads(browser):
    return browser.find_elements(By.CSS_SELECTOR, "#rows thead th")


def titles(browser):
    return browser.execute_script("return [...document.querySelectorAll('#rows thead th')].map(head => head.textContent)")


def cells(browser, title):
    """What the rows in the document have in a column, from above."""
    return browser.execute_script("""
        return [...document.querySelectorAll("#rows tbody tr:not(.gap)")].map(row => row.cells[arguments[0]].textContent)""",
        titles(browser).index(title))


def page(folder):
    return folder / "report/index.html"


def sort(browser, title):
    heads(browser)[titles(browser).index(title)].find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)


def trends(browser):
    return browser.find_elements(By.CSS_SELECTOR, "figure .chart")


def test_table_stands_before_the_charts_and_has_what_is_stored(sessions, browser):
    show(browser, page(sessions))
    table, chart = browser.find_element(By.CSS_SELECTOR, "#rows table"), trends(browser)[0]
    assert 0 < table.rect["y"] < 250 and table.rect["y"] + table.rect["height"] < chart.rect["y"]
    stored = sql(sessions, """
        SELECT session, overexposed, exposures FROM sessions ORDER BY started_at DESC""")
    assert [name for name, _, _ in stored] == ["s5", "s4", "s3", "s2", "s1"]
    assert cells(browser, "Session") == [name for name, _, _ in stored]
    assert cells(browser, "Exposures") == [str(exposures) for _, _, exposures in stored]
    assert cells(browser, "Overexposed")[1:] == [str(count) for _, count, _ in stored[1:]]
    assert cells(browser, "Status") == ["not analysed"] + [
        f"{100 * count / exposures:.1f} %" if count else "clean" for _, count, exposures in stored[1:]]
    assert cells(browser, "Not known")[0] == "run epu-analyze"


def test_bars_are_as_long_as_shares_are_great(sessions, browser):
    show(browser, page(sessions))
    parts = browser.execute_script("""
        return [...document.querySelectorAll("#rows .share")].map(bar => bar.style.getPropertyValue("--part"))""")
    shares = [float(text or 0) for text in cells(browser, "Overexposed, %")]
    assert max(shares) > 1
    assert [float(part.rstrip("%")) for part in parts] == pytest.approx([100 * share / 20 for share in shares], abs=0.3)
    # It is drawn: the cell of the greatest has another colour at its left than at its right.
    bar = browser.find_elements(By.CSS_SELECTOR, "#rows .share")[shares.index(max(shares))]
    assert "linear-gradient" in bar.value_of_css_property("background-image")


def test_heads_sort_and_words_and_statuses_filter(sessions, browser, tmp_path):
    show(browser, page(sessions))
    stored = [count for (count,) in sql(sessions, "SELECT overexposed FROM sessions WHERE session <> 's5'")]
    sort(browser, "Overexposed")
    # Without a value it is last in either direction.
    assert cells(browser, "Overexposed") == [str(count) for count in sorted(stored, reverse=True)] + [""]
    column = titles(browser).index("Overexposed")
    assert heads(browser)[column].get_attribute("aria-sort") == "descending"
    sort(browser, "Overexposed")
    assert cells(browser, "Overexposed") == [str(count) for count in sorted(stored)] + [""]
    sort(browser, "Status")
    assert cells(browser, "Status")[-1] == "clean" and cells(browser, "Status")[-2] == "not analysed"

    chooser = Select(browser.find_element(By.ID, "status"))
    clean = cells(browser, "Status").count("clean")
    assert [option.text for option in chooser.options] == ["all", f"overexposed ({4 - clean})", "not analysed (1)", f"clean ({clean})"]
    chooser.select_by_value("overexposed")
    assert "clean" not in cells(browser, "Status") and len(cells(browser, "Status")) == 4 - clean
    chooser.select_by_value("")
    browser.find_element(By.ID, "filter").send_keys("S2 good")
    assert cells(browser, "Session") == ["s2"]
    assert browser.find_element(By.ID, "shown").text == "1 of 5"
    rows = list(csv.DictReader(saved(browser, tmp_path, "save-csv", "sessions.csv").splitlines()))
    [(count, exposures, start)] = sql(sessions, "SELECT overexposed, exposures, started_at FROM sessions WHERE session = 's2'")
    [row] = rows
    assert [row["session"], row["overexposed"], row["exposures"]] == ["s2", str(count), str(exposures)]
    assert float(row["overexposed_percent"]) == pytest.approx(100 * count / exposures)
    assert row["started_at"] == start[:16].replace("T", " ")


def test_points_and_names_lead_to_the_sessions(sessions, browser):
    show(browser, page(sessions))
    names = browser.find_elements(By.CSS_SELECTOR, "#rows tbody th")
    assert [name.text for name in names if not name.find_elements(By.TAG_NAME, "a")] == ["s5", "s4"]

    def press(point):
        return browser.execute_script("""
            const chart = document.querySelector("figure .chart"), box = chart.getBoundingClientRect();
            const points = chart.querySelector(".points").getAttribute("d").split("M").filter(Boolean);
            const [x, y] = points[arguments[0]].split(/[ h]/).map(Number), scale = box.width / chart.viewBox.baseVal.width;
            for (const kind of ["pointermove", "click"]) {
                chart.parentElement.dispatchEvent(
                    new PointerEvent(kind, {clientX: box.left + scale * x, clientY: box.top + scale * y}));
            }
            return points.length;""", point)

    browser.find_element(By.ID, "filter").send_keys("s1")
    assert press(3) == 4
    # One without a page is shown in the table, where it was filtered away.
    assert browser.find_element(By.ID, "filter").get_attribute("value") == ""
    assert browser.find_element(By.CSS_SELECTOR, "#rows .sought th").text == "s4"
    assert browser.find_element(By.CSS_SELECTOR, "figure .chart title").get_attribute("textContent").startswith("s4, 2025-04-08: ")
    press(0)
    assert browser.find_element(By.TAG_NAME, "h1").text == "s1"
    show(browser, page(sessions))
    browser.find_element(By.LINK_TEXT, "s2").click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "s2"


@pytest.mark.parametrize("width", [400, 1400])
def test_charts_are_of_one_size_and_no_dates_touch(sessions, facility, browser, width):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    try:
        sizes = set()
        for folder in [sessions, facility]:
            show(browser, page(folder))
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
            charts = browser.execute_script("""
                return [...document.querySelectorAll("figure .chart")].map(chart => {
                    const box = part => { const {left, right, top, bottom} = part.getBoundingClientRect(); return [left, right, top, bottom]; };
                    return [box(chart), [...chart.querySelectorAll("text")].filter(text => text.textContent).map(box)];
                })""")
            assert len(charts) > 3
            for (left, right, top, bottom), texts in charts:
                sizes.add((right - left, bottom - top))
                assert len(texts) >= 3
                for i, (a, b, c, d) in enumerate(texts):
                    assert left - 1 <= a and b <= right + 1
                    assert all(a > f or e > b or c + 3 > h - 3 or g + 3 > d - 3 for e, f, g, h in texts[:i])
        # A page that scrolls is narrower by its bar.
        for sides in zip(*sizes):
            assert max(sides) < 1.07 * min(sides)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_facility_stays_usable(facility, browser, tmp_path):
    assert page(facility).stat().st_size < 1_500_000
    began = time.monotonic()
    show(browser, page(facility))
    assert time.monotonic() - began < 4
    assert cells(browser, "Session") and len(cells(browser, "Session")) < 60
    table = browser.find_element(By.CSS_SELECTOR, "#rows table")
    assert table.get_attribute("aria-rowcount") == "10241"

    timed = """
        const began = performance.now(), done = arguments[arguments.length - 1], box = document.getElementById("filter");
        box.value = arguments[0];
        box.dispatchEvent(new Event("input"));
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));"""
    first = browser.execute_async_script(timed, "s7-")
    again = browser.execute_async_script(timed, "s7-0 3003")
    names = cells(browser, "Session")
    assert names and all("s7-0" in name for name in names)
    assert first < 1000 and again < 300
    [(count,)] = sql(facility, "SELECT count(*) FROM session WHERE name LIKE '%s7-0%' AND instrument_id = '3003'")
    assert browser.find_element(By.ID, "shown").text == f"{count} of 10240"
    rows = list(csv.DictReader(saved(browser, tmp_path, "save-csv", "sessions.csv").splitlines()))
    assert len(rows) == count and all(row["microscope"] == "3003" for row in rows)
    # The last row of all can be seen in whole.
    browser.execute_async_script(timed, "")
    browser.execute_script("const box = document.getElementById('rows'); box.scrollTop = box.scrollHeight")
    settle(browser)
    [(last,)] = sql(facility, "SELECT name FROM session JOIN session_figures USING (session_id) ORDER BY started_at, session_id DESC LIMIT 1")
    assert cells(browser, "Session")[-1] == last and len(cells(browser, "Session")) < 60


def test_hostile_names_are_inert(sessions, browser, tools, tmp_path):
    shutil.copy(sessions / "archive.db", tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as archive:
        archive.execute("UPDATE session SET name = ? || session_id, instrument_id = ?, instrument_model = ?", (HOSTILE,) * 3)
    archive.close()
    tools("epu-report", "compare", "--html", "--db", tmp_path / "archive.db", "--out", tmp_path / "report")
    show(browser, page(tmp_path))
    assert browser.title == "EPU sessions"
    assert sorted(cells(browser, "Session")) == [f"{HOSTILE}{number}" for number in range(1, 6)]
    assert set(cells(browser, "Microscope")) == {HOSTILE}
    assert HOSTILE in browser.find_element(By.CSS_SELECTOR, ".microscope h3").text
    assert not browser.find_elements(By.TAG_NAME, "img")
    rows = csv.DictReader(saved(browser, tmp_path, "save-csv", "sessions.csv").splitlines())
    assert [row["session"] for row in rows] == cells(browser, "Session")


def test_all_works_by_the_keyboard_and_has_names_for_screen_readers(sessions, browser):
    show(browser, page(sessions))
    for element in browser.find_elements(By.CSS_SELECTOR, "input, select, button, #rows, #rows table, figure [role=img]"):
        assert element.accessible_name, element.get_attribute("outerHTML")[:80]
    browser.find_element(By.ID, "filter").send_keys("s", Keys.TAB)
    reached = []
    for _ in range(12):
        reached.append(browser.switch_to.active_element.get_attribute("id") or browser.switch_to.active_element.text)
        browser.switch_to.active_element.send_keys(Keys.TAB)
    assert reached[:5] == ["status", "save-csv", "rows", "Session", "Status"]
    assert [name.aria_role for name in browser.find_elements(By.CSS_SELECTOR, "#rows tbody th")] == ["rowheader"] * 5


def test_paper_has_the_table_and_the_charts(facility, browser):
    show(browser, page(facility))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        browser.execute_script("dispatchEvent(new Event('beforeprint'))")
        assert len(cells(browser, "Session")) == 200
        assert browser.find_element(By.ID, "more").text == "10040 more are in the CSV file."
        assert not browser.find_element(By.ID, "filter").is_displayed()
        # What follows the table lies below it.
        table, trends = (browser.find_element(By.CSS_SELECTOR, part).rect for part in ["#rows table", "#trends"])
        assert table["y"] + table["height"] <= trends["y"]
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert len(cells(browser, "Session")) < 60
