"""The rules of the figures, on events and claims made for each."""

from typing import Any

import pytest
from sqlite_utils import Database

from event_timeline.database.rows import mark_open_figures
from event_timeline.database.schema import create_tables
from event_timeline.database.views import VIEWS, create_views

EVENT = {
    "date": "2015",
    "date_number": 1,
    "type": "attack",
    "status": "confirmed",
    "country": "unknown",
    "location_precision": "none",
    "actors": "[]",
    "summary": "-",
    "aliases": "[]",
    "sources": "[]",
    "year": "2015",
    "precision": "year",
    "killed_open": 0,
    "wounded_open": 0,
}
FIGURES = ("killed_low", "killed_best", "killed_high")


@pytest.fixture
def db() -> Database:
    database = Database(memory=True)
    create_tables(database)
    create_views(database)
    return database


def event(db: Database, name: str, low=None, best=None, high=None, scope="victims", **cells: Any):
    """An event with figures of people killed; without any it has no scope."""
    figures = dict(zip(FIGURES, (low, best, high), strict=True))
    if figures == dict.fromkeys(FIGURES):
        scope = None
    db["events"].insert(
        {**EVENT, "id": name, "title": name, **figures, "killed_scope": scope} | cells
    )


def question(db: Database, name: str, event: str | None, measure="killed", scope="victims"):
    db["questions"].insert(
        {"id": name, "title": name, "event": event, "measure": measure, "scope": scope}
    )


def claim(db: Database, name: str, question: str, **cells: Any):
    given = {"relation": "answers", "said": "-", "source": "paper", "standing": "supported"}
    db["claims"].insert({"id": name, "question": question, **given} | cells)


def source(db: Database, name: str, publisher: str, origin: str | None = None):
    db["sources"].insert({"id": name, "kind": "news", "publisher": publisher, "origin": origin})


def counted(db: Database, *columns: str) -> list[tuple[Any, ...]]:
    mark_open_figures(db.conn)
    return db.execute(f"select {', '.join(columns)} from counted_events order by id").fetchall()


def per_year(db: Database) -> list[tuple[Any, ...]]:
    mark_open_figures(db.conn)
    return db.execute("select * from killed_per_year").fetchall()


# One event


@pytest.mark.parametrize(
    ("figures", "least", "best", "most", "or_more"),
    [
        ((21, 22, 24), 21, 22, 24, 0),
        ((None, 22, None), 22, 22, 22, 0),
        ((21, None, 24), 21, None, 24, 0),
        ((None, 22, 24), 22, 22, 24, 0),
        ((21, 22, None), 21, 22, 22, 0),
        ((17, None, None), 17, None, 17, 1),
        ((None, None, 2000), None, None, 2000, 0),
        ((0, 0, 0), 0, 0, 0, 0),
    ],
)
def test_least_best_most_and_or_more(db, figures, least, best, most, or_more):
    event(db, "e", *figures)
    assert counted(db, "least", "best", "most", "or_more") == [(least, best, most, or_more)]


def test_an_event_without_a_figure_is_not_counted_as_zero(db):
    event(db, "e")
    assert counted(db, "id") == []


AT_LEAST_17 = {"low": 17}


@pytest.mark.parametrize(
    "figures", [(11, None, 17), (None, 17, None), (11, 17, None), (11, 12, 17)]
)
def test_an_answer_of_at_least_the_highest_figure_is_open_above(db, figures):
    event(db, "e", *figures)
    question(db, "q", "e")
    claim(db, "c", "q", **AT_LEAST_17)
    assert counted(db, "most", "or_more") == [(17, 1)]


@pytest.mark.parametrize(
    "cells",
    [
        {"low": 11},
        {"low": 17, "high": 17},
        {"low": 17, "best": 17},
        {"low": 17, "relation": "wider"},
        {"low": 17, "standing": "superseded"},
        {"low": 17, "standing": "contradicted"},
        {"low": 17, "standing": "unverified"},
        {"low": 17, "standing": "unknown"},
    ],
    ids=str,
)
def test_other_claims_leave_it_closed(db, cells):
    event(db, "e", 11, None, 17)
    question(db, "q", "e")
    claim(db, "c", "q", **cells)
    assert counted(db, "most", "or_more") == [(17, 0)]


@pytest.mark.parametrize(
    "asked",
    [{"event": None}, {"event": "other"}, {"event": "e", "scope": "militants"}, {"event": "e", "measure": "wounded"}],
    ids=str,
)  # fmt: skip
def test_an_answer_to_another_question_leaves_it_closed(db, asked):
    event(db, "e", 11, None, 17)
    question(db, "q", **asked)
    claim(db, "c", "q", **AT_LEAST_17)
    assert counted(db, "or_more") == [(0,)]


# Sums


def test_a_year_is_a_range_and_says_what_it_leaves_out(db):
    event(db, "a", 21, 22, 24)
    event(db, "b", None, 5, None)
    event(db, "c")
    event(db, "d", 1, 1, 1, year="2016")
    assert per_year(db) == [
        ("2015", "victims", 26, 27, 29, 0, 2, 1),
        ("2016", "victims", 1, 1, 1, 0, 1, 0),
    ]


def test_one_event_without_a_best_leaves_the_year_without_one(db):
    event(db, "a", 21, 22, 24)
    event(db, "b", 3, None, None)
    assert per_year(db) == [("2015", "victims", 24, None, 27, 1, 2, 0)]


def test_scopes_are_never_added_up(db):
    event(db, "a", 1, 1, 1, scope="victims")
    event(db, "b", 10, 10, 10, scope="militants")
    event(db, "c", 100, 100, 100, scope="everyone")
    assert [row[:3] for row in per_year(db)] == [
        ("2015", "everyone", 100),
        ("2015", "militants", 10),
        ("2015", "victims", 1),
    ]


# Parts


def test_a_part_of_a_counted_event_is_not_counted_again(db):
    event(db, "whole", 20, 20, 20)
    event(db, "part", 5, 5, 5, part_of="whole")
    assert counted(db, "id") == [("whole",)]


def test_nor_is_a_part_of_a_part(db):
    event(db, "whole", 20, 20, 20)
    event(db, "part", part_of="whole")
    event(db, "part-of-part", 5, 5, 5, part_of="part")
    assert counted(db, "id") == [("whole",)]


def test_a_part_counts_where_the_whole_has_no_figure_of_its_scope(db):
    event(db, "whole", 20, 20, 20, scope="forces")
    event(db, "part", 5, 5, 5, scope="militants", part_of="whole")
    event(db, "other-whole")
    event(db, "other-part", 7, 7, 7, part_of="other-whole")
    assert counted(db, "id", "least") == [("other-part", 7), ("part", 5), ("whole", 20)]


# Where sources disagree


def disagreements(db: Database) -> list[tuple[Any, ...]]:
    sql = (
        "select question, answers, different, lowest, highest from disagreements order by question"
    )
    return db.execute(sql).fetchall()


def test_two_numbers_are_a_disagreement(db):
    question(db, "q", None)
    claim(db, "a", "q", best=22)
    claim(db, "b", "q", best=21)
    claim(db, "c", "q", best=21)
    assert disagreements(db) == [("q", 3, 2, 21, 22)]


def test_a_bound_alone_counts_among_the_lowest_and_highest(db):
    """Sirte's members: 6,000, fewer than 2,000, at least 5,000."""
    question(db, "q", None, "strength", None)
    claim(db, "a", "q", high=2000)
    claim(db, "b", "q", low=5000)
    assert disagreements(db) == [("q", 2, 2, 2000, 5000)]
    claim(db, "c", "q", low=6000)
    assert disagreements(db) == [("q", 3, 3, 2000, 6000)]


def test_two_days_are_a_disagreement(db):
    question(db, "q", "e", "date", None)
    claim(db, "a", "q", value="2014-10-03")
    claim(db, "b", "q", value="2014-10-05")
    assert disagreements(db) == [("q", 2, 2, None, None)]


def test_what_is_no_disagreement(db):
    question(db, "agreed", None)
    claim(db, "a", "agreed", best=22)
    claim(db, "b", "agreed", best=22)
    question(db, "wider", None)
    claim(db, "c", "wider", best=22)
    claim(db, "d", "wider", best=4000, relation="wider")
    question(db, "motive", None, "motive", None)
    claim(db, "e", "motive", value="an emirate")
    claim(db, "f", "motive", value="retaliation")
    question(db, "alone", None)
    claim(db, "g", "alone", best=22)
    assert disagreements(db) == []


# Origins


def cite(db: Database, event_id: str, *sources: str) -> None:
    db["event_sources"].insert_all({"event": event_id, "source": name} for name in sources)


def test_sources_that_repeat_one_agency_are_one_origin(db):
    source(db, "agency-itself", "Agency")
    source(db, "paper", "Paper", "Agency")
    source(db, "daily", "Daily")
    event(db, "one")
    cite(db, "one", "agency-itself", "paper")
    event(db, "two")
    cite(db, "two", "daily", "paper")
    assert db.execute("select * from event_origins order by event").fetchall() == [
        ("one", "one", 2, 1, "Agency"),
        ("two", "two", 2, 2, "Agency; Daily"),
    ]


def test_uses_of_a_source_are_counted_apart(db):
    source(db, "paper", "Paper")
    source(db, "unused", "Unused")
    event(db, "one")
    event(db, "two")
    cite(db, "one", "paper")
    cite(db, "two", "paper")
    question(db, "q", "one")
    claim(db, "c", "q", best=1)
    assert db.execute("select source, events, claims from source_uses order by 1").fetchall() == [
        ("paper", 2, 1),
        ("unused", 0, 0),
    ]


def test_answers_say_where_they_come_from(db):
    source(db, "paper", "Paper", "Agency")
    question(db, "q", "e")
    claim(db, "c", "q", best=22, reported_by="Ministry")
    [row] = db.query("select * from claims_in_full")
    assert row == {
        "claim": "c",
        "question": "q",
        "title": "q",
        "event": "e",
        "measure": "killed",
        "scope": "victims",
        "unit": None,
        "relation": "answers",
        "said": "-",
        "low": None,
        "best": 22,
        "high": None,
        "value": None,
        "reported": None,
        "reported_words": None,
        "reported_by": "Ministry",
        "source": "paper",
        "publisher": "Paper",
        "origin": "Agency",
        "standing": "supported",
    }


def test_a_year_without_a_figure_is_blank_and_not_zero(db):
    event(db, "one", 3, 4, 5)
    event(db, "two", year="2016")
    sql = (
        "select year, least, best, most, events_counted, events_without_figure from killed_per_year"
    )
    assert db.execute(sql).fetchall() == [
        ("2015", 3, 4, 5, 1, 0),
        ("2016", None, None, None, 0, 1),
    ]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_column_of_a_view_has_a_text(db, view):
    columns = [column[0] for column in db.execute(f"select * from {view.name}").description]
    assert list(view.columns) == columns


def test_what_only_has_an_upper_bound_adds_nothing_to_the_least(db):
    event(db, "a", None, None, 2000)
    event(db, "b", 3, 4, 5)
    assert per_year(db) == [("2015", "victims", 3, None, 2005, 0, 2, 0)]


def test_a_part_of_a_counted_event_is_not_missing(db):
    event(db, "campaign", 712, 720, 740, "forces")
    event(db, "last-quarter", part_of="campaign")
    event(db, "elsewhere")
    assert per_year(db) == [("2015", "forces", 712, 720, 740, 0, 1, 1)]


def test_an_earlier_count_of_the_same_side_is_no_disagreement(db):
    question(db, "q", None)
    source(db, "paper", "Paper")
    claim(db, "first", "q", best=28, standing="superseded")
    claim(db, "last", "q", best=49)
    assert db.execute("select * from disagreements").fetchall() == []
    claim(db, "other", "q", best=55)
    found = db.execute("select answers, different, lowest, highest from disagreements").fetchall()
    assert found == [(2, 2, 49, 55)]


def test_a_number_and_the_same_number_as_both_bounds_are_one_answer(db):
    question(db, "q", None)
    source(db, "paper", "Paper")
    claim(db, "one", "q", best=22)
    claim(db, "two", "q", low=22, best=22, high=22)
    assert db.execute("select * from disagreements").fetchall() == []
