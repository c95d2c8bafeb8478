"""The pictures of the site, made by `python -m pytest tests/browser/screenshots.py`.

No test by its name, so that a run of all tests leaves the committed pictures alone.
"""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs"
PICTURES = {
    "home": "/",
    "timeline": "/timeline?_window=2011/2019",
    "event": "/event/2016-03-07-ben-guerdane-attack",
    "disputed": "/disputed",
    "events": "/events/events",
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_picture(new_context, name: str, look: str) -> None:
    context = new_context(
        viewport={"width": 390, "height": 844}
        if look == "phone"
        else {"width": 1280, "height": 900},
        color_scheme="dark" if look == "dark" else "light",
    )
    page = context.new_page()
    page.goto(PICTURES[name], wait_until="networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    suffix = "" if look == "light" else f"-{look}"
    page.screenshot(path=FOLDER / f"{name}{suffix}.png")
