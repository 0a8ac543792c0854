"""A headless Chromium that loads nothing of its own, and what it tells of a page."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests.browser.fonts import Metrics

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars"),
)
HEIGHT = 900
PICTURE = 1800


def found() -> tuple[str, str] | None:
    """Paths of the browser and its driver; None if one is missing."""
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """A browser with a fresh profile whose network and console are logged."""
    paths = found()
    assert paths is not None
    options = Options()
    options.binary_location = paths[0]
    for argument in (*QUIET, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options, Service(paths[1]))
    try:
        yield browser
    finally:
        browser.quit()


class Opened:
    """A page opened from a file in a window of ``width`` pixels, as a telephone or a screen shows it."""

    def __init__(self, browser: webdriver.Chrome, page: Path, width: int) -> None:
        self.browser, self.url = browser, page.as_uri()
        # a window is never narrower than some 500 pixels: the size of the view is set instead
        metrics = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self._log()
        browser.get_log("browser")
        browser.get(self.url)
        self.events = self._log()
        self.said = [line for line in browser.get_log("browser") if line["level"] in ("WARNING", "SEVERE")]

    def _log(self) -> list[dict[str, Any]]:
        return [json.loads(line["message"])["message"] for line in self.browser.get_log("performance")]

    def requests(self) -> list[str]:
        """Addresses that the page asked for, its own first."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def ask(self, script: str) -> Any:
        """What a script returns."""
        return self.browser.execute_script(f"return {script}")

    @contextmanager
    def set_in(self, font: Metrics) -> Iterator[None]:
        """All text is set in a font while the block lasts."""
        add = """const done = arguments[2], s = document.createElement('style');
            s.id = 'set-in'; s.textContent = arguments[0]; document.head.append(s);
            document.fonts.load('10px ' + arguments[1]).then(found => done(found.length));"""
        assert self.browser.execute_async_script(add, font.css(self.text()), font.name) == 1
        try:
            yield
        finally:
            self.browser.execute_script("document.getElementById('set-in').remove()")

    def text(self) -> str:
        """The visible text of the page and of its figures."""
        return str(
            self.ask(
                "document.body.innerText + [...document.querySelectorAll('svg text')]"
                ".map(t => t.textContent).join('\\n')"
            )
        )

    def pictures(self, folder: Path, name: str) -> None:
        """The whole page as PNG files of `PICTURE` pixels' height, below each other."""
        whole = int(self.ask("document.scrollingElement.scrollHeight"))
        width = int(self.ask("innerWidth"))
        for number, top in enumerate(range(0, whole, PICTURE)):
            clip = {"x": 0, "y": top, "width": width, "height": min(PICTURE, whole - top), "scale": 1}
            shot = self.browser.execute_cdp_cmd(
                "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip}
            )
            (folder / f"{name}.{number:02d}.png").write_bytes(base64.b64decode(shot["data"]))
