"""One meaning of a date: whatever filters, counts or draws it says what the date itself says."""

import csv
import re
from itertools import pairwise
from pathlib import Path

import pytest
from datasette.app import Datasette

from datasette_event_timeline.render.stretches import MOST_STRETCHES
from edtf_dates import EventDate, from_ordinal, parse_date, spell_year

ROOT = Path(__file__).parents[2]
CORPUS = (ROOT / "tests" / "dates" / "corpus.txt").read_text("utf-8").split()
with (ROOT / "events.csv").open(encoding="utf-8", newline="") as stream:
    CURATED = [row["date"] for row in csv.DictReader(stream)]
DATES = {text: parse_date(text) for text in dict.fromkeys([*CORPUS, *CURATED])}

WINDOWS = (
    "2015-06-26", "2015-06", "2015", "2014-10-04", "2014-10", "2014/2016", "2016-02-29", "2017-10-12",
    "2017-10", "201X", "19XX", "1667/1760", "1700", "0001/0009", "-0043", "-0044/-0042", "-0099/0100",
    "2014-10-03/2014-10-05", "2016-01-01/2016-06-30", "2015/..", "../2014-12-31", "../..", "2100",
    "Y12000", "Y-66000000/-0001", "2015-25", "2015-30", "2015-41",
    # In parts.
    "[2014,2016]", "{2014,2016}", "[2014-10,2015-06,2016-02]", "2015-XX-26", "20X5", "[..2014,2016..]",
    "[2014-10-03,2014-10-09]", "{2013,2015-01..2015-06,2017}",
)  # fmt: skip


@pytest.fixture(scope="module")
def dated_site(site_of_dates) -> Datasette:
    return site_of_dates(DATES)


def test_the_corpus_is_large_and_has_every_level():
    assert len(set(CORPUS)) >= 300
    assert {DATES[text].level for text in CORPUS} == {0, 1, 2}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("parameter", ["_possibly", "_certainly"])
async def test_the_tables_filters_say_what_the_dates_say(dated_site, window, parameter):
    asked = {"_shape": "array", "_size": "max", "_col": "date", parameter: window}
    answer = await dated_site.client.get("/events/events.json", params=asked)
    found = {row["date"] for row in answer.json()}
    within = parse_date(window)
    ask = EventDate.possibly if parameter == "_possibly" else EventDate.certainly
    assert found == {text for text, date in DATES.items() if ask(date, within)}


async def test_the_bins_say_what_the_dates_say(dated_site):
    """Of each date by itself, so that no error hides in a sum."""
    for text, date in DATES.items():
        answer = await dated_site.client.get("/timeline.json", params={"date": text})
        overview = answer.json()["overview"]
        if overview is None:  # a date that names no day
            assert answer.json()["extent"] is None
            continue
        edges = pairwise(overview["edges"])
        for n, (first, after) in enumerate(edges):
            if window := _window(first, after - 1):
                counted = (overview["possible"][n], overview["certain"][n])
                assert counted == (date.possibly(window), date.certainly(window)), (text, window)


def _window(first: int, last: int) -> EventDate | None:
    """The days as a date; None for a part of a year of more than four digits: EDTF has none."""
    (start, *begins), (end, *ends) = from_ordinal(first), from_ordinal(last)
    if max(abs(start), abs(end)) <= 9999:
        return parse_date(f"{_edtf(first)}/{_edtf(last)}")
    if begins == [1, 1] and ends == [12, 31]:
        return parse_date(f"{spell_year(start)}/{spell_year(end)}")
    return None


def _edtf(day: int) -> str:
    year, month, day_of_month = from_ordinal(day)
    return f"{spell_year(year)}-{month:02}-{day_of_month:02}"


async def test_the_stretches_that_are_drawn_say_what_the_dates_say(dated_site):
    """On the days at which any of them begins or ends, and on those beside them."""
    drawing = (await dated_site.client.get("/timeline.json")).json()
    assert drawing["complete"]
    stretches = {event["date"]: event["stretches"] for event in drawing["events"]}
    assert stretches.keys() == DATES.keys()
    for text, drawn in stretches.items():
        if sum(one.first <= one.last for one in DATES[text].stretches) > MOST_STRETCHES:
            assert [certain for _, _, certain in drawn] == [0]
            continue
        edges = [edge for first, last, _ in drawn for edge in (first, last) if edge is not None]
        days = {edge + beside for edge in edges for beside in (-1, 0, 1)}
        for day in (day for day in days if abs(from_ordinal(day)[0]) <= 9999):
            window = parse_date(_edtf(day))
            for certain, ask in ((0, EventDate.possibly), (1, EventDate.certainly)):
                reached = any(
                    _holds(first, last, day)
                    for first, last, is_certain in drawn
                    if is_certain == certain
                )
                assert reached == ask(DATES[text], window), (text, _edtf(day), certain)


def _holds(first: int | None, last: int | None, day: int) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


@pytest.mark.slow  # 459 pages
async def test_the_page_of_an_event_draws_what_the_timeline_draws(dated_site):
    """Of each date the solid and the hatched pieces, in the order of time."""
    drawing = (await dated_site.client.get("/timeline.json")).json()
    for event in drawing["events"]:
        page = (await dated_site.client.get(f"/event/{event['id']}")).text
        figure = re.search(r'<figure class="date-drawn">.*?</figure>', page, re.S)
        if DATES[event["date"]].earliest_start is None and DATES[event["date"]].latest_end is None:
            continue
        assert figure, event["date"]
        pieces = re.findall(r'<rect class="(certain|possible)"', figure[0])
        assert pieces == list(_pieces(event["stretches"])), event["date"]


def _pieces(stretches):
    """The pieces that possible stretches fall into where certain ones lie in them."""
    certain = [(first, last) for first, last, is_certain in stretches if is_certain]
    for first, last, is_certain in stretches:
        if is_certain:
            continue
        within = [one for one in certain if _holds(first, last, one[0])]
        at = first
        for core in within:
            if at is None or at < core[0]:
                yield "possible"
            yield "certain"
            at = core[1] + 1
        if last is None or (at is None or at <= last):
            yield "possible"
