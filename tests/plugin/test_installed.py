"""Installed, the plugins change nothing of databases that nobody declared, but for one link."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from datasette.app import Datasette
from datasette.plugins import pm

import datasette_event_timeline
import event_timeline.site

SCHEMAS = {
    "shop": "create table orders (id integer primary key, ordered_on text, title text, total real);"
    "insert into orders values (1, '2015-06-26', 'Ropes', 12.5), (2, '2015-07', 'Sails', null);"
    "create view large as select * from orders where total > 10",
    "events": "create table events (name text, start text, lat text, lon text);"
    "insert into events values ('Fair', '2 May 2013', '55.4', '8.4'), ('Race', 'soon', '', '')",
    "plain": "create table colours (name text primary key, hex text) without rowid;"
    "insert into colours values ('red', 'ff0000'), ('time line', '<b>')",
}
PAGES = {
    "shop": (
        *("/shop", "/shop/orders", "/shop/orders?_facet=title&total__gt=3", "/shop/orders/1"),
        *("/shop/large", "/shop.json", "/shop/orders.json", "/shop/orders.csv?_stream=on"),
        *("/shop?sql=select+*+from+orders", "/shop?sql=select+nothing", "/shop/nothing"),
        *("/shop/orders?_possibly=", "/shop/orders?_where=total>10"),
    ),
    "events": ("/events", "/events/events", "/events/events/1", "/events/events.json?_labels=on"),
    "plain": ("/plain", "/plain/colours", "/plain/colours/red", "/plain/colours?_search=x"),
}
# The whole site's, which a declared chronology takes over.
SITE = ("/", "/-/databases.json", "/-/metadata.json", "/-/settings.json", "/timeline", "/event/1")
# What no two answers have in common.
CHANGING = re.compile(r"Queries took [\d.]+ms|\"query_ms\": [\d.]+|csrftoken[^>]*")
MENU_LINK = re.compile(r'\s*<li><a href="/-/timeline/[^"]*">Timeline</a></li>')
MENU = re.compile(r'<details class="actions-menu-links.*?</details>', re.DOTALL)


@contextmanager
def _without(*plugins: object) -> Iterator[None]:
    names = [(plugin, pm.get_name(plugin)) for plugin in plugins]
    for plugin, _ in names:
        pm.unregister(plugin)
    try:
        yield
    finally:
        for plugin, name in names:
            pm.register(plugin, name)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for name, schema in SCHEMAS.items():
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as db:
            db.executescript(schema)
    return [str(tmp_path / f"{name}.db") for name in SCHEMAS]


async def answers(site: Datasette, pages: tuple[str, ...]) -> dict[str, tuple[int, list[str], str]]:
    found = {}
    for page in pages:
        answer = await site.client.get(page)
        headers = sorted(f"{name}: {value}" for name, value in answer.headers.items())
        headers = [one for one in headers if not one.startswith(("set-cookie", "content-length"))]
        found[page] = answer.status_code, headers, plain(answer.text)
    return found


def plain(page: str) -> str:
    """A page without what changes from one answer to the next, and without the menu's link."""
    left = MENU_LINK.sub("", CHANGING.sub("", page))
    left = MENU.sub(lambda menu: menu[0] if "<li>" in menu[0] else "", left)
    return "\n".join(line.rstrip() for line in left.splitlines() if line.strip())


async def test_where_nothing_is_declared_nothing_changes(files):
    pages = (*SITE, *(page for of_one in PAGES.values() for page in of_one))
    with _without(datasette_event_timeline, event_timeline.site):
        before = await answers(Datasette(files), pages)
    after = await answers(Datasette(files), pages)
    assert [page for page in pages if before[page] != after[page]] == []


async def test_beside_a_declared_chronology_the_others_do_not_change(files):
    pages = (*PAGES["shop"], *PAGES["plain"])
    settings = {"database": "events", "id": "rowid", "date": "start", "title": "name"}
    with _without(datasette_event_timeline, event_timeline.site):
        before = await answers(Datasette(files), pages)
    declared = Datasette(files, metadata={"plugins": {"event-timeline": settings}})
    after = await answers(declared, pages)
    assert [page for page in pages if before[page] != after[page]] == []


async def test_the_link_is_on_tables_and_views_with_dates_alone(files):
    site = Datasette(files)
    found = {
        page: re.findall(r'<a href="(/-/timeline/[^"]*)">Timeline</a>', answer.text)
        for page in ("/shop/orders?total__gt=3&_sort=id", "/shop/large", "/plain/colours")
        for answer in [await site.client.get(page)]
    }
    assert found == {
        "/shop/orders?total__gt=3&_sort=id": ["/-/timeline/shop/orders?total__gt=3"],
        "/shop/large": ["/-/timeline/shop/large"],
        "/plain/colours": [],
    }
