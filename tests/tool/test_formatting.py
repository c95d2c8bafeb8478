"""What fmt mends, and what it leaves alone because it would lose something."""

from pathlib import Path

import pytest

from event_timeline.curated.columns import ACTORS, EVENTS, FILES, WITHDRAWN
from event_timeline.curated.formatting import format_data, format_file, format_files

HEADER = "id,kind,title,when,why\n"
CANONICAL = f"{HEADER}a,event,One,2020,Because\nb,event,Two,2020,Because\n"


def formatted(data: str | bytes) -> tuple[str, list[str]]:
    """A file withdrawn.csv as it should be, and what keeps it from being so."""
    raw = data.encode() if isinstance(data, str) else data
    done = format_data(raw, Path("withdrawn.csv"), WITHDRAWN)
    return done.after.decode(), [str(problem) for problem in done.problems]


@pytest.mark.parametrize(
    "data",
    [
        CANONICAL,
        "\ufeff" + CANONICAL,
        CANONICAL.replace("\n", "\r\n"),
        CANONICAL.replace("\n", "\r"),
        CANONICAL.replace("\n", "\r\r\n"),
        CANONICAL.removesuffix("\n"),
        f"{HEADER}b,event,Two,2020,Because\na,event,One,2020,Because\n",
        "when,why,id,kind,title\n2020,Because,a,event,One\n2020,Because,b,event,Two\n",
        " id,kind,title ,when,why\na, event,One,2020,Because \nb,event,  Two,2020,Because\n",
        f'{HEADER}"a","event","One","2020","Because"\nb,event,Two,2020,Because\n',
        "id,kind,title,when,why,,\na,event,One,2020,Because,,\nb,event,Two,2020,Because,,\n,,,,,,\n",
        CANONICAL + ",,,,\n\n  \n",
        HEADER + "\n" + CANONICAL.removeprefix(HEADER),
        CANONICAL.replace(",", ";"),
        CANONICAL.replace(",", "\t"),
        CANONICAL.replace("id,kind,title", "ID, Kind,TITLE"),
    ],
)
def test_what_a_spreadsheet_does_to_a_file_is_undone(data):
    assert formatted(data) == (CANONICAL, [])


def test_accents_are_composed_and_quotes_doubled():
    data = f'{HEADER}a,event,"Cafe\N{COMBINING ACUTE ACCENT}, ""here""",2020,Because\n'
    assert formatted(data) == (f'{HEADER}a,event,"Café, ""here""",2020,Because\n', [])


def test_rows_with_one_id_are_both_kept():
    data = f"{HEADER}a,event,Two,2020,x\na,event,One,2020,x\n"
    assert formatted(data) == (data, [])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (f"{HEADER}a,event,One,2020,Because,more\n", "withdrawn.csv:2: a: the row has 6 cells, the header 5: quote a cell that holds a comma, or delete what is after the last column"),
        (f"{HEADER}a,event,One\n", "withdrawn.csv:2: a: the row has 3 cells, the header 5: the row is cut off or a comma is missing"),
        ("id,kind,title,when,why,color\na,b,c,d,e,red\n", 'withdrawn.csv:1: column "color" is not known: delete or rename it'),
        ("id,kind,title,when,why,why\na,b,c,d,e,f\n", 'withdrawn.csv:1: column "why" occurs twice: delete one'),
        ("id,kind,title,when\na,b,c,d\n", "withdrawn.csv:1: column why is missing: add it after when"),
        (f'{HEADER}a,event,"One\ntwo",2020,Because\n', "withdrawn.csv:2: a: title holds a line break: write it on one line"),
        (f'{HEADER}a,event,"One\r\ntwo",2020,Because\r\n', "withdrawn.csv:2: a: title holds a line break: write it on one line"),
        (f'{HEADER}a,event,"One\rtwo",2020,Because\n', "withdrawn.csv:2: a: title holds a line break: write it on one line"),
        (f'{HEADER}a,event,"One,2020,Because\n', 'withdrawn.csv:2: a: a quote is not closed or not doubled: put the cell in quotation marks and double each one inside it ("")'),
        (CANONICAL.replace("One", "Café").encode("latin-1"), 'withdrawn.csv:2: a: byte 12 of the line (0xE9) is not UTF-8, perhaps "é" in Windows-1252: save the file as CSV UTF-8'),
        (CANONICAL.encode("utf-16"), "withdrawn.csv:1: the file is UTF-16, not UTF-8: save it as CSV UTF-8"),
        (f"{HEADER}a,event,O\0ne,2020,Because\n", "withdrawn.csv:2: a: byte 10 of the line is NUL: delete it"),
        ("", f"withdrawn.csv:1: the file is empty: the first line must be {HEADER.strip()}"),
    ],
)  # fmt: skip
def test_nothing_is_formatted_away(data, problem):
    assert formatted(data)[1] == [problem]


@pytest.mark.parametrize(
    ("date", "problem"),
    [
        ("Mar-15", 'date: "Mar-15" is not EDTF: write 2015-03 or XXXX-03-15'),
        ("", "date is blank: fill it"),
    ],
)
def test_events_without_a_readable_date_cannot_be_ordered(chronology, date, problem):
    chronology.write(events=f"id,date\n2015-03-18-bardo,{date}\n")
    done = format_file(Path("events.csv"), EVENTS)
    assert [str(p) for p in done.problems] == [f"events.csv:2: 2015-03-18-bardo: {problem}"]


def test_every_file_that_is_there_is_formatted(chronology):
    assert [f.path.name for f in format_files(chronology.events_csv)] == [
        "events.csv",
        "actors.csv",
        "sources.csv",
    ]


def test_a_missing_file_cannot_be_formatted(chronology):
    Path("events.csv").unlink()
    [problem] = format_files(chronology.events_csv)[0].problems
    assert str(problem) == (
        "events.csv: there is no such file: correct the path, or start one with event-timeline new"
    )


@pytest.mark.parametrize("link", ["data/sources.csv", "data", "events.csv"])
def test_a_file_that_is_a_link_out_of_the_folder_is_left_alone(chronology, tmp_path_factory, link):
    outside = tmp_path_factory.mktemp("outside") / "kept"
    Path(link).rename(outside)
    Path(link).symlink_to(outside)
    found = {str(f.path): list(map(str, f.problems)) for f in format_files(Path("events.csv"))}
    for path, problems in found.items():
        where = outside if path == link else outside / Path(path).name
        told = f"{path}: is a link to {where}, outside its folder: put the file itself in its place"
        assert problems == ([told] if path.startswith(link) else [])


def test_a_link_within_the_folder_is_followed(chronology):
    Path("events.csv").rename("data/all.csv")
    Path("events.csv").symlink_to("data/all.csv")
    assert not format_files(Path("events.csv"))[0].problems


def test_the_folder_itself_may_be_a_link(chronology, tmp_path_factory):
    link = tmp_path_factory.mktemp("outside") / "link"
    link.symlink_to(Path.cwd())
    assert not any(f.problems for f in format_files(link / "events.csv"))


def test_a_header_alone_is_canonical():
    for file in FILES:
        header = ",".join(file.names).encode() + b"\n"
        assert format_data(header, Path(file.path), file).after == header


def test_a_diff_shows_what_does_not_show():
    before = b"\xef\xbb\xbfid,name,kind,part_of,successor_of,aliases,note\r\na,A,group,,,,"
    assert format_data(before, Path("actors.csv"), ACTORS).diff() == (
        "--- actors.csv\n"
        "+++ actors.csv (canonical)\n"
        "@@ -1,2 +1,2 @@\n"
        "-<BOM>id,name,kind,part_of,successor_of,aliases,note<0D>\n"
        "-a,A,group,,,,\n"
        "\\ No newline at end of file\n"
        "+id,name,kind,part_of,successor_of,aliases,note\n"
        "+a,A,group,,,,\n"
    )


def test_a_diff_obeys_no_control_character():
    before = f"{HEADER}a,event,O\x9bne \u202eowt\u2066,2020,Because".encode()
    shown = format_data(before, Path("withdrawn.csv"), WITHDRAWN).diff()
    assert "a,event,O<9B>ne <202E>owt<2066>,2020,Because" in shown
    assert all(character.isprintable() or character == "\n" for character in shown)
