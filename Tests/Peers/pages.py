"""What the tests of HTML pages share: a browser, and what is seen in it."""

import json
import shutil
import sqlite3

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

HOSTILE = "</script><script>document.title='broken'</script><img src=http://192.0.2.1/x onerror=alert(1)>\"'&"


@pytest.fixture(scope="module")
def chromium():
    options = webdriver.ChromeOptions()
    # A page that saves several files is else held up now and then: Chromium would ask the user.
    options.add_experimental_option("prefs", {"profile.default_content_setting_values.automatic_downloads": 1})
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
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


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


def settle(browser):
    """Until what is waiting to be drawn has been."""
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))")


def saved(browser, folder, button, name):
    """The text of a file that a button saves."""
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    browser.find_element(By.ID, button).click()
    file = folder / name
    # Chromium makes an empty file first, to have the name for itself; no button that is tried saves an empty one.
    WebDriverWait(browser, 10).until(lambda _: file.exists() and file.stat().st_size > 0)
    return file.read_text()
