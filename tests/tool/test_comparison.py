"""What a database has otherwise than the curated files, said in words."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from event_timeline.curated.problems import InputError
from event_timeline.publish import comparison
from event_timeline.publish.build import build
from event_timeline.publish.comparison import ComparisonError, compare

EVENTS_CSV, DB = Path("events.csv"), Path("events.db")


@pytest.fixture
def built(chronology):
    """The chronology with an actor, built."""
    chronology.write(
        events="id,date,title,killed_low,killed_best,killed_scope,actors\n"
        "2015-03-18-bardo,2015-03-18,Attack on the Bardo Museum,21,22,victims,X (claimed)\n",
        actors="id,name\nx,X\n",
        withdrawn="id,kind\n",
    )
    build(EVENTS_CSV, DB)
    return chronology


def change(sql: str, *values: object) -> None:
    """Change the database behind everybody's back."""
    with closing(sqlite3.connect(DB, isolation_level=None)) as db:
        db.execute(sql, values)


def differences() -> list[str]:
    return compare(DB, lambda fresh: build(EVENTS_CSV, fresh))


def test_a_database_that_holds_what_the_files_say(built):
    assert differences() == []


def test_how_often_it_was_published_does_not_count(built):
    build(EVENTS_CSV, DB)
    with closing(sqlite3.connect(DB)) as db:
        assert db.execute("select value from build where item = 'serial'").fetchone() == ("2",)
    assert differences() == []


def test_an_empty_chronology(built):
    built.write(
        events="id,date\n2020-a,2020\n", actors="id,name\n", questions="id\n", claims="id\n"
    )
    build(EVENTS_CSV, DB)
    assert differences() == []


def test_companions_that_are_not_there(built):
    for path in Path("data").iterdir():
        path.unlink()
    build(EVENTS_CSV, DB)
    assert differences() == []


# Rows and cells


def test_a_cell_that_was_changed_in_the_database(built):
    change("update events set killed_best = 24, killed_low = null, country = 'TN'")
    assert differences() == [
        'events: 2015-03-18-bardo: country: the database has "TN", the files say "unknown"',
        "events: 2015-03-18-bardo: killed_low: the database has nothing, the files say 21",
        "events: 2015-03-18-bardo: killed_best: the database has 24, the files say 22",
    ]


def test_a_long_text_is_shown_from_where_it_differs(built):
    text = (
        "There were many visitors on that day, as on every other, and nobody was prepared for it."
    )
    built.write(events=f'id,date,summary\n2015-03-18-bardo,2015-03-18,"{text}"\n')
    build(EVENTS_CSV, DB)
    change("update events set summary = replace(summary, 'nobody', 'no one')")
    assert differences() == [
        "events: 2015-03-18-bardo: summary: the database has "
        '"… every other, and no one was prepared for it.", the files say '
        '"… every other, and nobody was prepared for it."'
    ]


def test_a_row_that_is_missing_and_a_row_too_many(built):
    change("pragma foreign_keys = off")
    change("update sources set id = 'reuters'")
    assert differences() == [
        "sources: le-monde: this row is in the files, but not in the database",
        "sources: reuters: this row is in the database, but not in the files",
    ]


def test_a_row_with_several_columns_for_a_key(built):
    change("update event_actors set role = 'accused'")
    change("update date_stretches set certain = 0")
    assert differences() == [
        "date_stretches: date 1, stretch 2: certain: the database has 0, the files say 1",
        "event_actors: event 2015-03-18-bardo, actor x, role claimed: "
        "this row is in the files, but not in the database",
        "event_actors: event 2015-03-18-bardo, actor x, role accused: "
        "this row is in the database, but not in the files",
    ]


def test_many_differences_are_counted(built):
    rows = "".join(f"2015-03-{day:02}-a,2015-03-{day:02}\n" for day in range(1, 23))
    built.write(events=f"id,date\n{rows}", actors="id,name\n")
    build(EVENTS_CSV, DB)
    change("update events set title = 'Something'")
    found = differences()
    assert len(found) == comparison.MOST_LINES + 1
    assert found[9:] == [
        'events: 2015-03-10-a: title: the database has "Something", '
        'the files say "Something happens"',
        "events: and 12 more",
    ]


def test_what_a_terminal_would_obey_is_spelled_out(built):
    change("update events set title = ?", "\x1b[2J")
    assert differences() == [
        'events: 2015-03-18-bardo: title: the database has "\\x1b[2J", '
        'the files say "Attack on the Bardo Museum"'
    ]


def test_files_that_have_changed_since(built):
    built.write(sources="id,publisher\nle-monde,Le Monde diplomatique\n")
    Path("data/withdrawn.csv").unlink()
    assert differences() == [
        "build: made with other content of data/sources.csv",
        "build: made with data/withdrawn.csv, which does not exist",
        'sources: le-monde: publisher: the database has "Le Monde", '
        'the files say "Le Monde diplomatique"',
        "sources_search: the search texts are not those of the files",
        "sources_search_fts: the full-text index does not match the files",
    ]


def test_a_file_that_came_since(built):
    Path("data/withdrawn.csv").rename("aside")
    build(EVENTS_CSV, DB)
    Path("aside").rename("data/withdrawn.csv")
    assert differences() == ["build: made without data/withdrawn.csv, which exists"]


def test_another_version_is_said(built):
    change("update build set value = '0.0.9' where item = 'event_timeline'")
    assert differences() == [
        f"build: made by event-timeline 0.0.9, this is {comparison.__version__}: "
        "differences may be the version's"
    ]


# Search and shape


def test_what_search_looks_through(built):
    change("update events_search set title = 'x'")
    assert differences() == ["events_search: the search texts are not those of the files"]


def test_the_full_text_index(built):
    change("insert into events_search_fts (events_search_fts) values ('delete-all')")
    assert differences() == ["events_search_fts: the full-text index does not match the files"]


def test_tables_views_and_indexes(built):
    change("drop view events_began")
    change("create view events_began as select 1")
    change('create table "n\x1b" (x)')
    change("drop index idx_events_part_of")
    change("drop table periods")
    assert differences() == [
        "index idx_events_part_of: the database does not have it",
        "index idx_periods_last_day_first_day: the database does not have it",
        'table "n\\x1b": a build does not make it',
        "table periods: the database does not have it",
        "view events_began: is defined differently in a build",
    ]


def test_a_table_without_a_column(built):
    change("pragma writable_schema = on")
    change("alter table sources drop column note")
    assert differences() == ["table sources: is defined differently in a build"]


def test_a_collation_that_would_hide_a_difference(built):
    with closing(sqlite3.connect(DB, isolation_level=None)) as db:
        db.execute("pragma writable_schema = on")
        db.execute(
            "update sqlite_schema set sql = replace(sql, '\"title\" TEXT', '\"title\" TEXT collate nocase') "
            "where name = 'events'"
        )
    change("update events set title = upper(title)")
    assert differences()[1:] == [
        'events: 2015-03-18-bardo: title: the database has "ATTACK ON THE BARDO MUSEUM", '
        'the files say "Attack on the Bardo Museum"'
    ]


# What cannot be compared


def refused() -> str:
    with pytest.raises(ComparisonError) as failed:
        differences()
    return str(failed.value)


@pytest.mark.parametrize("make", [lambda: None, DB.mkdir])
def test_a_missing_database(chronology, make):
    make()
    assert refused() == "there is no events.db: build it with event-timeline build"


@pytest.mark.parametrize("content", [b"mine", b"SQLite format 3\0" + b"\0" * 84, b""])
def test_a_file_that_is_no_database(built, content):
    DB.write_bytes(content)
    assert refused() == ("events.db is not a database that event-timeline built: name another file")


def test_a_database_of_somebody_elses(built):
    DB.unlink()
    change("create table events (id text primary key, title text)")
    assert refused() == ("events.db is not a database that event-timeline built: name another file")


def test_a_damaged_database(built):
    whole = DB.read_bytes()
    DB.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert refused().startswith("events.db is damaged (")


def test_a_truncated_database(built):
    DB.write_bytes(DB.read_bytes()[:20_000])
    assert refused().startswith("events.db is damaged (")


def test_an_index_that_disagrees_with_its_table(built):
    with closing(sqlite3.connect(DB, isolation_level=None)) as db:
        db.execute("pragma writable_schema = on")
        db.execute(
            "update sqlite_schema set rootpage = "
            "(select rootpage from sqlite_schema where name = 'idx_event_actors_actor') "
            "where name = 'idx_events_part_of'"
        )
    assert refused().startswith("events.db is damaged (")


def test_a_locked_database(built, monkeypatch):
    monkeypatch.setattr(comparison, "LOCK_TIMEOUT_SECONDS", 0)
    change("pragma journal_mode = delete")
    with closing(sqlite3.connect(DB, isolation_level=None)) as writer:
        writer.execute("begin exclusive")
        assert refused() == ("events.db is locked by another program: try again when that is done")


def test_files_with_errors(built):
    EVENTS_CSV.write_text("nonsense\n")
    with pytest.raises(InputError):
        differences()


def test_the_database_is_as_it_was(built):
    before = DB.read_bytes()
    differences()
    assert DB.read_bytes() == before


def test_damage_that_sqlite_quotes_in_its_message(built):
    whole = DB.read_bytes()
    DB.write_bytes(whole.replace(b'CREATE TABLE "events" (', b'CREATE \xffABLE "events" ('))
    assert refused() == (
        r'events.db is damaged (malformed database schema (events) - near "\xffABLE": syntax error): '
        "move it away and build it again"
    )


WHOLE = Path("whole.db")


@pytest.fixture
def kept(built) -> None:
    """Keep the database before any damage: an example that fails leaves its own behind."""
    WHOLE.write_bytes(DB.read_bytes())


@pytest.mark.slow  # draws many examples
@settings(
    # Each runs git or a build.
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.integers(0, 400_000), damage=st.binary(min_size=1, max_size=64))
# In the schema's SQL, which SQLite quotes.
@example(place=88_391, damage=b"\xd4\xb4\x92\x80\xc7\x90\x18:")
@example(place=90_828, damage=b"\xf8-")
def test_any_damage_is_found_or_harmless(kept, place, damage):
    whole = WHOLE.read_bytes()
    place %= len(whole)
    DB.write_bytes((whole[:place] + damage + whole[place + len(damage) :])[: len(whole)])
    with suppress(ComparisonError):
        differences()
    for log in Path().glob("events.db-*"):
        log.unlink()
