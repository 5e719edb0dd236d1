"""Pictures of a report for the documentation: screenshots.py REPORT.html INCIDENT OUT_FOLDER, by headless Chromium."""

import pathlib
import shutil
import sys

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

page, incident, out = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
options = webdriver.ChromeOptions()
options.binary_location = shutil.which("chromium")
for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1100,1250",
                 "--force-device-scale-factor=0.7"]:
    options.add_argument(argument)
browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
try:
    browser.get(page.resolve().as_uri())
    WebDriverWait(browser, 20).until(
        lambda driver: driver.execute_script("return document.documentElement.dataset.ready") == "yes")
    browser.save_screenshot(out / "report.png")
    browser.find_element(By.CSS_SELECTOR, f"[data-show-incident='{incident}']").click()
    browser.execute_script("document.activeElement.blur(); document.getElementById('stage').scrollIntoView()")
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))")
    browser.save_screenshot(out / "report-map.png")
finally:
    browser.quit()
