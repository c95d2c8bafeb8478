"""A tiny chronology, built, read back row by row."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from edtf_dates import OPEN_END, OPEN_START, parse_date
from event_timeline import __version__
from event_timeline.curated.problems import InputError
from event_timeline.database.event_dates import year_of
from event_timeline.database.integrity import APPLICATION_ID
from event_timeline.publish.build import build

EVENTS = """\
id,date,title,type,status,country,region,place,latitude,longitude,location_precision,radius_km,actors,targets,killed_low,killed_best,killed_high,killed_scope,wounded_low,wounded_best,wounded_high,part_of,summary,note,aliases,sources
2013-battar-alignment,2013?,Battar Brigade aligns itself,group,unverified,,,,,,none,,Battar Brigade (initiator),,,,,,,,,,Reported by one side.,,,paper
2014-10-derna-pledge,[2014-10-03..2014-10-05],A pledge in Derna,group,confirmed,LY,Derna,Derna,32.767,22.637,town,,Battar Brigade (ally); Islamic State (subject); Battar Brigade (author),,,,,,,,,,One of three days.,"Sources differ, by a day.",The pledge; ar:بيعة درنة,paper; agency
2015-03-18-bardo,2015-03-18,Attack on the Bardo Museum,attack,disputed,TN,Tunis,Bardo,36.8092,10.1345,site,0.2,Islamic State (claimed),Visitors,21,22,,victims,,42,,,"A museum, attacked.",,,agency
2015-11-24-state-of-emergency,2015-11-24/..,State of emergency,government,confirmed,TN,,,,,country,,,,,,,,,,,,It has no end.,,,paper
2019-09-murzuq-strikes,"{2019-09-19,2019-09-24~}",Strikes near Murzuq,air strike,confirmed,LY,Murzuq,Murzuq,25.9155,13.9184,region,,,,8,8,8,militants,,,,2015-11-24-state-of-emergency,Two strikes.,,,paper
"""

COMPANIONS = {
    "actors.csv": """\
id,name,kind,part_of,successor_of,aliases,note
battar-brigade,Battar Brigade,group,islamic-state,,ar:كتيبة البتار,
islamic-state,Islamic State,group,,battar-brigade,IS; ISIS,
""",
    "sources.csv": """\
id,kind,publisher,origin,title,author,published,url,archived_url,language,note
agency,agency,Agency,,,,2015-03,https://example.org/a,,en,
paper,news,Paper,Agency,"Title, with a comma",Someone,,,,,
""",
    "questions.csv": """\
id,title,event,measure,scope,unit,note
bardo-killed,How many died?,2015-03-18-bardo,killed,victims,people,
pledge-day,On which day?,2014-10-derna-pledge,date,,,
""",
    "claims.csv": """\
id,question,relation,said,low,best,high,value,population,place,period,reported,reported_by,source,locator,standing,note
bardo-killed-a,bardo-killed,answers,twenty-one and one later,21,22,,,,Tunis,2015,2015-03-19,Ministry,agency,p. 2,supported,
pledge-day-a,pledge-day,answers,on Friday,,,,2014-10-03,,,,,A blogger,paper,,,
""",
    "withdrawn.csv": """\
id,kind,title,when,why
2011-nothing,event,Nothing,2018-01,It did not happen.
""",
}


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def save(folder: Path, events: str = EVENTS, **companions: str) -> Path:
    """Write events.csv and companions into a folder; return events.csv."""
    (folder / "data").mkdir(parents=True)
    for name, text in companions.items():
        (folder / "data" / f"{name}.csv").write_bytes(text.encode())
    (folder / "events.csv").write_bytes(events.encode())
    return folder / "events.csv"


def save_all(folder: Path) -> Path:
    return save(folder, **{Path(name).stem: text for name, text in COMPANIONS.items()})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("database")
    tally = build(save_all(folder / "curated"), folder / "events.db")
    assert tally.warnings == []
    return folder / "events.db"


@pytest.fixture
def db(built: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(built)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def rows(db: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(f"select * from {table}")]


# Whole rows


def test_an_attack_with_figures_and_a_point(db):
    row = db.execute("select * from events where id = '2015-03-18-bardo'").fetchone()
    assert dict(row) == {
        "id": "2015-03-18-bardo",
        "date": "2015-03-18",
        "date_words": "18 March 2015",
        "title": "Attack on the Bardo Museum",
        "type": "attack",
        "status": "disputed",
        "country": "TN",
        "region": "Tunis",
        "place": "Bardo",
        "latitude": 36.8092,
        "longitude": 10.1345,
        "location_precision": "site",
        "radius_km": 0.2,
        "actors": '["Islamic State"]',
        "targets": "Visitors",
        "killed_low": 21,
        "killed_best": 22,
        "killed_high": None,
        "killed_scope": "victims",
        "wounded_low": None,
        "wounded_best": 42,
        "wounded_high": None,
        "part_of": None,
        "summary": "A museum, attacked.",
        "note": None,
        "aliases": "[]",
        "sources": '["agency"]',
        "year": "2015",
        "precision": "day",
        "approximate": 0,
        "uncertain": 0,
        "earliest_start": day("2015-03-18"),
        "latest_start": day("2015-03-18"),
        "earliest_end": day("2015-03-18"),
        "latest_end": day("2015-03-18"),
        "date_number": 3,
        "killed_open": 0,
        "wounded_open": 0,
    }


def test_dates_worked_out(db):
    columns = "id, year, precision, approximate, uncertain, earliest_start, latest_start, earliest_end, latest_end"
    assert [tuple(row) for row in db.execute(f"select {columns} from events")] == [
        ("2013-battar-alignment", "not certain", "year", 0, 1, day("2013-01-01"), day("2013-12-31"), day("2013-01-01"), day("2013-12-31")),
        ("2014-10-derna-pledge", "2014", "set", 0, 0, day("2014-10-03"), day("2014-10-05"), day("2014-10-03"), day("2014-10-05")),
        ("2015-03-18-bardo", "2015", "day", 0, 0, *[day("2015-03-18")] * 4),
        ("2015-11-24-state-of-emergency", "2015", "interval", 0, 0, day("2015-11-24"), day("2015-11-24"), day("2015-11-24"), None),
        ("2019-09-murzuq-strikes", "not certain", "set", 1, 0, day("2019-09-19"), day("2019-09-19"), day("2019-09-24"), day("2019-09-24")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2015-03-18", "2015"),
        ("2015-06", "2015"),
        ("2015", "2015"),
        ("2015-12-31/2016-01-02", "2015"),
        ("2015/..", "2015"),
        ("{2015-12-30,2016-01-02}", "2015"),
        ("[2015-03,2015-09]", "2015"),
        ("0000", "1 BCE"),
        ("-0043-03-15", "44 BCE"),
        ("{2014,2013-06-01..}", "2013"),
        ("{2015-12-30,2016-01-02?}", "not certain"),
        ("[2015-12-31,2016-01-01]", "not certain"),
        ("2015-21", "2015"),
        ("2015-24", "not certain"),
        ("201X", "not certain"),
        ("2015?", "not certain"),
        ("2015~-03-18", "not certain"),
        ("2015-03-18%", "not certain"),
        ("../2015", "not certain"),
        ("/2015", "not certain"),
    ],
)
def test_the_year_is_the_one_it_certainly_began_in(text, year):
    assert year_of(parse_date(text)) == year


def test_facet_columns_say_unknown_and_lists_are_json(db):
    facets = db.execute(
        "select country, type, status, year, precision, actors, aliases from events"
    )
    assert [tuple(row) for row in facets][:2] == [
        ("unknown", "group", "unverified", "not certain", "year", '["Battar Brigade"]', "[]"),
        ("LY", "group", "confirmed", "2014", "set", '["Battar Brigade", "Islamic State"]', '["The pledge", "ar:بيعة درنة"]'),
    ]  # fmt: skip


def test_a_point_without_a_radius_gets_that_of_its_precision(db):
    assert rows(db, "(select location_precision, radius_km from events)") == [
        ("none", None),
        ("town", 5.0),
        ("site", 0.2),
        ("country", None),
        ("region", 100.0),
    ]


def test_each_distinct_date_is_stored_once(db):
    s, b, e, m, n = map(day, ("2014-10-03", "2015-03-18", "2015-11-24", "2019-09-19", "2019-09-24"))
    first, last = day("2013-01-01"), day("2013-12-31")
    assert rows(db, "dates") == [
        (1, "2013?", 1, first, last),
        (2, "[2014-10-03..2014-10-05]", 0, s, s + 2),
        (3, "2015-03-18", 0, b, b),
        (4, "2015-11-24/..", 0, e, e),
        (5, "{2019-09-19,2019-09-24~}", 1, m, n),
    ]
    assert rows(db, "(select date_number, date from events)") == rows(
        db, "(select number, text from dates)"
    )
    # Weights of -1 let a date count once in a window that two of its stretches reach.
    assert rows(db, "date_stretches") == [
        (1, 1, first, last, 0, 1),
        (1, 2, OPEN_END, OPEN_START, 1, 1),
        (2, 1, s, s + 2, 0, 1),
        (2, 2, s + 2, s, 1, 1),
        (3, 1, b, b, 0, 1),
        (3, 2, b, b, 1, 1),
        (4, 1, e, OPEN_END, 0, 1),
        (4, 2, e, e, 1, 1),
        (5, 1, m, m, 0, 1),
        (5, 2, n, m, 0, -1),
        (5, 3, n, n, 0, 1),
        (5, 4, m, m, 1, 1),
    ]  # fmt: skip
    assert rows(db, "date_spans") == [
        (1, 1, first, last, first, last, 1, 0, 0),
        (2, 1, s, s + 2, s, s + 2, 1, 0, 0),
        (3, 1, b, b, b, b, 1, 0, 0),
        (4, 1, e, e, e, OPEN_END, 1, 0, 0),
        (5, 1, m, m, m, m, 1, 0, 0),
        (5, 2, n, n, n, n, 1, 0, 0),
    ]


def test_events_of_one_date_share_its_number(tmp_path):
    header, row, *_ = EVENTS.splitlines(keepends=True)
    twice = header + row + row.replace("2013-battar", "2013-brigade")
    build(save(tmp_path / "alone", twice), tmp_path / "events.db")
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        assert rows(db, "(select date_number from events)") == [(1,), (1,)]
        assert rows(db, "(select text from dates)") == [("2013?",)]


def test_links(db):
    assert rows(db, "event_actors") == [
        ("2013-battar-alignment", "battar-brigade", "initiator"),
        ("2014-10-derna-pledge", "battar-brigade", "ally"),
        ("2014-10-derna-pledge", "islamic-state", "subject"),
        ("2014-10-derna-pledge", "battar-brigade", "author"),
        ("2015-03-18-bardo", "islamic-state", "claimed"),
    ]
    assert rows(db, "event_sources") == [
        ("2013-battar-alignment", "paper"),
        ("2014-10-derna-pledge", "paper"),
        ("2014-10-derna-pledge", "agency"),
        ("2015-03-18-bardo", "agency"),
        ("2015-11-24-state-of-emergency", "paper"),
        ("2019-09-murzuq-strikes", "paper"),
    ]


def test_the_other_tables(db):
    assert rows(db, "actors") == [
        ("battar-brigade", "Battar Brigade", "group", "islamic-state", "[]", '["ar:كتيبة البتار"]', None),
        ("islamic-state", "Islamic State", "group", None, '["battar-brigade"]', '["IS", "ISIS"]', None),
    ]  # fmt: skip
    assert rows(db, "sources") == [
        ("agency", "agency", "Agency", None, None, None, "2015-03", "March 2015", "https://example.org/a", None, "en", None),
        ("paper", "news", "Paper", "Agency", "Title, with a comma", "Someone", None, None, None, None, None, None),
    ]  # fmt: skip
    assert rows(db, "questions") == [
        ("bardo-killed", "How many died?", "2015-03-18-bardo", "killed", "victims", "people", None),
        ("pledge-day", "On which day?", "2014-10-derna-pledge", "date", None, None, None),
    ]
    assert rows(db, "claims") == [
        ("bardo-killed-a", "bardo-killed", "answers", "twenty-one and one later", 21, 22, None, None, None, "Tunis", "2015", "2015", "2015-03-19", "19 March 2015", "Ministry", "agency", "p. 2", "supported", None),
        ("pledge-day-a", "pledge-day", "answers", "on Friday", None, None, None, "2014-10-03", None, None, None, None, None, None, "A blogger", "paper", None, "unknown", None),
    ]  # fmt: skip
    assert rows(db, "withdrawn") == [
        ("2011-nothing", "event", "Nothing", "2018-01", "January 2018", "It did not happen."),
    ]
    assert rows(db, "countries") == [
        ("LY", "Libya"),
        ("TN", "Tunisia"),
        ("unknown", "no single country"),
    ]


def test_build_says_what_it_was_made_of_and_nothing_of_when_or_where(db):
    hashes = {
        f"data/{name}": hashlib.sha256(text.encode()).hexdigest()
        for name, text in COMPANIONS.items()
    }
    assert dict(rows(db, "build")) == {
        "event_timeline": __version__,
        "events.csv": hashlib.sha256(EVENTS.encode()).hexdigest(),
        "serial": "1",
        **hashes,
    }


def test_json_lists_are_readable_as_they_stand(db):
    actors = db.execute("select actors from events").fetchall()
    assert [json.loads(row["actors"]) for row in actors][3] == []


# The file


def test_the_file_is_ours_whole_and_in_rollback_mode(db):
    assert db.execute("pragma application_id").fetchone()[0] == APPLICATION_ID
    assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
    assert db.execute("pragma journal_mode").fetchone()[0] == "delete"


def schema_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("pragma schema_version").fetchone()[0])


def test_the_schema_has_another_number_if_and_only_if_it_is_another(built, tmp_path, monkeypatch):
    events_csv, target = save(tmp_path / "alone"), tmp_path / "events.db"
    build(events_csv, target)
    number = schema_version(target)
    assert 0 < number < 2**31
    assert number == schema_version(built)
    build(events_csv, target)
    assert number == schema_version(target)
    monkeypatch.setattr("event_timeline.database.fill.create_views", lambda db: None)
    build(events_csv, target)
    assert number != schema_version(target)


def test_every_searched_row_is_in_its_index(db):
    for table in ("events", "actors", "sources", "claims"):
        ids = [row[0] for row in db.execute(f"select rowid from {table}")]
        assert ids == [row[0] for row in db.execute(f"select rowid from {table}_search")]
        db.execute(
            f"insert into {table}_search_fts ({table}_search_fts) values ('integrity-check')"
        )


# Building


def test_two_builds_into_new_files_are_equal_byte_for_byte(tmp_path):
    for name in ("one", "two"):
        build(save_all(tmp_path / name), tmp_path / f"{name}.db")
    assert (tmp_path / "one.db").read_bytes() == (tmp_path / "two.db").read_bytes()


def test_companions_absent_give_bare_rows_and_warnings(tmp_path):
    events_csv = save(tmp_path / "alone")
    tally = build(events_csv, tmp_path / "events.db")
    assert [str(problem) for problem in tally.warnings] == [
        f"{tmp_path}/alone/data/sources.csv: warning: there is no such file: the sources of events.csv are only names; add it to describe them",
        f"{tmp_path}/alone/data/actors.csv: warning: there is no such file: the actors of events.csv are only names; add it to describe them",
    ]
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        assert rows(db, "actors") == [
            ("battar-brigade", "Battar Brigade", "unknown", None, "[]", "[]", None),
            ("islamic-state", "Islamic State", "unknown", None, "[]", "[]", None),
        ]
        assert rows(db, "sources") == [
            ("agency", "unknown", "agency", *[None] * 9),
            ("paper", "unknown", "paper", *[None] * 9),
        ]
        assert rows(db, "claims") == []
        assert dict(rows(db, "build")).keys() == {"event_timeline", "events.csv", "serial"}


def test_bare_actors_whose_names_make_one_id_stay_apart(tmp_path):
    names = "Al Qaida (ally); Al-Qaida (ally); القاعدة (ally)"
    events_csv = save(tmp_path / "alone", EVENTS.replace("Islamic State (claimed)", names))
    build(events_csv, tmp_path / "events.db")
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        found = db.execute(
            "select actors.name, actors.id from event_actors join actors on actors.id = actor "
            "where event = '2015-03-18-bardo'"
        )
        ids = dict(found.fetchall())
    arabic = "x-" + hashlib.sha256("القاعدة".encode()).hexdigest()[:8]
    assert ids == {"Al Qaida": "al-qaida", "Al-Qaida": "al-qaida-2", "القاعدة": arabic}


def test_claims_without_their_questions_are_an_error_that_says_where(tmp_path):
    texts = {Path(name).stem: text for name, text in COMPANIONS.items() if name != "questions.csv"}
    with pytest.raises(InputError) as failed:
        build(save(tmp_path / "curated", **texts), tmp_path / "events.db")
    assert [str(problem) for problem in failed.value.problems] == [
        f'{tmp_path}/curated/data/claims.csv:2: bardo-killed-a: question "bardo-killed" is not in data/questions.csv: add it there or correct it here',
        f'{tmp_path}/curated/data/claims.csv:3: pledge-day-a: question "pledge-day" is not in data/questions.csv: add it there or correct it here',
    ]


def test_errors_come_all_at_once_with_the_warnings(tmp_path):
    broken = EVENTS.replace("2015-03-18,Attack", "18 March 2015,Attack").replace(
        ",government,", ",goverment,"
    )
    events_csv = save(tmp_path / "alone", broken)
    with pytest.raises(InputError) as failed:
        build(events_csv, tmp_path / "events.db")
    levels = [(problem.line, problem.level) for problem in failed.value.problems]
    assert levels == [(4, "error"), (5, "error"), (0, "warning"), (0, "warning")]


def test_the_bytes_of_events_csv_are_counted_while_they_are_read(tmp_path):
    counted: list[int] = []
    events_csv = save(tmp_path / "alone")
    build(events_csv, tmp_path / "events.db", counted.append)
    assert sum(counted) == events_csv.stat().st_size


def test_a_date_beyond_every_calendar_is_kept(tmp_path):
    events_csv = save(
        tmp_path / "alone",
        EVENTS.replace("2013-battar", "-0043-battar").replace(",2013?,", ",Y-170000002,"),
    )
    build(events_csv, tmp_path / "events.db")
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        first = db.execute("select year, earliest_start from events").fetchone()
    assert first == ("170000003 BCE", parse_date("Y-170000002").earliest_start)
