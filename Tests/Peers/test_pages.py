"""The HTML pages in a real browser: headless Chromium opens them from disk."""

import json
import shlex
import shutil
import sqlite3

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

HOSTILE = "</script><script>document.title='broken'</script><img src=http://192.0.2.1/x onerror=alert(1)>\"'&"


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


@pytest.fixture(scope="module")
def chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    # Root's Chromium has no sandbox; the shared memory of containers is too small for it.
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1400,1000",
                     "--force-device-scale-factor=1"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium):
    """Chromium, whose console must stay empty and which must ask nobody for anything."""
    for log in ["browser", "performance"]:
        chromium.get_log(log)
    yield chromium
    assert chromium.get_log("browser") == []
    asked = {message["params"]["request"]["url"] for message in network(chromium)
             if message["method"] == "Network.requestWillBeSent"}
    assert asked, "the page itself"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def network(browser):
    """What has happened on the network since the last call."""
    return [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]


def show(browser, page):
    browser.get(page.resolve().as_uri())
    WebDriverWait(browser, 20).until(
        lambda driver: driver.execute_script("return document.documentElement.dataset.ready") == "yes")


def sql(folder, text, *values):
    with sqlite3.connect(folder / "archive.db") as archive:
        return archive.execute(text, values).fetchall()


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


def settle(browser):
    """Until what is waiting to be drawn has been."""
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))")


def count(browser):
    return int(browser.find_element(By.ID, "count").text.split()[0])


def test_map_has_drawn(session, browser):
    show(browser, session / "report/session/report.html")
    settle(browser)
    found = colours(browser, "map")
    assert found.get("193,68,14", 0) > 100, "overexposed exposures"
    assert found.get("169,177,189", 0) > 1000, "the others"
    assert len(colours(browser, "beam-shifts")) > 5
    for chart in ["timeline", "distances", "doses", "defoci", "before"]:
        assert browser.find_elements(By.CSS_SELECTOR, f"#{chart} svg rect"), chart


def test_verdict_and_incidents_are_those_of_the_archive(session, browser):
    show(browser, session / "report/session/report.html")
    [(overexposed, incidents)] = sql(session, "SELECT overexposed, incidents FROM analyses")
    assert browser.find_element(By.CSS_SELECTOR, ".verdict").text.startswith(f"{overexposed} of 900 micrographs")
    assert count(browser) == overexposed
    assert len(browser.find_elements(By.CSS_SELECTOR, "article.incident")) == incidents
    assert len(browser.find_elements(By.CSS_SELECTOR, "#timeline a")) == incidents


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

    article.find_element(By.CSS_SELECTOR, ".pair button").click()
    dialog = browser.find_element(By.CSS_SELECTOR, "dialog[open]")
    images = dialog.find_elements(By.TAG_NAME, "img")
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
    images = dialog.find_elements(By.TAG_NAME, "img")
    assert all("incident-2-" in image.get_attribute("src") for image in images)
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
    images = browser.find_elements(By.CSS_SELECTOR, "dialog img")
    WebDriverWait(browser, 10).until(lambda driver: driver.execute_script(
        "return arguments[0].every(image => image.complete && image.naturalWidth === 256)", images))
    # That the larger ones are missing is said in the console, and nothing else.
    lines = browser.get_log("browser")
    assert len(lines) == 2 and all("ERR_FILE_NOT_FOUND" in line["message"] for line in lines)


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


@pytest.fixture(scope="module")
def sessions(tools, tmp_path_factory):
    """Four sessions of one microscope, of which one has no page, and the page of all."""
    folder = tmp_path_factory.mktemp("sessions")
    for number in range(1, 5):
        tools("epu-simulate", folder / f"all/s{number}", "--exposures", 300, "--no-images", "--seed", number, "--start",
              f"2025-0{number}-08T10:00:00Z", "--repeated-hole", number % 3)
    archive = folder / "archive.db"
    tools("epu-ingest", folder / "all", "--db", archive)
    tools("epu-analyze", "--db", archive)
    for number in range(1, 4):
        tools("epu-report", "html", "--db", archive, "--out", folder / "report", "--session", f"s{number}")
    tools("epu-report", "compare", "--html", "--db", archive, "--out", folder / "report")
    return folder


def cells(browser, column):
    """What the rows that are shown have in a column, from above."""
    rows = browser.find_elements(By.CSS_SELECTOR, "#table tbody tr")
    return [row.find_elements(By.CSS_SELECTOR, "th, td")[column].text for row in rows if row.is_displayed()]


def test_archive_page_sorts_and_filters(sessions, browser):
    browser.get((sessions / "report/index.html").resolve().as_uri())
    heads = browser.find_elements(By.CSS_SELECTOR, "#table thead button")
    titles = [head.text for head in heads]
    column = titles.index("Overexposed")
    stored = [str(count) for (count,) in sql(sessions, "SELECT overexposed FROM sessions ORDER BY started_at DESC")]
    assert cells(browser, column) == stored
    heads[column].send_keys(Keys.ENTER)
    assert cells(browser, column) == sorted(stored, key=int, reverse=True)
    assert browser.find_elements(By.CSS_SELECTOR, "#table thead th")[column].get_attribute("aria-sort") == "descending"
    heads[column].send_keys(Keys.ENTER)
    assert cells(browser, column) == sorted(stored, key=int)

    browser.find_element(By.ID, "filter").send_keys("S3")
    assert cells(browser, 0) == ["s3"]
    assert browser.find_element(By.ID, "shown").text == "1 of 4"


def test_archive_page_leads_to_the_sessions(sessions, browser):
    page = (sessions / "report/index.html").resolve().as_uri()
    browser.get(page)
    names = browser.find_elements(By.CSS_SELECTOR, "#table tbody th")
    assert [name.text for name in names if not name.find_elements(By.TAG_NAME, "a")] == ["s4"]
    assert len(browser.find_elements(By.CSS_SELECTOR, ".trend")) == 5
    # A point of a chart is a link, too.
    points = browser.find_elements(By.CSS_SELECTOR, "figure svg a")
    assert len(points) == 20
    browser.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", points[0])
    assert browser.find_element(By.TAG_NAME, "h1").text == "s1"
    browser.get(page)
    browser.find_element(By.LINK_TEXT, "s2").click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "s2"
