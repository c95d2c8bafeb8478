"""A chronology whose every text attacks: pages show it as text, and nothing of it comes to life.

What the other browser tests assert of every page holds here too: no request to another host,
no error on the console, where Chromium reports what a policy stopped.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from datasette.utils import tilde_encode
from playwright.sync_api import Page

# A site of its own, and every page of it in two looks.
pytestmark = pytest.mark.slow

# Whatever becomes an element bears this mark; whatever runs opens a dialog or asks this host.
MARK = "data-planted"
PLANTED = [
    f'<script {MARK}>alert("script")</script>',
    f"<img {MARK} src=x onerror=alert(1)>",
    f'"><svg {MARK} onload=alert(2)>',
    f"' {MARK} onmouseover='alert(3)' autofocus onfocus='alert(4)",
    f"</script><script {MARK}>alert(5)</script><!--",
    f"</textarea></title></style><b {MARK}>",
    f'<iframe {MARK} src="https://planted.example/"></iframe>',
    f'<meta {MARK} http-equiv="refresh" content="0;url=https://planted.example/">',
    f'<base {MARK} href="https://planted.example/"><link rel=stylesheet href=x.css>',
    f"<style {MARK}>@import 'https://planted.example/x.css'; * {{ color: red }}</style>",
    f"&lt;b {MARK}&gt;&#60;b {MARK}&#62;",
    "{{7*7}} {% include '/etc/passwd' %} ${7*7} <%= 7*7 %> #{7*7}",
    "javascript:alert(6)//",
    "data:text/html,<script>alert(7)</script>",
    "=cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "'; drop table events; --",
    "\u202ecod.exe \u2066isolated \u2028 line \x07 bell \N{ZERO WIDTH JOINER}",
    "A\u0301" * 60 + "\N{FACE WITH TEARS OF JOY}" * 40,
    "x" * 5_000,
]
ADDRESSES = [
    "javascript:alert(8)",
    " jAvAsCrIpT:alert(9)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    f'https://planted.example/" {MARK} onclick="alert(10)',
    "//planted.example/",
]
EVENT = "2015-03-18-bardo-museum-attack"
# Ids, which are in addresses; each is that of an event, an actor or a source too.
IDS = ["../../etc/passwd", f"<b {MARK}>", "a/b?c#d&e=f", "%2e%2e%2f", 'x"onload="alert(11)', "~00"]

_TEXTS = {
    "events": ("title", "place", "region", "targets", "summary", "note", "aliases"),
    "actors": ("name", "aliases", "note"),
    "sources": ("publisher", "origin", "title", "author", "note"),
    "questions": ("title", "unit", "note"),
    "claims": ("said", "value", "population", "place", "reported_by", "locator", "note"),
    "event_actors": ("role",),
}


def plant(database: Path) -> None:
    """Write what attacks into every text of a built database, and ids that do."""
    with closing(sqlite3.connect(database)) as db, db:
        n = 0
        for table, columns in _TEXTS.items():
            for (row,) in db.execute(f"select rowid from {table}").fetchall():
                for column in columns:
                    n += 1
                    text = PLANTED[n % len(PLANTED)]
                    db.execute(f"update {table} set {column} = ? where rowid = ?", (text, row))
        db.execute("update events set title = ? || id || title", (PLANTED[0],))
        db.executemany(
            "update sources set url = ?, archived_url = ? where rowid % 5 = ?",
            [(address, address, n) for n, address in enumerate(ADDRESSES)],
        )
        for table in ("events", "actors", "sources"):
            names = [name for _, name, *_ in db.execute(f"pragma table_info({table})")][1:]
            rest = ", ".join(names)
            db.executemany(
                f"insert into {table} (id, {rest}) select ?, {rest} from {table} limit 1",
                [(planted,) for planted in IDS],
            )
        db.executemany("insert into event_actors values (?, ?, ?)", [(i, i, i) for i in IDS])
        db.executemany("insert into event_sources values (?, ?)", [(i, i) for i in IDS])
        db.execute("update claims set source = ? where rowid % 7 = 0", (IDS[1],))
        db.execute("update events set part_of = ? where rowid % 9 = 0", (IDS[1],))


@pytest.fixture(scope="module")
def address(chromium: str, serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The hostile chronology, served as any other."""
    folder = tmp_path_factory.mktemp("hostile")
    with serve(folder, plant) as found:
        yield found
    assert "Traceback" not in (folder / "serve.log").read_text()


@pytest.fixture
def dialogs(page: Page) -> Iterator[list[str]]:
    """The dialogs that opened; there must be none."""
    opened: list[str] = []

    def note(dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    yield opened
    assert opened == []


def nothing_came_to_life(page: Page) -> None:
    assert page.locator(f"[{MARK}]").count() == 0
    assert page.locator("iframe, base, meta[http-equiv=refresh], object, embed").count() == 0
    addresses = page.locator("[href], [action], [src]").evaluate_all(
        "all => all.flatMap(one => ['href', 'action', 'src'].map(name => one.getAttribute(name)))"
        ".filter(text => text !== null).map(text => new URL(text, document.baseURI).protocol)"
    )
    assert set(addresses) <= {"http:", "https:"}


PAGES = [
    "/", "/timeline", f"/timeline?_selected={EVENT}", "/timeline?_lanes=actors", f"/event/{EVENT}",
    "/actor/islamic-state", "/disputed", "/about", "/events", "/events/events", "/events/actors",
    "/events/sources", "/events/questions", "/events/claims", "/events/claims_in_full",
    "/events/disagreements", f"/events/events/{EVENT}", "/events/deadliest-events",
    "/events?sql=select+*+from+events+limit+9", "/events/event_actors?_facet=role",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_shows_it_as_text(page, dialogs, path):
    answer = page.goto(path)
    assert answer.status == 200
    page.wait_for_load_state("networkidle")
    nothing_came_to_life(page)
    if path not in ("/about", "/events"):
        assert page.locator("body").inner_html().count("&lt;") > 0
    assert "49 " not in page.locator("main").inner_text().split()


@pytest.mark.parametrize("kind", ["event", "actor", "source"])
@pytest.mark.parametrize("planted", IDS)
def test_an_id_that_attacks_has_a_page_or_none(page, errors, dialogs, kind, planted):
    for spelt in (tilde_encode(planted), quote(planted, safe="")):
        answer = page.goto(f"/{kind}/{spelt}")
        assert answer.status in (200, 404)
        nothing_came_to_life(page)
    forget_statuses(errors)


@pytest.mark.parametrize("planted", IDS)
def test_a_row_whose_id_attacks(page, dialogs, planted):
    answer = page.goto(f"/events/events/{tilde_encode(planted)}")
    assert answer.status == 200
    nothing_came_to_life(page)


# All of them at once: an address takes no more than a few thousand signs.
EVERYTHING = quote(" ".join(PLANTED[:-2]), safe="")


@pytest.mark.parametrize(
    "path",
    [
        "/events/events?_search={}",
        "/events/events?title={}&title={}&type__startswith=x",
        "/events/search?q={}",
        "/timeline?_search={}&place={}",
    ],
)
def test_what_an_address_says_is_shown_as_text(page, dialogs, path):
    answer = page.goto(path.replace("{}", EVERYTHING))
    assert answer.status == 200
    nothing_came_to_life(page)


REFUSED = [
    "/{}", "/event/{}", "/timeline?_window={}", "/timeline?_lanes={}", "/timeline?{}=1",
    "/events/events?_sort={}", "/events/events?_possibly={}", "/events/events?_where={}",
    "/events/events?_col={}", "/events?sql={}", "/events/{}", "/events/events/{}", "/disputed?page={}",
]  # fmt: skip


@pytest.mark.parametrize("path", REFUSED)
def test_an_error_shows_it_as_text(page, errors, dialogs, path):
    for planted in (EVERYTHING, quote(PLANTED[0]), quote(PLANTED[1])):
        page.goto(path.replace("{}", planted))
        nothing_came_to_life(page)
    forget_statuses(errors)


def forget_statuses(errors: list[str]) -> None:
    """Leave out Chromium's own line on an answer of 400 or 404."""
    errors[:] = [line for line in errors if not line.startswith("Failed to load resource")]


def test_the_card_the_list_and_the_map_show_it_as_text(page, dialogs):
    page.goto("/timeline")
    page.wait_for_load_state("networkidle")
    drawing = page.locator("canvas").first
    drawing.focus()
    for key in ["Home", *["ArrowRight"] * 12, "Enter"]:
        page.keyboard.press(key)
        nothing_came_to_life(page)
    for marker in page.locator(".leaflet-interactive").all()[:12]:
        marker.dispatch_event("mouseover")
        marker.dispatch_event("click")
        nothing_came_to_life(page)


def test_nothing_that_is_found_by_pressing_comes_to_life(page, dialogs):
    """The pointer over every link of an event's page, where a handler would run."""
    page.goto(f"/event/{EVENT}")
    for link in page.locator("main a:visible").all():
        link.dispatch_event("mouseover")
        link.dispatch_event("focus")
    nothing_came_to_life(page)


def test_the_data_for_programs_cannot_leave_its_script(page, dialogs):
    page.goto(f"/event/{EVENT}")
    data = page.locator("script[type='application/ld+json']")
    assert data.count() == 1
    assert "</script" not in data.evaluate("one => one.textContent").lower()
    assert data.evaluate("one => JSON.parse(one.textContent)['@type']") == "Event"
