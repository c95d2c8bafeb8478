"""The curated files themselves: what they must keep carrying, and what they must not say."""

import csv
import io
import re
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
import yaml

from event_timeline.curated.columns import FILES
from event_timeline.publish.build import build

ROOT = Path(__file__).parents[1]
ESSAY = "reset-doc-2018-03-07-caliphate"
Row = dict[str, str]


def parse_csv(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@cache
def rows(path: str) -> list[Row]:
    return parse_csv((ROOT / path).read_text("utf-8"))


@cache
def by_id(path: str) -> dict[str, Row]:
    return {row["id"]: row for row in rows(path)}


def items(cell: str) -> list[str]:
    return cell.split("; ") if cell else []


# The founding essay: each of its statements is carried by an event or a claim

STATEMENTS = parse_csv((ROOT / "tests/essay.csv").read_text("utf-8"))


def test_the_essay_makes_68_statements_in_15_paragraphs():
    assert len({statement["ref"] for statement in STATEMENTS}) == len(STATEMENTS) == 68
    assert {int(statement["paragraph"]) for statement in STATEMENTS} == set(range(1, 16))


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement["ref"])
def test_each_statement_of_the_essay_is_carried_by_rows_that_cite_it(statement):
    carriers = items(statement["carriers"])
    assert carriers
    for carrier in carriers:
        if event := by_id("events.csv").get(carrier):
            assert ESSAY in items(event["sources"]), carrier
        else:
            claim = by_id("data/claims.csv")[carrier]
            assert claim["source"] == ESSAY, carrier
            assert claim["locator"] == f"paragraph {statement['paragraph']}", carrier


def test_everything_that_cites_the_essay_carries_a_statement_of_it():
    citing = {claim["id"] for claim in rows("data/claims.csv") if claim["source"] == ESSAY}
    citing |= {event["id"] for event in rows("events.csv") if ESSAY in items(event["sources"])}
    carriers = {carrier for statement in STATEMENTS for carrier in items(statement["carriers"])}
    assert citing == carriers


# Nothing is lost


@pytest.mark.parametrize(
    ("path", "at_least"),
    [
        ("events.csv", 137),
        ("data/actors.csv", 140),
        ("data/sources.csv", 530),
        ("data/questions.csv", 245),
        ("data/claims.csv", 790),
    ],
)
def test_the_chronology_is_whole(path, at_least):
    assert len(rows(path)) >= at_least


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, check=True, text=True
    ).stdout


def ids_at(commit: str, path: str) -> set[str]:
    return {row["id"] for row in parse_csv(git("show", f"{commit}:{path}"))}


@pytest.fixture(scope="session")
def history() -> None:
    """Skips where git does not know all that was ever published."""
    try:
        shallow = git("rev-parse", "--is-shallow-repository").strip() == "true"
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git, or not a clone: what was published before is not known here")
    if shallow:
        pytest.skip("a shallow clone: what was published before is not known here")


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_id_ever_published_disappears(file):
    """It stays, or it has a row in withdrawn.csv."""
    commits = git("rev-list", "HEAD", "--", file.path).split()
    published = {name for commit in commits for name in ids_at(commit, file.path)}
    withdrawn = {
        row["id"]
        for row in rows("data/withdrawn.csv")
        if row["kind"] == file.name.removesuffix("s")
    }
    assert published - set(by_id(file.path)) - withdrawn == set()


# What the events rest on


def origins(event: Row) -> set[str]:
    """The agencies or works that the sources of an event go back to."""
    sources = by_id("data/sources.csv")
    cited = [sources[name] for name in items(event["sources"])]
    return {source["origin"] or source["publisher"] for source in cited}


def test_every_event_has_a_source():
    assert [event["id"] for event in rows("events.csv") if not items(event["sources"])] == []


def test_no_event_rests_on_a_single_origin():
    """Were one to, its id would stand here, so that everybody knows."""
    assert [event["id"] for event in rows("events.csv") if len(origins(event)) < 2] == []


def test_every_source_is_cited():
    cited = {name for event in rows("events.csv") for name in items(event["sources"])}
    cited |= {claim["source"] for claim in rows("data/claims.csv")}
    assert set(by_id("data/sources.csv")) == cited


def test_a_perpetrator_is_a_person():
    """A group claims or is held responsible; only a person is convicted or claims in person."""
    named = {
        actor.removesuffix(" (perpetrator)")
        for event in rows("events.csv")
        for actor in items(event["actors"])
        if actor.endswith(" (perpetrator)")
    }
    assert named == {"Adil El-Atmani", "Abdelmalek Hamzaoui"}
    people = {actor["name"] for actor in rows("data/actors.csv") if actor["kind"] == "person"}
    assert named <= people


# Totals, recomputed from the files


def number(cell: str) -> int | None:
    return int(cell) if cell else None


def year(event: Row) -> str:
    """The year in which it certainly began: the only one its beginning names, unmarked."""
    beginning = event["date"].split("/")[0]
    years = set(re.findall(r"\b\d{4}\b", beginning))
    certain = len(years) == 1 and not set("?~%") & set(beginning)
    return years.pop() if certain else "not certain"


def wholes(event: Row) -> list[Row]:
    """The events that it is part of, the nearest first."""
    found = []
    while event["part_of"]:
        event = by_id("events.csv")[event["part_of"]]
        found.append(event)
    return found


def figures(event: Row) -> tuple[int | None, int | None, int | None]:
    return number(event["killed_low"]), number(event["killed_best"]), number(event["killed_high"])


def has_figure(event: Row) -> bool:
    return any(figure is not None for figure in figures(event))


def is_counted(event: Row) -> bool:
    return has_figure(event) and not any(
        has_figure(above) and above["killed_scope"] == event["killed_scope"]
        for above in wholes(event)
    )


def is_open(event: Row) -> bool:
    """Whether a figure, or an answer as high as the highest, has no upper bound."""
    _, best, high = figures(event)
    if best is None and high is None:
        return True
    most = best if high is None else high
    questions = {
        question["id"]
        for question in rows("data/questions.csv")
        if question["event"] == event["id"]
        and question["measure"] == "killed"
        and question["scope"] == event["killed_scope"]
    }
    return any(
        claim["question"] in questions
        and claim["relation"] == "answers"
        and claim["standing"] in ("supported", "disputed")
        and claim["low"]
        and not claim["best"]
        and not claim["high"]
        and int(claim["low"]) >= most
        for claim in rows("data/claims.csv")
    )


def total(events: list[Row]) -> tuple[int, int | None, int, int, int]:
    """Least, best, most, whether open above, and how many events are in the sums."""
    least = best = most = 0
    for event in events:
        low, middle, high = figures(event)
        least += next((figure for figure in (low, middle) if figure is not None), 0)
        best = None if best is None or middle is None else best + middle
        most += next(figure for figure in (high, middle, low) if figure is not None)
    return least, best, most, int(any(map(is_open, events))), len(events)


def counted(scope: str, **cells: str) -> list[Row]:
    return [
        event
        for event in rows("events.csv")
        if is_counted(event)
        and event["killed_scope"] == scope
        and all((year(event) if k == "year" else event[k]) == v for k, v in cells.items())
    ]


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "events.db"
    build(ROOT / "events.csv", path)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


SUMS = "select least, best, most, or_more, events_counted from killed_per_year where year = ? and scope = ?"


def test_2013_by_hand(db):
    """In Amenas 38, best and high 40; Belaid 1; Brahmi 1; Mount Chaambi 8 to 9, best 8.

    Besides: Abu Ghraib and Taji, 25 to 29 of the forces, best 26, and one count of "at least".
    """
    by_hand = {"victims": (48, 50, 51, 0, 4), "forces": (25, 26, 29, 1, 1)}
    for scope, sums in by_hand.items():
        assert total(counted(scope, year="2013")) == sums
        assert db.execute(SUMS, ["2013", scope]).fetchone() == sums


def test_2019_by_hand(db):
    """Sabha 9, Tunis 2; four US strikes near Murzuq 43; Barisha 9. Baghuz has no figure."""
    by_hand = {"victims": (11, 11, 11), "militants": (43, 43, 43), "everyone": (9, 9, 9)}
    for scope, sums in by_hand.items():
        assert db.execute(SUMS, ["2019", scope]).fetchone()[:3] == sums
    without = "select distinct events_without_figure from killed_per_year where year = '2019'"
    assert db.execute(without).fetchall() == [(1,)]


def test_every_year_and_scope_is_the_sum_of_the_files(db):
    found = db.execute(
        "select year, scope, least, best, most, or_more, events_counted from killed_per_year "
        "where events_counted > 0 order by year, scope"
    ).fetchall()
    groups = {
        (year(event), event["killed_scope"]) for event in rows("events.csv") if is_counted(event)
    }
    assert found == [
        (when, scope, *total(counted(scope, year=when))) for when, scope in sorted(groups)
    ]


def test_events_without_a_figure_are_said_for_every_year(db):
    found = db.execute("select distinct year, events_without_figure from killed_per_year")
    missing = Counter(
        year(event)
        for event in rows("events.csv")
        if not has_figure(event) and not any(map(is_counted, wholes(event)))
    )
    assert dict(found.fetchall()) == {year(event): 0 for event in rows("events.csv")} | missing


@pytest.mark.parametrize(
    ("country", "code", "by_hand"),
    [
        # Casablanca 32 to 33, the Argana café 17, Imlil 2.
        ("Morocco", "MA", {"least": 51, "most": 52}),
        ("Tunisia", "TN", {}),
        ("Libya", "LY", {}),
    ],
)
def test_deaths_per_country_are_the_sum_of_the_files(db, country, code, by_hand):
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text("utf-8"))
    query = metadata["databases"]["events"]["queries"]["deaths-per-country"]
    answer = db.execute(query["sql"], {"scope": "victims"}).fetchall()
    shown = {bound: deaths for name, bound, deaths, *_ in answer if name == country}
    least, _, most, or_more, events = total(counted("victims", country=code))
    assert shown == {"least": least, "between least and most": most - least}
    assert {tuple(rest) for name, _, _, *rest in answer if name == country} == {(or_more, events)}
    assert by_hand.items() <= {"least": least, "most": most}.items()


# Neutral words

# Beginnings of words that take a side. "Terrorist" stays possible in what a state or a court said.
TAKES_A_SIDE = re.compile(
    r"\b(?:martyr|neutrali|slaughter|hero|liberated|liberators|regime|barbar|savage|brutal|heinous"
    r"|horrif|coward|fanatic|infidel|crusader|notorious|infamous|eliminat|so-called|evil|tragic"
    r"|shocking)\w*"
    r"|\bthe terrorists?\b|\bterrorist (?:attack|group|fighter)s?\b",
    re.IGNORECASE,
)
NAMES = sorted(
    {
        name.partition(": ")[2] or name
        for actor in rows("data/actors.csv")
        for name in (actor["name"], *items(actor["aliases"]))
    },
    key=len,
    reverse=True,
)


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("events.csv", ("title", "summary", "note")),
        ("data/actors.csv", ("note",)),
        ("data/questions.csv", ("title", "note")),
        ("data/claims.csv", ("said", "note")),
    ],
)
def test_our_own_words_take_no_side(path, columns):
    names = re.compile("|".join(map(re.escape, NAMES)))
    found = [
        (row["id"], match)
        for row in rows(path)
        for column in columns
        for match in TAKES_A_SIDE.findall(names.sub("", row[column]))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ["a heroic stand", "the terrorists fled", "a Terrorist attack", "Sirte was liberated"]
)
def test_the_pattern_finds_words_that_take_a_side(text):
    assert TAKES_A_SIDE.search(text)


def test_a_summary_is_one_to_four_sentences():
    # A full stop after a capital or a title ("J. Christopher", "No. 2") ends no sentence.
    ends = re.compile(r"(?<![A-Z])(?<!\bSt)(?<!\bNo)[.?!]”?(?= [A-Z0-9À-Ý]|$)")
    found = {event["id"]: len(ends.findall(event["summary"])) for event in rows("events.csv")}
    assert {name: count for name, count in found.items() if not 1 <= count <= 4} == {}
