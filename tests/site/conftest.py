"""The site that readers see: the curated files, built, with the real metadata.yml."""

import csv
import io
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette.app import Datasette

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
