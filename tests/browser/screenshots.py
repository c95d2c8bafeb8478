"""The pictures of the site, made by `python -m pytest tests/browser/screenshots.py`.

No test by its name, so that a run of all tests leaves the committed pictures alone.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

FOLDER = Path(__file__).parents[2] / "docs"
EVENT = "/events/events/2015-03-18-bardo-museum-attack"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("events", "/events/events"),
        ("event", EVENT),
    ],
)
def test_picture(browser: Browser, address: str, name: str, path: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(address + path, wait_until="networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()
