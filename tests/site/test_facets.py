"""Facets of Datasette's pages: none keeps the rest of a page from being shown."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from datasette_event_timeline.serving.database import ServedDatabase


def served(folder: Path, *, declared: bool = True) -> Datasette:
    """A table with a list of items in a column, and texts too long to be counted in another."""
    path = folder / "wars.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table battles (no integer primary key, name, fought, sides, story)")
        db.executemany(
            "insert into battles values (?, 'A battle', '0052', ?, ?)",
            (
                (n, '["Rome", "Gaul", "Rome"]' if n else '["Rome"]', f"{n:01500000}")
                for n in range(40)
            ),
        )
        db.commit()
    named = {"database": "wars", "table": "battles", "id": "no", "date": "fought", "title": "name"}
    facets: list[Any] = ["name", "story", {"array": "sides"}]
    return Datasette(
        [str(path)],
        metadata={
            "plugins": {"event-timeline": named} if declared else {},
            "databases": {"wars": {"tables": {"battles": {"facets": facets}}}},
        },
        settings={"facet_time_limit_ms": 20_000, "sql_time_limit_ms": 20_000},
    )


async def facets_of(site: Datasette, query: str = "") -> dict[str, Any]:
    answer = await site.client.get(f"/wars/battles.json?_col=name{query}")
    assert answer.status_code == 200
    return json.loads(answer.text)


async def left_out(site: Datasette, query: str = "") -> list[str]:
    page = (await site.client.get(f"/wars/battles?_col=name{query}")).text
    found = re.search(r"Counting took too long for: ([^.]*)\.", page)
    return found[1].split(", ") if found else []


def counts(facet: dict[str, Any]) -> dict[str, int]:
    return {result["value"]: result["count"] for result in facet["results"]}


async def test_a_facet_that_takes_too_much_is_named_and_the_others_are_shown(tmp_path):
    site = served(tmp_path)
    found = await facets_of(site)
    shown = {facet["name"]: counts(facet) for facet in found["facet_results"].values()}
    assert shown == {"name": {"A battle": 40}, "sides": {"Rome": 40, "Gaul": 39}}
    assert await left_out(site) == ["story"]


async def test_so_is_one_that_takes_too_much_memory(tmp_path, monkeypatch):
    execute = ServedDatabase.execute

    async def exhausted(self: ServedDatabase, sql: str, *arguments: Any, **options: Any) -> Any:
        if "json_each" in sql:
            raise MemoryError
        return await execute(self, sql, *arguments, **options)

    monkeypatch.setattr(ServedDatabase, "execute", exhausted)
    site = served(tmp_path)
    assert await left_out(site) == ["story", "sides"]
    # What a visitor asks for is no different.
    asked = "&_facet_array=sides&_facet=no"
    assert "no" in (await facets_of(site, asked))["facet_results"]
    assert await left_out(site, asked) == ["story", "sides"]


async def test_items_are_counted_without_the_rest_of_their_rows(tmp_path, monkeypatch):
    asked: list[str] = []
    execute = ServedDatabase.execute

    async def noted(self: ServedDatabase, sql: str, *arguments: Any, **options: Any) -> Any:
        asked.append(sql)
        return await execute(self, sql, *arguments, **options)

    monkeypatch.setattr(ServedDatabase, "execute", noted)
    await facets_of(served(tmp_path))
    (counting,) = [sql for sql in asked if "json_each" in sql]
    assert "with inner as (select [no], sides from (" in counting


@pytest.mark.slow  # four sites
async def test_facets_of_what_is_not_declared_are_datasettes_own(tmp_path):
    found = await facets_of(served(tmp_path, declared=False))
    assert len(found["facet_results"]["story"]["results"]) == 30
