"""The look of the pages: ours where metadata declares a chronology, core's everywhere else."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import tilde_encode

from event_timeline.publish.build import build

# What differs between two runs of the same Datasette.
# Datasette gives up counting the rows of a view after 50 ms.
TIMING = re.compile(r"Queries took [\d.]+ms|Many rows|[\d,]+ rows?")

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


PAGES = [
    "/",
    "/events",
    "/events/events?_search=museum&_sort=date",
    "/events/events/2015-03-18-bardo-museum-attack",
    "/events/claims_in_full",
    "/events?sql=select+id,url+from+sources",
    "/events/nothing-here",
]
# Datasette 0.65 loads every plugin that is installed, unless it believes that it is tested.
WITHOUT_OURS = """
import asyncio, json, sys
from importlib.metadata import entry_points
sys._called_from_test = True
from datasette.plugins import pm
for entry in entry_points(group="datasette"):
    if entry.dist.name != "datasette-event-timeline":
        pm.load_setuptools_entrypoints("datasette", entry.name)
from datasette.app import Datasette

async def get(site, path):
    return (await site.client.get(path)).text

async def main(database, *paths):
    site = Datasette([database])
    print(json.dumps({path: await get(site, path) for path in paths}))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def pages_of_core(database: Path) -> dict[str, str]:
    """Pages as Datasette makes them without metadata and without our plugins."""
    command = [sys.executable, "-c", WITHOUT_OURS, str(database), *PAGES]
    pages: dict[str, str] = json.loads(subprocess.check_output(command))
    return pages


@pytest.mark.parametrize("path", PAGES)
async def test_undeclared_is_core(
    other_site: Datasette, pages_of_core: dict[str, str], path: str
) -> None:
    ours = (await other_site.client.get(path)).text
    core = pages_of_core[path]
    assert "<html>" in core
    assert without_menu(ours) == without_menu(core)


def without_menu(page: str) -> list[str]:
    """The lines of a page without its times and without the menu of a table, in which ours is."""
    left = re.sub(r'<details class="actions-menu-links.*?</details>', "", page, flags=re.DOTALL)
    return [line for line in TIMING.sub("", left).splitlines() if line.strip()]


async def test_pages_of_datasette_itself(site: Datasette) -> None:
    for path in ("/-/plugins", "/-/metadata", "/-/settings", "/-/versions"):
        response = await site.client.get(path)
        assert response.status_code == 200
        assert 'class="masthead"' in response.text


async def test_hostile_values(chronology: Any, tmp_path: Path) -> None:
    text = HOSTILE.replace('"', '""')
    chronology.write(
        events=f'id,date,title,summary,note,place,targets,actors,aliases\n2015-03-18-bardo,2015-03-18,"{text}","{text}","{text}","{text}","{text}","{text} (target)","ar:{text}"\n',
        sources=f'id,publisher,title,author\nle-monde,"{text}","{text}","{text}"\n',
        actors=f'id,name,note,aliases\nx,"{text}","{text}","{text}"\n',
        questions=f'id,title,event,measure,scope,unit,note\nq,"{text}",2015-03-18-bardo,killed,victims,"{text}","{text}"\n',
        claims=f'id,question,said,best,source,reported_by,population,note\nc,q,"{text}",3,le-monde,"{text}","{text}","{text}"\n',
    )
    assert [p for p in chronology.problems() if p.level == "error"] == []
    build(Path("events.csv"), tmp_path / "events.db")
    site = Datasette(
        [str(tmp_path / "events.db")],
        metadata={
            "title": HOSTILE,
            "description": HOSTILE,
            "license": HOSTILE,
            "plugins": {"event-timeline": {"database": "events"}},
        },
    )
    for path in (
        "/",
        "/events",
        "/events/events",
        f"/events/events?_search={HOSTILE}&title__contains={HOSTILE}",
        "/events/events?_columns=all",
        "/events/events/2015-03-18-bardo",
        "/events/actors/x",
        "/events/sources/le-monde",
        "/events/questions/q",
        "/events/claims/c",
        "/event/2015-03-18-bardo",
        "/actor/x",
        "/source/le-monde",
        "/disputed",
        f"/event/{tilde_encode(HOSTILE)}",
        "/events/claims",
        "/events/claims_in_full",
        f"/events?sql=select+:x+as+title&x={HOSTILE}",
        f"/events/{HOSTILE}",
    ):
        response = await site.client.get(path)
        assert response.status_code < 500, path
        assert "<script>alert" not in response.text, path
        assert "<img src=x" not in response.text, path


async def ask(site: Datasette, sql: str) -> str:
    response = await site.client.get("/events", params={"sql": sql})
    assert response.status_code == 200, (sql, response.text[-500:])
    return str(response.text)


@pytest.mark.parametrize(
    "sql",
    [
        "select 'http://[' as url",
        "select 'http://[::1' as archived_url",
        "select replace(hex(zeroblob(900)), '00', '[') as aliases",
        "select replace(hex(zeroblob(900)), '00', '[') || replace(hex(zeroblob(900)), '00', ']') as aliases",
        """select '["\\ud800"]' as aliases""",
        """select '["\\ud800"]' as actors""",
        """select '["\\udfff"]' as sources""",
        "select 'event' as what, 'x' as found",
        "select 'event' as what, null as id, 'x' as found",
        "select 9223372036854775807 as earliest_start, -9223372036854775808 as latest_end",
        "select 1 as aliases, 2 as url, 3 as date, 4.5 as value, x'ff' as actors",
    ],
)
async def test_no_value_of_a_query_is_too_odd_to_show(site: Datasette, sql: str) -> None:
    await ask(site, sql)


async def test_half_a_surrogate_pair_is_shown_as_lost(site: Datasette) -> None:
    assert "<li>a\ufffdb</li>" in await ask(site, """select '["a\\ud800b"]' as aliases""")


async def test_deep_lists_are_shown_as_they_stand(site: Datasette) -> None:
    whole = Datasette(
        site.files,
        metadata={"plugins": {"event-timeline": {"database": "events"}}},
        settings={"truncate_cells_html": 0},
    )
    await ask(whole, "select replace(hex(zeroblob(50000)), '00', '[') as aliases")


async def test_long_texts_are_cut_where_the_site_says(site: Datasette) -> None:
    small = Datasette(
        site.files,
        metadata={"plugins": {"event-timeline": {"database": "events"}}},
        settings={"truncate_cells_html": 250},
    )
    page = await ask(small, "select printf('%.250c', 'x') as note, printf('%.251c', 'y') as title")
    assert f"<summary>{'x' * 250}</summary>" in page
    assert f"{'y' * 250}…" in page
    assert "y" * 251 not in page


async def test_dates_of_a_query_that_are_too_long_are_not_read(site: Datasette) -> None:
    date = f"[{','.join(str(year) for year in range(1900, 1940))}]"
    assert f'<span class="date">{date}</span>' in await ask(site, f"select '{date}' as date")


SPOILT = [
    "update claims set question = null, source = null",
    "update claims set question = 'nowhere', source = 'nowhere', standing = 5, relation = null",
    "update actors set successor_of = 'not json', aliases = 5, part_of = 'nowhere'",
    "update actors set successor_of = '[' where rowid % 2",
    "update events set longitude = null",
    "update events set latitude = 'north', longitude = x'ff', radius_km = 'far', date = 2015",
    "update events set killed_low = 'some', killed_high = 'many', aliases = '{', status = null",
    "update sources set url = 'http://[', archived_url = 5, published = 2015, language = 7",
    "update sources set url = 'https://a]b', title = null, publisher = null",
    "update claims set low = 'few', best = 9e999, high = -9e999, reported = 5, reported_by = null",
    "update claims set low = -9223372036854775808, high = 9223372036854775807, best = 1.5",
    "update claims set low = null, best = null, high = null, value = 5, relation = x'ff'",
    "update questions set measure = 5, event = 'nowhere', title = null, note = x'ff'",
    "update events set title = null, place = 5, region = 7, location_precision = 9, summary = x'ff'",
    "update events set date = null, earliest_start = 'early', latest_start = null",
    "update events set latitude = 9e999, longitude = 181, radius_km = -5",
    "update events set radius_km = 9e999",
    "drop table event_actors",
    "drop table event_sources",
    "drop table questions",
    "drop table sources",
    "drop table countries",
    "drop table claims",
    "drop table build",
    "drop table events",
    "drop table withdrawn",
    "drop view disagreements",
    "alter table events drop column note",
]


def loosen(db: sqlite3.Connection) -> None:
    """Take from the tables what keeps odd values out of them."""
    db.execute("pragma writable_schema = on")
    loose = "type = 'table' and name in ('events', 'actors', 'sources', 'questions', 'claims')"
    for word in ("STRICT", "NOT NULL", "REAL", "INTEGER", "TEXT"):
        for form in (word, word.lower()):
            db.execute(
                f"update sqlite_master set sql = replace(sql, ?, '') where {loose}", (f" {form}",)
            )
    db.commit()


@pytest.mark.slow  # a site for each, and pages of every kind of it
@pytest.mark.parametrize("sql", SPOILT)
async def test_a_database_made_by_hand_is_shown(
    database: Path, metadata: dict[str, Any], tmp_path: Path, sql: str
) -> None:
    copy = tmp_path / "events.db"
    copy.write_bytes(database.read_bytes())
    with closing(sqlite3.connect(copy)) as db:
        keys = {
            table: db.execute(f"select id from {table} limit 2").fetchall()
            for table in ("events", "actors", "sources", "questions", "claims")
        }
        triggers = db.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (trigger,) in triggers:
            db.execute(f"drop trigger [{trigger}]")
        loosen(db)
    with closing(sqlite3.connect(copy)) as db:
        db.execute("pragma legacy_alter_table = on")
        db.execute(sql)
        db.commit()
    site = Datasette([str(copy)], metadata=metadata)
    rows = [f"/events/{table}/{key}" for table, ids in keys.items() for (key,) in ids]
    rows += [
        f"/{kind}/{key}" for kind in ("event", "actor", "source") for (key,) in keys[f"{kind}s"]
    ]
    rows += [f"/event/{key}.json" for (key,) in keys["events"]]
    # The first rows: what spoils one spoils all.
    tables = [f"/events/{table}?_size=20" for table in keys]
    for path in ("/", "/events", "/disputed", *tables, *rows):
        response = await site.client.get(path)
        assert response.status_code < 500, (path, response.text[-1500:])
