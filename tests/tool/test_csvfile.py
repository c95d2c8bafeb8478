"""Reading strictly: every way a file can be broken, and the line that says so."""

import io
from pathlib import Path

import pytest

from event_timeline.curated.columns import ACTORS, WITHDRAWN
from event_timeline.curated.csvfile import Reader, mend_line_ends, write_rows
from event_timeline.curated.records import Row

HEADER = "id,kind,title,when,why"
ROW = "a,event,Title,2020,Because"


def read(data: str | bytes) -> tuple[list[Row], list[str]]:
    """The rows of a file withdrawn.csv and the lines that say what is wrong with it."""
    problems: list[str] = []
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    reader = Reader(stream, WITHDRAWN, "withdrawn.csv", lambda p: problems.append(str(p)))
    return list(reader.rows()), problems


def test_a_canonical_file_has_rows_and_no_problem():
    rows, problems = read(f'{HEADER}\na,event,"One, two",2020,"He said ""so"""\nb,claim,,,\n')
    assert rows == [
        Row(2, ["a", "event", "One, two", "2020", 'He said "so"']),
        Row(3, ["b", "claim", "", "", ""]),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", f"the file is empty: the first line must be {HEADER}"),
        (b"\n", f"the first line is empty: the first line must be {HEADER}"),
        (b"\na,b\n", f"the first line is empty: the first line must be {HEADER}"),
        (f"{ROW}\n".encode(), f"the first line is not the header: it must be {HEADER}"),
        (b"sep=,\n" + HEADER.encode(), f"the first line is not the header: it must be {HEADER}"),
        (b'"id,kind\n', f"the first line is not the header: it must be {HEADER}"),
        (b"who;what\n", f"the first line is not the header: it must be {HEADER}"),
        (b",,,,\n", f"the first line is not the header: it must be {HEADER}"),
        (
            HEADER.encode() + b",x" * 9_000 + b"\n",
            f"the header has 9,005 columns, more than 1,000: the first line must be {HEADER}",
        ),
        (
            HEADER.encode("utf-16"),
            "the file is UTF-16, not UTF-8: save it as CSV UTF-8",
        ),
        (HEADER.encode("utf-16-le"), "the file is UTF-16, not UTF-8: save it as CSV UTF-8"),
        (HEADER.encode("utf-16-be"), "the file is UTF-16, not UTF-8: save it as CSV UTF-8"),
        (HEADER.encode("utf-32"), "the file is UTF-16, not UTF-8: save it as CSV UTF-8"),
        (
            f"{HEADER}\ra,event,Title\r".encode(),
            "lines end in CR alone: save with LF line ends",
        ),
        (
            f'{HEADER}\ra,event,"One\rtwo",2020,Why\r'.encode(),
            "lines end in CR alone: save with LF line ends",
        ),
        (
            HEADER.replace(",", ";").encode() + b"\n",
            "cells are separated by semicolons, not commas: run event-timeline fmt "
            "(in a spreadsheet: save as CSV UTF-8, comma delimited)",
        ),
        (
            HEADER.replace(",", "\t").encode() + b"\n",
            "cells are separated by tabs, not commas: run event-timeline fmt "
            "(in a spreadsheet: save as CSV UTF-8, comma delimited)",
        ),
        (b"id,kind,title\0,when,why\n" + ROW.encode(), "byte 14 of the line is NUL: delete it"),
        (
            "id,kind,titlé,when,why\na,b,c,d,e\n".encode("latin-1"),
            'byte 13 of the line (0xE9) is not UTF-8, perhaps "é" in Windows-1252: '
            "save the file as CSV UTF-8",
        ),
    ],
)
def test_a_file_without_a_readable_header_is_told_what_it_is(data, problem):
    assert read(data) == ([], [f"withdrawn.csv:1: {problem}"])


@pytest.mark.parametrize(
    ("header", "problems"),
    [
        ("id,kind,title,when", ["column why is missing: add it after when"]),
        ("kind,title,when,why", ["column id is missing: add it as the first"]),
        ("kind,id,title,when,why", ["the columns are not in their order: run event-timeline fmt"]),
        ("id,kind,kind,title,when,why", ['column "kind" occurs twice: delete one']),
        ("id,,kind,title,,when,why", ["column 2 has no name: delete it or name it", "column 5 has no name: delete it or name it"]),
        (
            "id,kind,titel,when,why",
            [
                'column "titel" is not known: delete or rename it; did you mean "title"?',
                "column title is missing: add it after kind",
            ],
        ),
        ("id,kind,title,when,why,color", ['column "color" is not known: delete or rename it']),
        ("id,kind,title,when,why,,", ["2 empty columns at the end of the header: run event-timeline fmt"]),
        ("id, kind,title,when,why", ["the header has spare spaces: run event-timeline fmt"]),
        ("ID,Kind,title,when,why", ['the header has other spellings ("ID" is id, "Kind" is kind): run event-timeline fmt']),
        ("id,kind,title,when,Why,why", ['column "why" occurs twice: delete one', 'the header has other spellings ("Why" is why): run event-timeline fmt']),
        ("\N{NO-BREAK SPACE}id,kind,title,when,why", ["the header has spare spaces: run event-timeline fmt"]),
    ],
)  # fmt: skip
def test_a_header_must_name_every_column_in_order(header, problems):
    assert read(header + "\n") == ([], [f"withdrawn.csv:1: {problem}" for problem in problems])


def test_cells_are_given_in_canonical_order_whatever_theirs_was():
    rows, _ = read("why,id,kind,when,color\nBecause,a,event,2020,red\n")
    assert rows == [Row(2, ["a", "event", "", "2020", "Because"])]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a,event,Title", "a: the row has 3 cells, the header 5: the row is cut off or a comma is missing"),
        ("a", "a: the row has 1 cell, the header 5: the row is cut off or a comma is missing"),
        ("a,event,More than 1,200 dead,2020,Why", "a: the row has 6 cells, the header 5: quote a cell that holds a comma, or delete what is after the last column"),
        ("a,event,“One, two”,2020,Why", "a: the row has 6 cells, the header 5: quote a cell that holds a comma, or delete what is after the last column"),
        ('a,event,"Title,2020,Why', 'a: a quote is not closed or not doubled: put the cell in quotation marks and double each one inside it ("")'),
        ('a,event,"He said "so" to us",2020,Why', 'a: a quote is not closed or not doubled: put the cell in quotation marks and double each one inside it ("")'),
        (b"a,event,Caf\xe9,2020,Why", 'a: byte 12 of the line (0xE9) is not UTF-8, perhaps "é" in Windows-1252: save the file as CSV UTF-8'),
        (b"a,event,Caf\x81,2020,Why", "a: byte 12 of the line (0x81) is not UTF-8: save the file as CSV UTF-8"),
        (b"a,event,Ti\0tle,2020,Why", "a: byte 11 of the line is NUL: delete it"),
        (b'a,event,"Ti\rtle",2020,Why', "a: title holds a line break: write it on one line"),
        (b'a,event,"Ti\rtle",2020,"W\rhy"', "a: title and why hold a line break: write it on one line"),
        (b"a,event,Ti\rtle,2020,Why", "a: there is a carriage return (CR) inside the line: delete it"),
        ("a,event," + "x" * 20_001 + ",2020,Why", "a: a cell is longer than 20,000 characters: shorten it"),
        ('a,event,"' + "x" * 200_000 + '",2020,Why', "a: a cell is longer than 20,000 characters: shorten it"),
    ],
)  # fmt: skip
def test_a_broken_row_is_left_out_and_the_next_one_read(line, problem):
    data = line.encode() if isinstance(line, str) else line
    rows, problems = read(f"{HEADER}\n".encode() + data + f"\n{ROW}\n".encode())
    assert rows == [Row(3, ROW.split(","))]
    assert problems == [f"withdrawn.csv:2: {problem}"]


def test_a_cell_of_20_000_characters_is_read():
    assert read(f"{HEADER}\na,event,{'x' * 20_000},2020,Why\n")[1] == []


def test_a_line_break_in_a_cell_is_told_from_an_unclosed_quote():
    rows, problems = read(f'{HEADER}\na,event,"One\ntwo\n\nthree",2020,Why\nb{ROW[1:]}\n')
    assert rows == [Row(6, ["b", *ROW.split(",")[1:]])]
    assert problems == ["withdrawn.csv:2: a: title holds a line break: write it on one line"]


def test_a_line_break_is_seen_beside_empty_columns_too():
    _, problems = read(f'{HEADER},\na,event,"One\ntwo",2020,Why,\n')
    assert problems[-1] == ("withdrawn.csv:2: a: title holds a line break: write it on one line")


def test_an_unclosed_quote_does_not_swallow_the_problems_below_it():
    _, problems = read(f'{HEADER}\na,event,"Title,2020,Why\nb,claim\n')
    assert problems == [
        'withdrawn.csv:2: a: a quote is not closed or not doubled: put the cell in quotation marks and double each one inside it ("")',
        "withdrawn.csv:3: b: the row has 2 cells, the header 5: the row is cut off or a comma is missing",
    ]


def test_two_open_quotes_do_not_swallow_the_row_between_them():
    unclosed = 'a quote is not closed or not doubled: put the cell in quotation marks and double each one inside it ("")'
    rows, problems = read(f'{HEADER}\na,event,"Title,2020,Why\n{ROW}\nc,event,Title",2020,Why\n')
    assert rows[0] == Row(3, ROW.split(","))
    assert problems[0] == f"withdrawn.csv:2: a: {unclosed}"


def test_a_file_cut_off_within_a_row():
    assert read(f"{HEADER}\n{ROW}\nb,event,Ti") == (
        [Row(2, ROW.split(","))],
        [
            "withdrawn.csv:3: the last line does not end in a line break: if the file is whole and not cut off, run event-timeline fmt",
            "withdrawn.csv:3: b: the row has 3 cells, the header 5: the row is cut off or a comma is missing",
        ],
    )


def test_a_cell_of_10_megabytes_ends_the_reading():
    rows, problems = read(f"{HEADER}\n{ROW}\nb,event,{'x' * 10_000_000},2020,Why\n{ROW}\n")
    assert rows == [Row(2, ROW.split(","))]
    assert problems == [
        "withdrawn.csv:3: the line is longer than 1,000,000 bytes: shorten it, "
        "or end its lines with LF; nothing after it was read"
    ]


def test_what_a_spreadsheet_leaves_behind_is_counted_once_each():
    rows, problems = read(
        b"\xef\xbb\xbf" + f"{HEADER},,\r\n{ROW},,\r\nb{ROW[1:]},,\r\n,,,,,,\r\n  , ,\r\n".encode()
    )
    assert [row.cells for row in rows] == [ROW.split(","), ["b", *ROW.split(",")[1:]]]
    assert problems == [
        "withdrawn.csv:1: the file starts with a byte order mark: run event-timeline fmt",
        "withdrawn.csv:1: 2 empty columns at the end of the header: run event-timeline fmt",
        "withdrawn.csv:1: 5 lines end in CR LF (Windows): run event-timeline fmt",
        "withdrawn.csv:4: 2 empty rows, the first here: run event-timeline fmt",
        "withdrawn.csv:2: 2 rows with empty cells after the last column, the first here: run event-timeline fmt",
    ]


def test_one_of_a_thing_is_told_in_the_singular():
    _, problems = read(f"{HEADER},\r\n{ROW},\n,,,,\n")
    assert problems == [
        "withdrawn.csv:1: 1 empty column at the end of the header: run event-timeline fmt",
        "withdrawn.csv:1: 1 line ends in CR LF (Windows): run event-timeline fmt",
        "withdrawn.csv:3: 1 empty row, the first here: run event-timeline fmt",
        "withdrawn.csv:2: 1 row with empty cells after the last column, the first here: run event-timeline fmt",
    ]


def test_an_id_that_would_mislead_is_not_shown():
    _, problems = read(f"{HEADER}\na\N{RIGHT-TO-LEFT OVERRIDE}b,event\n{'x' * 101},event\n")
    assert problems == [
        "withdrawn.csv:2: the row has 2 cells, the header 5: the row is cut off or a comma is missing",
        "withdrawn.csv:3: the row has 2 cells, the header 5: the row is cut off or a comma is missing",
    ]


def test_a_quote_is_written_only_where_it_must_be():
    rows = [["a", "A, B", "group", "", "", "", 'The "A" of B']]
    assert write_rows(ACTORS, rows) == (
        b'id,name,kind,part_of,successor_of,aliases,note\na,"A, B",group,,,,"The ""A"" of B"\n'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b"a", b"a\n"),
        (b"a\n", b"a\n"),
        (b"a\r\nb\rc\n", b"a\nb\nc\n"),
        (b"\xef\xbb\xbfa\r", b"a\n"),
    ],
)
def test_line_ends_are_mended(before, after):
    assert mend_line_ends(before) == after


def test_what_is_no_file_is_told(chronology):
    Path("folder.csv").mkdir()
    chronology.events_csv = Path("folder.csv")
    assert chronology.check() == [
        "folder.csv: cannot be read (it is a folder or a device): give the path of a CSV file"
    ]


@pytest.mark.parametrize("name", ["absent.csv", "no/such/folder/events.csv"])
def test_a_missing_file_is_told(chronology, name):
    chronology.events_csv = Path(name)
    problems = [line for line in chronology.check() if "warning:" not in line]
    assert problems == [
        f"{name}: there is no such file: correct the path, or start one with event-timeline new"
    ]


def test_a_name_too_long_for_a_file_is_told(chronology):
    chronology.events_csv = Path("x" * 300)
    assert chronology.check()[0] == (
        f"{'x' * 300}: cannot be read (File name too long): give the path of a CSV file"
    )


# Separators and headers as other programs write them


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolon"), ("\t", "tab")])
def test_a_file_with_another_separator_is_read_with_it(separator, word):
    rows = ['a,event,"1,200 dead; or more",2020,Why', "b,event", "c,event,T,2020,Why,more"]
    data = "\n".join([HEADER, *rows, ""]).replace(",", separator)
    read_rows, problems = read(data.replace(f"1{separator}200", "1,200"))
    assert read_rows == [Row(2, ["a", "event", "1,200 dead; or more", "2020", "Why"])]
    assert problems == [
        f"withdrawn.csv:1: cells are separated by {word}s, not commas: run event-timeline fmt (in a spreadsheet: save as CSV UTF-8, comma delimited)",
        f"withdrawn.csv:3: b: the row has 2 cells, the header 5: the row is cut off or a {word} is missing",
        f"withdrawn.csv:4: c: the row has 6 cells, the header 5: quote a cell that holds a {word}, or delete what is after the last column",
    ]


def test_names_in_another_spelling_are_read():
    header = ",".join(ACTORS.names).replace("part_of", "Part Of").replace("id", "ID", 1)
    problems: list[str] = []
    stream = io.BytesIO(f"{header}\na,A,group,b,,,\n".encode())
    reader = Reader(stream, ACTORS, "actors.csv", lambda p: problems.append(str(p)))
    assert list(reader.rows()) == [Row(2, ["a", "A", "group", "b", "", "", ""])]
    assert problems == [
        'actors.csv:1: the header has other spellings ("ID" is id, "Part Of" is part_of): run event-timeline fmt'
    ]


def test_a_file_of_rows_that_end_in_cr_is_read():
    rows, problems = read(f"{HEADER}\r{ROW}\rb{ROW[1:]}\r")
    assert [row.line for row in rows] == [2, 3]
    assert problems == ["withdrawn.csv:1: 3 lines end in CR alone: run event-timeline fmt"]


def test_a_file_whose_lines_end_in_cr_is_not_read_unless_all_are_rows():
    assert read(f"{HEADER}\r{ROW}\rb,event\r") == (
        [],
        ["withdrawn.csv:1: lines end in CR alone: save with LF line ends"],
    )


def test_one_row_of_many_that_ends_in_cr():
    rows, problems = read(f"{HEADER}\n{ROW}\rb{ROW[1:]}\nc{ROW[1:]}\n")
    assert [row.line for row in rows] == [2, 3, 4]
    assert problems == ["withdrawn.csv:1: 1 line ends in CR alone: run event-timeline fmt"]
