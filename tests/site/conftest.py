"""The site that readers see: the curated files, built, with the real metadata.yml."""

import csv
import io
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette.app import Datasette

from edtf_dates import OPEN_START, parse_date
from event_timeline.curated.cells import leading_date
from event_timeline.curated.columns import EVENTS
from event_timeline.curated.csvfile import write_rows
from event_timeline.database.metadata import default_metadata
from event_timeline.publish.build import build

ROOT = Path(__file__).parents[2]

GetJson = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """events.db, built from the curated files."""
    path = tmp_path_factory.mktemp("site") / "events.db"
    build(ROOT / "events.csv", path)
    return path


@pytest.fixture(scope="session")
def metadata() -> dict[str, Any]:
    """The real metadata.yml."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="session")
def site(database: Path, metadata: dict[str, Any]) -> Datasette:
    """What `datasette events.db -m metadata.yml` serves, without settings of ours."""
    return Datasette([str(database)], metadata=metadata)


@pytest.fixture(scope="session")
def other_site(database: Path) -> Datasette:
    """The same database on a Datasette whose metadata declares no chronology."""
    return Datasette([str(database)])


@pytest.fixture
def db(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.fixture(scope="session")
def get_json(site: Datasette) -> GetJson:
    """Get a page of the site as JSON; anything but a 200 fails the test."""

    async def get(path: str, **parameters: str) -> Any:
        response = await site.client.get(path, params=parameters)
        assert response.status_code == 200, response.text
        return response.json()

    return get


@pytest.fixture(scope="session")
def get_csv(site: Datasette) -> Callable[..., Awaitable[list[dict[str, str]]]]:
    """Get a page of the site as the rows of a CSV."""

    async def get(path: str, **parameters: str) -> list[dict[str, str]]:
        response = await site.client.get(path, params=parameters)
        assert response.status_code == 200, response.text
        return list(csv.DictReader(io.StringIO(response.text, newline=""), strict=True))

    return get


def _first_day(text: str) -> int:
    start = parse_date(text).earliest_start
    return OPEN_START if start is None else start


def _dated_event(number: int, text: str) -> list[str]:
    date = parse_date(text)
    is_known = date.earliest_start is not None and date.latest_start is not None
    # No id has a year of more than four digits, or none: of such events any will do.
    day = leading_date(date) if is_known and "Y" not in text else "2015"
    cells = dict.fromkeys(EVENTS.names, "") | {
        "id": f"{day}-event-{number}",
        "date": text,
        "title": text,
        "type": "attack" if number % 2 else "battle",
        "status": "confirmed",
        "location_precision": "none",
        "summary": "An event.",
        "sources": "log",
    }
    return list(cells.values())


@pytest.fixture(scope="session")
def site_of_dates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[str]], Datasette]:
    """Build a chronology of one event for each of these dates, and serve it."""

    def build_and_serve(dates: Iterable[str]) -> Datasette:
        folder = tmp_path_factory.mktemp("dated")
        rows = [_dated_event(number, text) for number, text in enumerate(dates)]
        rows.sort(key=lambda row: (_first_day(row[1]), row[0]))
        (folder / "events.csv").write_bytes(write_rows(EVENTS, rows))
        build(folder / "events.csv", folder / "events.db")
        return Datasette([str(folder / "events.db")], metadata=default_metadata())

    return build_and_serve
