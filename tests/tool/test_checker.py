"""All the files together: every problem at once, in order, and none that is not there."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from event_timeline.checks.checker import (
    Checker,
    check,
    deep_parts,
    find_cycles,
    in_order,
)
from event_timeline.curated.columns import ACTORS, EVENTS, SOURCES
from event_timeline.curated.formatting import format_data, format_files
from event_timeline.curated.problems import Problem

ROOT = Path(__file__).parents[2]


def test_the_curated_files_have_no_error():
    assert [str(p) for p in check(ROOT / "events.csv") if p.level == "error"] == []


def test_the_curated_files_are_canonical():
    assert [f.diff() for f in format_files(ROOT / "events.csv") if f.before != f.after] == []


def test_every_problem_is_reported_at_once(chronology):
    chronology.write(
        events="id,date,title,type,status,country,latitude,killed_low,killed_best,killed_scope,sources\n"
        "2015-03-18-bardo,Mar-15,,atack,confirmed,Tunisia,36.8,30,22,victims,le-mond\n"
        "2015-03-19-b,2015-03-20,=B,attack,Confirmed,TN,,,,,le-monde\n",
        sources="id,kind,url,published\nle-monde,News,example.org,42081\n",
        actors="id,name,kind\nX,+X,group\n",
    )
    assert chronology.check() == [
        'events.csv:2: 2015-03-18-bardo: date: "Mar-15" is not EDTF: write 2015-03 or XXXX-03-15',
        'events.csv:2: 2015-03-18-bardo: type: "atack" is not one of its words (attack, battle, '
        'air strike, control, group, government, statement, other); did you mean "attack"?',
        'events.csv:2: 2015-03-18-bardo: country: "Tunisia" is not an ISO 3166-1 code of two '
        "capitals; did you mean TN (Tunisia)?",
        "events.csv:2: 2015-03-18-bardo: title is blank: fill it",
        'events.csv:2: 2015-03-18-bardo: sources "le-mond" is not in data/sources.csv: '
        'add it there or correct it here; did you mean "le-monde"?',
        "events.csv:2: 2015-03-18-bardo: latitude and longitude go together: fill both or neither",
        "events.csv:2: 2015-03-18-bardo: location_precision none has no point: leave latitude "
        "and longitude blank, or say how exactly the point is known",
        "events.csv:2: 2015-03-18-bardo: killed_low 30 is above killed_best 22: "
        "correct one of them",
        "events.csv:3: 2015-03-19-b: title starts with =, which spreadsheets run as a formula: "
        "begin with a word",
        'events.csv:3: 2015-03-19-b: status: "Confirmed" is not one of its words (confirmed, '
        'disputed, unverified); did you mean "confirmed"?',
        "events.csv:3: 2015-03-19-b: warning: the id names 2015-03-19, which is no day of "
        '"2015-03-20": check the date; an id that was published stays as it is',
        'data/sources.csv:2: le-monde: kind: "News" is not one of its words (news, agency, report, '
        'essay, encyclopaedia, official, repost, book); did you mean "news"?',
        'data/sources.csv:2: le-monde: published: "42081" is not EDTF: '
        "write 2015-03-18 or 2019-03-19",
        'data/sources.csv:2: le-monde: url: "example.org" is not a web address: '
        "start it with http:// or https://",
        'data/actors.csv:2: X: warning: name "+X" starts with +, as a formula does: reword',
        'data/actors.csv:2: X: id: "X" is not an id: write a-z, 0-9 and single hyphens',
    ]


# Characters


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("=1+1", "title starts with =, which spreadsheets run as a formula: begin with a word"),
        ("@home", "title starts with @, which spreadsheets run as a formula: begin with a word"),
        (" =1+1", "title has spare spaces or decomposed accents: run event-timeline fmt"),
        ("\tTab", "title has spare spaces or decomposed accents: run event-timeline fmt"),
        ("One\tTab", "title holds the hidden character U+0009: delete it"),
        ("-Bardo", 'warning: title "-Bardo" starts with -, as a formula does: reword'),
        ("+Bardo", 'warning: title "+Bardo" starts with +, as a formula does: reword'),
        ("-", 'warning: title "-" starts with -, as a formula does: reword'),
        ("-5 degrees", None),
        ("Two  spaces", "title has spare spaces or decomposed accents: run event-timeline fmt"),
        ("Cafe\N{COMBINING ACUTE ACCENT}", "title has spare spaces or decomposed accents: run event-timeline fmt"),
        ("Bardo\N{NO-BREAK SPACE}", "title has spare spaces or decomposed accents: run event-timeline fmt"),
        ("Le Bardo\N{NO-BREAK SPACE}: un récit", None),
        ("“Bardo” – l’attaque…", None),
        ("CafÃ©", 'warning: title was read in the wrong encoding: write "Café"'),
        ("TRUE", None),
        ("#N/A", "title is a spreadsheet's error value, #N/A: write what should be there"),
        ("#1", None),
        ("Al-????", 'warning: title "Al-????": letters were lost when the file was saved in an encoding without them: write them again, save as CSV UTF-8'),
        ("Al-\N{REPLACEMENT CHARACTER}", "title holds U+FFFD: letters were lost when the file was saved in an encoding without them: write them again, save as CSV UTF-8"),
    ],
)  # fmt: skip
def test_characters_of_a_text(chronology, title, problem):
    chronology.write(events=f"id,date,title\n2015-03-18-bardo,2015-03-18,{title}\n")
    found = chronology.check()[:1]
    assert found == [f"events.csv:2: 2015-03-18-bardo: {problem}"][: problem is not None]


def test_a_spare_space_hides_no_other_problem(chronology):
    chronology.write(
        actors="id,name\nx, X\n",
        events="id,date,title,actors\n2015-03-18-bardo, Mar-15, =1,X (claimed)\n",
    )
    assert chronology.check() == [
        "events.csv:2: 2015-03-18-bardo: date has spare spaces or decomposed accents: "
        "run event-timeline fmt",
        "events.csv:2: 2015-03-18-bardo: title has spare spaces or decomposed accents: "
        "run event-timeline fmt",
        "events.csv:2: 2015-03-18-bardo: title starts with =, which spreadsheets run as a "
        "formula: begin with a word",
        'events.csv:2: 2015-03-18-bardo: date: "Mar-15" is not EDTF: write 2015-03 or XXXX-03-15',
        "data/actors.csv:2: x: name has spare spaces or decomposed accents: run event-timeline fmt",
    ]


def test_loose_list_separators(chronology):
    chronology.write(
        sources="id\na\nb\n", events="id,date,sources\n2015-03-18-bardo,2015-03-18,a;b\n"
    )
    assert chronology.check() == [
        "events.csv:2: 2015-03-18-bardo: sources has spare spaces, loose list separators or "
        "decomposed accents: run event-timeline fmt"
    ]


def test_a_cell_of_spaces_is_blank(chronology):
    chronology.write(events="id,date,title\n2015-03-18-bardo,2015-03-18,  \n")
    assert chronology.check() == [
        "events.csv:2: 2015-03-18-bardo: title has spare spaces or decomposed accents: "
        "run event-timeline fmt",
        "events.csv:2: 2015-03-18-bardo: title is blank: fill it",
    ]


# Order


def test_events_are_ordered_by_their_first_day_then_id(chronology):
    chronology.write(
        events="id,date\n"
        "2014-open,../2014\n"
        "-0490-marathon,-0490\n"
        "2013-c,2013?\n"
        "2013-01-01-b,2013-01-01\n"
        "2015-03-18-z,2015-03-18\n"
        "2015-03-17-a,2015-03-17\n"
    )
    out_of_order = (
        "the rows are not in order, this is the first out of place: run event-timeline fmt"
    )
    assert chronology.check() == [
        f"events.csv:5: 2013-01-01-b: {out_of_order}",
    ]


@pytest.mark.parametrize(
    ("name", "literal", "line"),
    [
        ("sources", "id\nz\na\n", "data/sources.csv:3: a"),
        ("actors", "id,name\nz,Z\na,A\n", "data/actors.csv:3: a"),
        ("withdrawn", "id,kind\nz,claim\na,claim\n", "data/withdrawn.csv:3: a"),
        ("claims", "id,question,best\na,q-2,1\nb,q-1,1\n", "data/claims.csv:3: b"),
    ],
)
def test_the_other_files_are_ordered_by_id_claims_by_question(chronology, name, literal, line):
    chronology.write(
        questions="id,measure,unit\nq-1,strength,people\nq-2,strength,people\n",
        **{name: literal},
    )
    assert (
        f"{line}: the rows are not in order, this is the first out of place: run event-timeline fmt"
    ) in chronology.check()


# Files that are not there, or not whole


def test_events_alone_are_enough(chronology):
    Path("data/sources.csv").unlink()
    Path("data/actors.csv").unlink()
    chronology.write(events="id,date,actors,sources\n2015-03-18-a,2015-03-18,X (ally),y\n")
    assert chronology.check() == [
        "data/sources.csv: warning: there is no such file: the sources of events.csv are "
        "only names; add it to describe them",
        "data/actors.csv: warning: there is no such file: the actors of events.csv are "
        "only names; add it to describe them",
    ]


def test_a_header_alone_is_no_chronology(chronology):
    chronology.write(events="id,date\n")
    assert chronology.check()[0] == (
        "events.csv:1: there are no events: add one with event-timeline new"
    )


def test_claims_need_their_questions(chronology):
    chronology.write(claims="id,question,best\na,how-many,3\n")
    assert chronology.check() == [
        'data/claims.csv:2: a: question "how-many" is not in data/questions.csv: '
        "add it there or correct it here"
    ]


def test_a_file_that_cannot_be_read_is_not_said_to_lack_anything(chronology):
    Path("data/sources.csv").write_bytes("id,kind\nle-monde,news\n".encode("utf-16"))
    assert chronology.check() == [
        "data/sources.csv:1: the file is UTF-16, not UTF-8: save it as CSV UTF-8"
    ]


def test_missing_events_make_nothing_unused(chronology):
    Path("events.csv").unlink()
    chronology.write(
        questions="id,event,measure\nwhy,2015-03-18-bardo,cause\n",
        withdrawn="id,kind\n2014-x,event\n",
    )
    assert chronology.check() == [
        "events.csv: there is no such file: correct the path, or start one with event-timeline new"
    ]


def test_a_broken_row_still_stands(chronology):
    source = Path("data/sources.csv")
    source.write_text(source.read_text() + "other,news\n")
    chronology.write(events="id,date,sources\n2015-03-18-a,2015-03-18,le-monde; other; zzz\n")
    assert chronology.check() == [
        'events.csv:2: 2015-03-18-a: sources "zzz" is not in data/sources.csv: '
        "add it there or correct it here",
        "data/sources.csv:3: other: the row has 2 cells, the header 11: "
        "the row is cut off or a comma is missing",
    ]


def test_a_missing_column_is_not_blank_in_every_row(chronology):
    text = Path("events.csv").read_text()
    Path("events.csv").write_text(text.replace(",title,", ",").replace(",Something happens,", ","))
    assert chronology.check() == ["events.csv:1: column title is missing: add it after date"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2015-03-19-b,cut", "the row has 2 cells, the header 26: the row is cut off or a comma is missing"),
        ("2015-03-19-b,c\rut", "there is a carriage return (CR) inside the line: delete it"),
    ],
)  # fmt: skip
def test_events_that_cannot_be_read_whole_make_nothing_else_wrong(chronology, row, problem):
    chronology.write(
        sources="id\nle-monde\nunused\n",
        events="id,date,part_of\n2015-03-18-a,2015-03-18,2015-03-20-in-a-broken-row\n",
        questions="id,event,measure\nwhy,2015-03-20-in-a-broken-row,cause\n",
    )
    with Path("events.csv").open("a", newline="") as stream:
        stream.write(row + "\n")
    assert chronology.check() == [f"events.csv:3: 2015-03-19-b: {problem}"]


def test_events_in_one_line_of_cr_are_read(chronology):
    Path("events.csv").write_bytes(Path("events.csv").read_bytes().replace(b"\n", b"\r"))
    assert chronology.check() == ["events.csv:1: 2 lines end in CR alone: run event-timeline fmt"]


# The day of the check


def test_a_date_to_come_is_a_warning(chronology):
    chronology.write(
        events="id,date\n2051-03-18-a,2051-03-18\n2051-03-19-b,2018/2051\n",
        sources="id,published\nle-monde,2051\n",
    )
    found = [str(problem) for problem in check(chronology.events_csv, date(2018, 3, 7))]
    after = "begins after 7 March 2018, the day of this check: is the year right?"
    assert [line for line in found if "begins" in line] == [
        f'events.csv:2: 2051-03-18-a: warning: date "2051-03-18" {after}',
        f'data/sources.csv:2: le-monde: warning: published "2051" {after}',
    ]
    assert check(chronology.events_csv, date(2051, 3, 18)) == chronology.problems()


def test_a_companion_that_is_a_folder(chronology):
    Path("data/withdrawn.csv").mkdir()
    assert chronology.check() == [
        "data/withdrawn.csv: cannot be read (it is a folder or a device): "
        "give the path of a CSV file"
    ]


# The checker, as the build uses it


def test_the_checker_yields_sound_rows_only(chronology):
    chronology.write(
        events="id,date,title\n2015-03-18-a,2015-03-18,A\n2015-03-19-b,2015-03-19,=B\n"
    )
    problems: list[Problem] = []
    checker = Checker(chronology.events_csv, problems.append)
    list(checker.records(SOURCES))
    list(checker.records(ACTORS))
    [record] = checker.records(EVENTS)
    assert (record.line, record.id, record.values["title"]) == (2, "2015-03-18-a", "A")
    assert [problem.line for problem in problems] == [3]


def test_the_checker_tells_how_far_it_read(chronology):
    bytes_read: list[int] = []
    list(Checker(chronology.events_csv, [].append, bytes_read.append).records(EVENTS))
    assert sum(bytes_read) == Path("events.csv").stat().st_size


def test_problems_come_by_file_and_line():
    problems = [Problem(f, n, "", "") for f, n in [("data/sources.csv", 2), ("e.csv", 9), ("e.csv", 1)]]  # fmt: skip
    assert [(p.file, p.line) for p in in_order(problems, Path("e.csv"))] == [
        ("e.csv", 1),
        ("e.csv", 9),
        ("data/sources.csv", 2),
    ]


@pytest.mark.parametrize(
    ("parents", "found"),
    [
        ({}, []),
        ({"a": "b", "b": "c"}, []),
        ({"a": "b", "b": "a"}, ["a"]),
        ({"x": "c", "c": "b", "b": "a", "a": "c"}, ["a"]),
        ({"a": "b", "b": "a", "c": "d", "d": "c"}, ["a", "c"]),
    ],
)
def test_circles(parents, found):
    assert find_cycles(parents) == found


# Problems


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("events.csv", 42, "2015-a", "wrong"), "events.csv:42: 2015-a: wrong"),
        (Problem("events.csv", 42, "", "wrong"), "events.csv:42: wrong"),
        (Problem("events.csv", 0, "", "wrong"), "events.csv: wrong"),
        (Problem("a.csv", 2, "x", "odd", "warning"), "a.csv:2: x: warning: odd"),
    ],
)
def test_a_problem_is_a_line(problem, line):
    assert str(problem) == line


# Any bytes at all

HEADER = ",".join(EVENTS.names).encode() + b"\n"
ROW = (
    b"2015-03-18-bardo,2015-03-18,Bardo,attack,confirmed,TN,,Tunis,36.8,10.1,site,,"
    b"X (claimed),,21,22,22,victims,,,,,It happened.,,ar:a; b,le-monde\n"
)
PIECES = st.sampled_from(
    [HEADER, ROW, b",", b'"', b"\n", b"\r\n", b"\r", b";", b"; ", b" ", b"\xef\xbb\xbf", b"\0",
     b"\xe9", "é".encode(), "e\N{COMBINING ACUTE ACCENT}".encode(), b"=", b"2015-03-18", b"X (ally)",
     "\N{GREEK QUESTION MARK}".encode(), "\N{NO-BREAK SPACE}".encode(), b"\x1c", b"\x85"]
)  # fmt: skip
FILES = st.one_of(
    st.binary(),
    st.lists(st.one_of(PIECES, st.binary(max_size=5))).map(b"".join),
    st.lists(st.one_of(PIECES, st.binary(max_size=5))).map(lambda p: HEADER + b"".join(p)),
    # A sound file with a few bytes put in somewhere.
    st.tuples(st.integers(0, len(HEADER + ROW)), PIECES).map(
        lambda cut: (HEADER + ROW)[: cut[0]] + cut[1] + (HEADER + ROW)[cut[0] :]
    ),
)


@pytest.mark.slow  # draws many examples
@settings(
    max_examples=4 * settings.default.max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=FILES)
@example(data=HEADER + ROW)
@example(data=b"\xef\xbb\xbf\xef\xbb\xbf" + HEADER + ROW)
def test_any_bytes_are_checked_and_formatting_is_a_fixed_point(chronology, data):
    Path("events.csv").write_bytes(data)
    for problem in chronology.problems():
        assert "\n" not in str(problem)
        assert problem.message
    formatted = format_data(data, Path("events.csv"), EVENTS)
    if formatted.problems:
        assert not all(p.fixable for p in chronology.problems() if p.file == "events.csv")
    else:
        again = format_data(formatted.after, Path("events.csv"), EVENTS)
        assert (again.after, again.problems) == (formatted.after, [])
        Path("events.csv").write_bytes(formatted.after)
        assert [str(p) for p in chronology.problems() if p.fixable] == []


# Chains of wholes


def chain(length: int) -> str:
    """Events of which each is part of the one before."""
    rows = [f"2015-03-18-{chr(97 + n)},2015-03-18," for n in range(length)]
    return "id,date,part_of\n" + "".join(
        row + (f"2015-03-18-{chr(96 + n)}" if n else "") + "\n" for n, row in enumerate(rows)
    )


def test_a_chain_of_wholes_has_ten_levels_at_most(chronology):
    chronology.write(events=chain(11))
    assert chronology.check() == []
    chronology.write(events=chain(15))
    assert chronology.check() == [
        'events.csv:13: 2015-03-18-l: part_of leads up more than 10 levels, to "2015-03-18-a": '
        "point to a nearer whole"
    ]


def test_a_circle_is_not_too_deep():
    assert deep_parts({"a": "b", "b": "a", "c": "a"}) == []


def test_a_title_that_shows_nothing_is_an_error(chronology):
    chronology.write(events="id,date,title\n2015-03-18-bardo,2015-03-18,\u3164\n")
    assert chronology.check()[0] == (
        "events.csv:2: 2015-03-18-bardo: title holds only invisible characters: "
        "write what should be there"
    )
