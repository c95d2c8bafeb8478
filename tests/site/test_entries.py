"""The pages on one event, actor or source, and on what sources dispute."""

import html
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import tilde_encode

from event_timeline.publish.build import build

EVENTS = """\
id,date,title,place,country,location_precision,latitude,longitude,actors,sources,part_of,aliases
2015-03-18-bardo,2015-03-18,Attack on the Bardo,Tunis,TN,town,36.8,10.18,Islamic State (claimed),le-monde; reuters,,ar:باردو
2015-03-20-march,2015-03-20,A march,Tunis,TN,town,36.8,10.18,Islamic State (target),le-monde,2015-03-18-bardo,
2015-06-sousse,2015-06,Something at Sousse,Sousse,TN,country,,,,le-monde,,
"""
ACTORS = "id,name,part_of,successor_of\nis,Islamic State,,isi\nisi,Islamic State of Iraq,,\n"
SOURCES = """\
id,publisher,title,origin,url,language,published
le-monde,Le Monde,Attentat,AFP,https://lemonde.fr/a,fr,2015-03-19
reuters,Reuters,Bardo,AFP,https://reuters.com/b,en,2015-03-18
"""
QUESTIONS = """\
id,title,event,measure,scope,unit
day,Which day?,,date,,
killed,How many died?,2015-03-18-bardo,killed,victims,people
motive,Why?,2015-03-18-bardo,motive,,
"""
CLAIMS = """\
id,question,relation,said,low,best,high,value,source,standing,reported
d1,day,answers,on the 18th,,,,2015-03-18,reuters,supported,
d2,day,answers,in March,,,,2015-03,le-monde,disputed,
k1,killed,answers,22 dead,,22,,,reuters,supported,2015-03-19
k2,killed,answers,at least 17,17,,,,le-monde,disputed,2015-03-18
k3,killed,wider,24 with the attackers,,24,,,le-monde,supported,
m1,motive,answers,to frighten,,,,fear,reuters,disputed,
m2,motive,answers,to be known,,,,fame,le-monde,disputed,
"""
WITHDRAWN = """\
id,kind,title,when,why
2015-never,event,It never was,2020-01,Two reports were of one event.
2015-twice,event,Twice,2020-01,"The same as 2015-03-18-bardo, says le-monde <b>not-there</b>."
old-news,source,Old news,2020-01,It was a copy.
"""


@pytest.fixture
def small(chronology: Any, tmp_path: Path) -> Datasette:
    """A chronology of three events."""
    chronology.write(
        events=EVENTS,
        actors=ACTORS,
        sources=SOURCES,
        questions=QUESTIONS,
        claims=CLAIMS,
        withdrawn=WITHDRAWN,
    )
    assert [line for line in chronology.check() if "warning" not in line] == []
    build(Path("events.csv"), tmp_path / "events.db")
    return served(tmp_path / "events.db")


def served(database: Path, **settings: Any) -> Datasette:
    plugin = {"database": database.stem, **settings}
    return Datasette(
        [str(database)], metadata={"title": "Chron", "plugins": {"event-timeline": plugin}}
    )


async def get(site: Datasette, path: str, status: int = 200) -> str:
    response = await site.client.get(path)
    assert response.status_code == status, response.text[-1000:]
    return str(response.text)


def text_of(page: str) -> str:
    """What a reader sees of a page, its words one space apart."""
    visible = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", visible)).split())


# An event


async def test_an_event_says_when_where_and_who(small):
    page = await get(small, "/event/2015-03-18-bardo")
    assert '<span class="date">18 March 2015</span> <small class="edtf">2015-03-18</small>' in page
    assert '<rect class="certain" x=' in page
    assert '<circle class="reach"' in page
    assert "Located to the town: within 5 km of 36.8000° N, 10.1800° E" in text_of(page)
    assert '<a href="/actor/is">Islamic State</a> <span class="role"' in page
    assert '<span lang="ar" dir="rtl">باردو</span>' in page


async def test_what_is_only_possible_is_hatched_and_said_to_be(small):
    page = await get(small, "/event/2015-06-sousse")
    assert '<rect fill="url(#hatch)" x=' in page
    assert '<rect class="possible" x=' in page
    assert "Hatched: possibly under way." in page


async def test_without_a_point_the_page_says_why_there_is_no_map(small):
    page = await get(small, "/event/2015-06-sousse")
    assert "place-map" not in page
    assert "On a map A whole country: no point is drawn" in text_of(page)


async def test_answers_stand_by_date_of_report_and_the_rest_below_with_the_reason(small):
    page = await get(small, "/event/2015-03-18-bardo")
    answers = page[page.index("How many died?") : page.index("Why?")]
    assert re.findall(r'<text class="value \w+"[^>]*>([^<]+)</text>', answers) == [
        "at least 17",
        "22",
    ]
    assert re.findall(r'<text class="tick"[^>]*>([^<]+)</text>', answers) == [
        *("0", "5", "10", "15", "20", "25")
    ]
    below = text_of(answers[answers.index("Not on this scale") :])
    assert below.startswith("Not on this scale wider : counts a larger area, period or population")
    assert " 24 " in below


async def test_the_highlighted_source_stands_out(small, tmp_path):
    page = await get(
        served(tmp_path / "events.db", highlight_source="reuters"), "/event/2015-03-18-bardo"
    )
    (row,) = re.findall(r'<li class="highlighted">\s*<p class="who">.*?</li>', page, flags=re.S)[:1]
    assert "22 dead" in row


async def test_sources_are_counted_by_origin_and_linked_with_care(small):
    page = await get(small, "/event/2015-03-18-bardo")
    assert "2 sources, of 1 independent origin: what repeats the same agency" in page
    assert (
        '<a class="outward" href="https://reuters.com/b" rel="noopener nofollow"'
        ' aria-label="Page: Reuters">Page</a>'
    ) in page


async def test_an_event_leads_to_its_neighbours(small):
    first = await get(small, "/event/2015-03-18-bardo")
    assert '<a rel="next" href="/event/2015-03-20-march">' in first
    for heading in ("Its parts", "In the same place", "In the same week", "With the same actors"):
        after = first[first.index(f">{heading}</h") :]
        assert "/event/2015-03-20-march" in after[: after.index("</section>")], heading
    second = await get(small, "/event/2015-03-20-march")
    assert '<a rel="prev" href="/event/2015-03-18-bardo">' in second
    assert "Attack on the Bardo , whose figures include these" in text_of(second)
    assert "/events/events?_possibly=2015-03-17%2F2015-03-23" in second


async def test_an_event_can_be_cited(small, tmp_path):
    page = await get(small, "/event/2015-06-sousse")
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        (digest,) = db.execute("select value from build where item = 'events.csv'").fetchone()
    (citation,) = re.findall(r'<p class="citation">(.*?)</p>', page)
    assert html.unescape(citation) == (
        "“Something at Sousse”, June 2015. Chron. http://localhost/event/2015-06-sousse."
        f" Data: build 1, events {digest[:12]}."
    )
    assert '<link rel="canonical" href="http://localhost/event/2015-06-sousse">' in page


def json_ld(page: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.S)
    return json.loads(found)


async def test_an_event_is_told_to_programs(small):
    page = await get(small, "/event/2015-03-18-bardo")
    assert json_ld(page) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "Attack on the Bardo",
        "description": "It happened.",
        "url": "http://localhost/event/2015-03-18-bardo",
        "startDate": "2015-03-18",
        "endDate": "2015-03-18",
        "location": {
            "@type": "Place",
            "name": "Tunis",
            "address": {"@type": "PostalAddress", "addressCountry": "TN"},
            "geo": {"@type": "GeoCoordinates", "latitude": 36.8, "longitude": 10.18},
        },
        "citation": [
            {
                "@type": "CreativeWork",
                "name": "Bardo",
                "url": "https://reuters.com/b",
                "publisher": {"@type": "Organization", "name": "Reuters"},
                "datePublished": "2015-03-18",
                "inLanguage": "en",
            },
            {
                "@type": "CreativeWork",
                "name": "Attentat",
                "url": "https://lemonde.fr/a",
                "publisher": {"@type": "Organization", "name": "Le Monde"},
                "datePublished": "2015-03-19",
                "inLanguage": "fr",
            },
        ],
    }


async def test_programs_are_told_no_day_and_no_point_that_is_not_certain(small):
    told = json_ld(await get(small, "/event/2015-06-sousse"))
    assert told.keys().isdisjoint({"startDate", "endDate"})
    assert "geo" not in told["location"]


async def test_markup_in_a_title_does_not_end_the_script(chronology, tmp_path):
    chronology.write(events="id,date,title\n2015-x,2015,</script><script>alert(1)</script>\n")
    build(Path("events.csv"), tmp_path / "events.db")
    page = await get(served(tmp_path / "events.db"), "/event/2015-x")
    assert "<script>alert" not in page
    assert json_ld(page)["name"] == "</script><script>alert(1)</script>"


async def test_an_event_as_json(small):
    event = json.loads(await get(small, "/event/2015-03-18-bardo.json"))
    assert event["aliases"] == ["ar:باردو"]
    assert event["actors"] == [
        {"id": "is", "name": "Islamic State", "kind": "group", "role": "claimed"}
    ]
    assert [source["id"] for source in event["sources"]] == ["reuters", "le-monde"]
    assert {q["id"]: [c["id"] for c in q["claims"]] for q in event["questions"]} == {
        "killed": ["k2", "k1", "k3"],
        "motive": ["m1", "m2"],
    }
    assert event["parts"] == [{"id": "2015-03-20-march", "title": "A march", "date": "2015-03-20"}]
    assert event["canonical"] == "http://localhost/event/2015-03-18-bardo"


@pytest.mark.slow  # the page of every event
async def test_every_event_of_the_chronology_has_its_page(site, db):
    for (event,) in db.execute("select id from events"):
        page = await get(site, f"/event/{event}")
        assert "Left out of this page" not in page, event
        assert "undefined" not in text_of(page).lower().split(), event


# What is not there, and what is no longer


async def test_an_unknown_event_is_searched_for_by_the_words_of_its_id(small):
    page = await get(small, "/event/2015-03-18-bardo-musem", 404)
    assert "There is no such event" in page
    assert page.count('type="search"') == 1
    assert 'name="_search" value="bardo musem"' in page


async def test_a_withdrawn_event_says_why(small):
    page = await get(small, "/event/2015-never", 410)
    assert "Withdrawn January 2020 It never was This event was published here once" in text_of(page)
    assert "Two reports were of one event." in page
    assert 'type="search"' in page


async def test_what_is_withdrawn_is_so_under_its_own_kind_only(small):
    await get(small, "/actor/2015-never", 404)


async def test_what_the_reason_names_is_linked_and_all_else_is_text(small):
    page = await get(small, "/event/2015-twice", 410)
    assert (
        'The same as <a href="/event/2015-03-18-bardo">2015-03-18-bardo</a>, says '
        '<a href="/source/le-monde">le-monde</a> &lt;b&gt;not-there&lt;/b&gt;.'
    ) in page


@pytest.mark.parametrize(
    ("row", "page"),
    [("events/2015-twice", "event/2015-twice"), ("sources/old-news", "source/old-news")],
)
async def test_a_withdrawn_row_is_answered_as_its_page_is(small, row, page):
    told = text_of(await get(small, f"/{page}", 410))
    assert text_of(await get(small, f"/events/{row}", 410)) == told


async def test_a_withdrawn_row_is_found_whatever_its_database_is_called(small, tmp_path):
    (tmp_path / "events.db").rename(tmp_path / "a.b c.db")
    site = served(tmp_path / "a.b c.db")
    told = text_of(await get(site, "/event/2015-never", 410))
    assert text_of(await get(site, "/a~2Eb+c/events/2015-never", 410)) == told
    assert "It never was" in await get(site, "/a~2Eb~20c/events/2015-never.json", 410)


async def test_a_withdrawn_row_as_json_is_answered_as_json(small):
    row = json.loads(await get(small, "/events/events/2015-twice.json", 410))
    assert row == json.loads(await get(small, "/event/2015-twice.json", 410))


@pytest.mark.parametrize(
    "path",
    [
        "/events/events/never-was",
        "/events/sources/2015-never",
        "/events/questions/2015-never",
        "/nothing/events/2015-never",
        "/events/events/2015-never/x",
    ],
)
async def test_what_was_never_there_is_not_found(small, path):
    await get(small, path, 404)


async def test_json_says_what_is_not_there(small):
    missing = json.loads(await get(small, "/event/nothing.json", 404))
    assert (missing["ok"], missing["status"]) == (False, 404)
    gone = json.loads(await get(small, "/event/2015-never.json", 410))
    assert gone["withdrawn"]["title"] == "It never was"
    assert gone["error"] == "Two reports were of one event."


@pytest.mark.parametrize("path", ["..%2f", "%", "~", "~ff", "%00", "x" * 5_000, "~2E~2E~2Fevents"])
async def test_no_address_is_too_odd_to_answer(small, path):
    for kind in ("event", "actor", "source"):
        await get(small, f"/{kind}/{path}", 404)


# Actors and sources


async def test_an_actor_lists_its_events_with_its_role_in_each(small):
    page = await get(small, "/actor/is")
    lines = re.findall(r"<li><span class=\"when\">.*?</li>", page)
    assert [text_of(line) for line in lines] == [
        "18 March 2015 Attack on the Bardo claimed",
        "20 March 2015 A march target",
    ]
    assert "/events/events?actors__arraycontains=Islamic+State" in page.replace("%20", "+")
    assert "/timeline?actors__arraycontains=Islamic+State" in page.replace("%20", "+")
    assert '<a href="/actor/isi">Islamic State of Iraq</a>' in page


async def test_a_source_lists_what_rests_on_it(small):
    page = text_of(await get(small, "/source/le-monde"))
    assert "3 events rest on it" in page
    assert "4 claims stand in it" in page


# Where sources disagree


async def test_disputed_questions_stand_in_groups_with_their_event(small):
    page = await get(small, "/disputed")
    assert "2 questions are answered differently by different sources; 1 more has" in page
    titles = re.findall(r'<h2 id="group-\d">([^<]+)</h2>', page)
    assert titles == ["Killed and wounded", "When it was", "Several answers, which can all be true"]
    assert '<a href="/event/2015-03-18-bardo">Attack on the Bardo</a>' in page
    assert "About more than one event" in page


async def test_answers_that_can_all_be_true_are_not_set_against_each_other(small):
    page = await get(small, "/disputed?measure=motive")
    assert "These answers need not exclude one another." in page
    assert "How many died?" not in page


async def test_superseded_answers_are_no_dispute_and_are_marked(small, tmp_path):
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        db.execute("update claims set standing = 'superseded' where id = 'k2'")
        db.commit()
    assert "How many died?" not in await get(small, "/disputed")
    page = await get(small, "/events/questions/killed")
    assert re.search(r'<li class=" superseded">\s*<p class="who">.*?at least 17', page, re.S)


async def test_disputed_questions_can_be_narrowed_and_paged(site, db):
    everything = await get(site, "/disputed")
    numbers = re.findall(r'page=(\d+)"', everything)
    last = max(map(int, numbers))
    pages = [await get(site, f"/disputed?page={n}") for n in range(1, last + 1)]
    shown = [
        found for page in pages for found in re.findall(r'<h3 id="[^"]+"><a href="([^"]+)"', page)
    ]
    disputed = {
        f"/events/questions/{row[0]}" for row in db.execute("select question from disagreements")
    }
    assert len(shown) == len(set(shown))
    assert disputed <= set(shown)


@pytest.mark.parametrize("number", ["0", "x", "-1", "1e9", "99999999", "²"])
async def test_a_page_that_is_no_number_is_refused(small, number):
    assert "is no page: write 1 or more" in await get(small, f"/disputed?page={number}", 400)


async def test_beyond_the_last_page_there_is_a_way_back(small):
    assert "There are fewer pages than that." in await get(small, "/disputed?page=9")
    assert "See them all" in await get(small, "/disputed?measure=nonsense")


# Who may see what


async def test_what_a_visitor_may_not_see_is_on_no_page(small, tmp_path):
    closed = Datasette(
        [str(tmp_path / "events.db")],
        metadata={
            "plugins": {"event-timeline": {"database": "events"}},
            "databases": {
                "events": {"tables": {"claims": {"allow": False}, "sources": {"allow": False}}}
            },
        },
    )
    for path in (
        "/event/2015-03-18-bardo",
        "/event/2015-03-18-bardo.json",
        "/events/events/2015-03-18-bardo",
        "/events/questions/killed",
    ):
        page = await get(closed, path)
        assert "22 dead" not in page, path
        assert "Attentat" not in page, path
    await get(closed, "/source/le-monde", 403)
    await get(closed, "/disputed", 403)


async def test_a_closed_table_closes_its_events(small, tmp_path):
    tables = {"tables": {"events": {"allow": False}}}
    closed = Datasette(
        [str(tmp_path / "events.db")],
        metadata={
            "plugins": {"event-timeline": {"database": "events"}},
            "databases": {"events": tables},
        },
    )
    for path in ("/event/2015-03-18-bardo", "/event/2015-never", "/actor/is", "/disputed"):
        await get(closed, path, 403)
    assert "Attack on the Bardo" not in await get(closed, "/events/actors/is")


# Other tables, other places


async def test_datasettes_row_page_reads_the_same_and_names_the_address(small):
    page = await get(small, "/events/events/2015-03-18-bardo")
    assert '<link rel="canonical" href="http://localhost/event/2015-03-18-bardo">' in page
    assert '<text class="value end"' in page or '<text class="value start"' in page


@pytest.mark.parametrize(
    "path", ["/events/events", "/events/events?_columns=all", "/events/claims"]
)
async def test_tables_lead_to_these_pages(small, path):
    page = await get(small, path)
    assert not re.search(r'href="/events/(events|actors|sources)/', page)
    assert re.search(r'href="/(event|source)/', page)


async def test_addresses_keep_the_prefix_of_the_site(small, tmp_path):
    prefixed = Datasette(
        [str(tmp_path / "events.db")],
        metadata={"plugins": {"event-timeline": {"database": "events"}}},
        settings={"base_url": "/here/"},
    )
    response = await prefixed.client.get("/event/2015-03-18-bardo")
    assert '<a href="/here/actor/is">' in response.text
    assert (
        '<link rel="canonical" href="http://localhost/here/event/2015-03-18-bardo">'
        in response.text
    )


@pytest.fixture
def voyages(tmp_path: Path) -> Datasette:
    """A table of somebody else's, with no column named as ours are."""
    path = tmp_path / "sea.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table voyages (code integer primary key, sails, lands, what, map, web)")
        db.executemany(
            "insert into voyages values (?, ?, ?, ?, ?, ?)",
            [
                (1, "1492-08-03", "1492-10-12", "Sails <b>west</b>", b"\xff\x00", "http://x.org/"),
                (2, None, None, None, None, "javascript:alert(1)"),
                (3, "some day", 1500, "x" * 20_000, None, None),
            ],
        )
        db.commit()
    return served(path, table="voyages", id="code", date="sails", end="lands", title="what")


async def test_any_table_with_dates_has_pages_on_its_events(voyages):
    page = await get(voyages, "/event/1")
    assert "<h1>Sails &lt;b&gt;west&lt;/b&gt;</h1>" in page
    assert '<span class="date">3 August to 12 October 1492</span>' in page
    assert 'class="date-figure"' in page
    assert "<dt>map</dt><dd>2 bytes</dd>" in page
    assert '<a href="http://x.org/" rel="noopener nofollow">http://x.org/</a>' in page
    for code in (2, 3):
        assert "javascript:alert(1)</a>" not in await get(voyages, f"/event/{code}")
    assert json.loads(await get(voyages, "/event/3.json"))["lands"] == 1500
    for path in ("/event/4", "/actor/1", "/source/1", "/disputed"):
        await get(voyages, path, 404)


@pytest.mark.parametrize("event_id", ["a/b", "..", "50%", "é ~+", "x.json", "<b>", "x" * 900])
async def test_an_id_may_hold_anything(tmp_path, event_id):
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        db.execute("create table events (id, date, title)")
        db.execute("insert into events values (?, '2015-06', 'Found')", (event_id,))
        db.commit()
    site = served(tmp_path / "events.db")
    path = f"/event/{tilde_encode(event_id)}"
    assert "<h1>Found</h1>" in await get(site, path)
    assert json.loads(await get(site, f"{path}.json"))["id"] == event_id


async def test_a_hedged_figure_is_labelled_with_its_word_and_drawn_soft(small, tmp_path):
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        db.execute("update claims set said = 'about 22 dead' where id = 'k1'")
        db.commit()
    page = await get(served(tmp_path / "events.db"), "/event/2015-03-18-bardo")
    assert '<circle class="best soft"' in page
    assert re.findall(r'<text class="value \w+"[^>]*>([^<]+)</text>', page)[-1] == "about 22"


async def test_answers_that_agree_are_told_in_a_line_without_a_drawing(small, tmp_path):
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        db.execute("update claims set said = '22', low = null, best = 22 where id = 'k2'")
        db.commit()
    page = await get(served(tmp_path / "events.db"), "/event/2015-03-18-bardo")
    answers = page[page.index("How many died?") : page.index("Why?")]
    assert "Both say 22 people:" in text_of(answers)
    assert '<svg class="figure' not in answers
