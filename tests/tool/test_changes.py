"""What changed in the curated files, by row and field, in words."""

import csv
import io
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from event_timeline.curated.columns import FILES
from event_timeline.curated.csvfile import write_rows
from event_timeline.history.changes import Side, compare
from event_timeline.history.rendering import render_markdown, render_text
from event_timeline.history.sides import SideError, read_sides

BARDO = "2015-03-18-bardo"


def side(name: str, **literals: str) -> Side:
    """One side, its files written from CSV literals with some of their columns."""
    data = {}
    for file in FILES:
        if file.name in literals:
            rows = csv.DictReader(io.StringIO(literals[file.name]), strict=True)
            data[file.name] = write_rows(file, ([r.get(n, "") for n in file.names] for r in rows))
    return Side(name, data)


def text_of(old: str, new: str, file: str = "events") -> list[str]:
    """The changes of one file as text, line by line."""
    sides = side("HEAD", **{file: old}), side(".", **{file: new})
    return render_text(*sides, compare(*sides)).split("\n")


def field_of(column: str, old: str, new: str, file: str = "events") -> str:
    """What is said of one cell that changed."""
    [_, _, line] = text_of(f'id,{column}\nx,"{old}"\n', f'id,{column}\nx,"{new}"\n', file)
    return line.removeprefix(f"    {column}: ")


# Rows


def test_nothing_changed():
    sides = side("HEAD", events="id\nx\n"), side(".", events="id\nx\n")
    assert render_text(*sides, compare(*sides)) == (
        "Nothing changed from HEAD to . in the curated files."
    )


def test_rows_that_changed_came_and_went_in_the_order_of_the_file():
    assert text_of(
        "id,title,killed_best\na,A,1\nb,B,\nc,C,\nd,D,\n",
        "id,title,killed_best,date\na,A,2,\nc,C,,\ne,E,0,2015-03\nd,Dd,,\n",
    ) == [
        "events.csv: 1 added, 1 removed, 2 changed",
        "  changed a (A)",
        "    killed_best: 1 → 2",
        "  removed b (B)",
        "  added e (E)",
        "    date: March 2015 (2015-03)",
        "    title: E",
        "    killed_best: 0",
        "  changed d (Dd)",
        "    title: D → Dd",
    ]


def test_the_first_row_removed():
    assert text_of("id,title\na,A\nb,B\n", "id,title\nb,B\n") == [
        "events.csv: 1 removed",
        "  removed a (A)",
    ]


def test_a_row_that_was_renamed():
    assert text_of("id,date,title\na,2015,A\n", "id,date,title\nb,2015,A\n") == [
        "events.csv: 1 renamed",
        "  renamed a (A)",
        "    id: a → b",
    ]


def test_a_row_that_was_renamed_and_changed_is_another_row():
    assert text_of("id,date,title\na,2015,A\n", "id,date,title\nb,2016,A\n")[:2] == [
        "events.csv: 1 added, 1 removed",
        "  removed a (A)",
    ]


def test_rows_with_one_id_are_told_apart_by_their_order():
    assert text_of("id,title\na,A\na,B\n,C\n", "id,title\na,A\na,Z\n,D\n")[1:] == [
        "  changed a (Z)",
        "    title: B → Z",
        "  changed a row without an id (D)",
        "    title: C → D",
    ]


def test_withdrawn_rows_are_told_apart_by_kind():
    assert text_of(
        "id,kind,title\nx,actor,Once\nx,source,X\n", "id,kind,title\nx,source,X\n", "withdrawn"
    ) == [
        "data/withdrawn.csv: 1 removed",
        "  removed x (Once)",
    ]


def test_files_in_their_order():
    old = side("HEAD", events="id,title\na,A\n", claims="id,said\nc,so many\n")
    new = side(".", events="id,title\na,B\n", claims="id,said\nc,so few\n", actors="id,name\n")
    assert render_text(old, new, compare(old, new)) == (
        "events.csv: 1 changed\n"
        "  changed a (B)\n"
        "    title: A → B\n"
        "\n"
        "data/actors.csv: no row changed\n"
        "  note: the file is new; it has no rows\n"
        "\n"
        "data/claims.csv: 1 changed\n"
        "  changed c (so few)\n"
        "    said: so many → so few"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"id,name\nx,X\n", b"id,name\r\nx,X\r\n"),
        (b"id,name\nx,X\n", b'id,name\nx,"X"\n'),
        (b"id,name\nx,X\ny,Y\n", b"id,name\ny,Y\nx,X\n"),
        (b"id,name\nx,X Y\n", b"id,name\nx, X  Y\n"),
    ],
)
def test_a_file_that_was_only_written_otherwise(old, new):
    header = b",kind,part_of,successor_of,aliases,note"
    ends = b",group,,,,"
    sides = [
        Side(name, {"actors": _with(data, header, ends)}) for name, data in (("1", old), ("2", new))
    ]
    assert render_text(*sides, compare(*sides)) == (
        "data/actors.csv: no row changed\n"
        "  note: the same rows, but another order, quoting, spacing or line ends"
    )


def _with(data: bytes, header: bytes, ends: bytes) -> bytes:
    end = b"\r\n" if b"\r" in data else b"\n"
    first, *rest = data.split(end)[:-1]
    return end.join([first + header, *(row + ends for row in rest), b""])


# Cells


@pytest.mark.parametrize(
    ("column", "old", "new", "said"),
    [
        ("killed_low", "22", "24", "22 → 24"),
        ("killed_low", "", "24", "blank → 24"),
        ("killed_low", "22", "", "22 → blank"),
        ("status", "confirmed", "disputed", "confirmed → disputed"),
        ("date", "2015-03-18", "2015-03", "18 March 2015 → March 2015 (2015-03-18 → 2015-03)"),
        ("date", "2015-03-18", "", "18 March 2015 → blank (2015-03-18 → blank)"),
        ("date", "the 18th", "2015", "the 18th → 2015"),
        ("date", "[2014,2015]", "[2015,2014]", "2014 or 2015, written differently: [2014,2015] → [2015,2014]"),
        ("country", "TN", "LY", "Tunisia → Libya (TN → LY)"),
        ("country", "TN", "XX", "Tunisia → XX (TN → XX)"),
        ("country", "", "LY", "blank → Libya (blank → LY)"),
        ("sources", "a; b; c", "a; c; d; e", "added d; added e; removed b"),
        ("sources", "a; b", "b; a", "in another order: b; a"),
        ("sources", "a", "", "a → blank"),
        ("aliases", "ar:باردو", "ar:باردو; fr:Bardo", "added fr:Bardo"),
        ("actors", "X (claimed); Y (target)", "X (accused); Y (target)", "X: claimed → accused"),
        ("actors", "X (claimed)", "X (claimed); Y (ally)", "added Y (ally)"),
        ("actors", "X (Y) (ally)", "X (Y) (target); X (target)", "X (Y): ally → target; added X (target)"),
        ("actors", "X", "Y", "added Y; removed X"),
        ("place", "Tunis", "Le Bardo", "Tunis → Le Bardo"),
        ("note", "", "A long note is given whole when there was none before it, all of it, to the last word.", "blank → A long note is given whole when there was none before it, all of it, to the last word."),
    ],
)  # fmt: skip
def test_a_cell_in_words(column, old, new, said):
    assert field_of(column, old, new) == said


TEXT = (
    "Two gunmen attacked visitors of the museum at noon, took hostages and were killed by the "
    "police three hours later. The museum opened again in the week after that."
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Two", "Three", "[-Two-] {+Three+} gunmen attacked visitors …"),
        ("that.", "it.", "… the week after [-that.-] {+it.+}"),
        ("three hours", "hours", "… by the police [-three-] hours later. The …"),
        ("hours later", "long hours later", "… the police three {+long+} hours later. The …"),
        ("at noon, took", "at one, they took", "… the museum at [-noon,-] {+one, they+} took hostages and …"),
        ("noon, took hostages and were", "one, took hostages and got", "… the museum at [-noon,-] {+one,+} took hostages and [-were-] {+got+} killed by the …"),
        ("three hours", "3 h", "… by the police [-three hours-] {+3 h+} later. The museum …"),
    ],
)  # fmt: skip
def test_the_words_of_a_long_text_that_changed(old, new, said):
    assert old in TEXT
    assert field_of("summary", TEXT, TEXT.replace(old, new)) == said


def test_two_texts_without_a_word_in_common():
    assert field_of("note", "one " * 20, "two " * 20) == (
        f"[-{' '.join(['one'] * 20)}-] {{+{' '.join(['two'] * 20)}+}}"
    )


def test_texts_with_thousands_of_words_that_repeat_are_not_compared_word_by_word():
    one, other = " ".join(["a b c"] * 300), " ".join(["c b a"] * 300)
    assert field_of("note", f"Start {one} end", f"Start {other} end") == (
        f"Start [-{one}-] {{+{other}+}} end"
    )


def test_what_a_terminal_would_obey_is_spelled_out():
    assert field_of("title", "A", "B\x1b[2J\u202e") == "A → B<U+001B>[2J<U+202E>"


# A side that is broken


def test_a_row_that_cannot_be_read_is_not_taken_for_removed():
    whole = side("HEAD", events="id,title\na,A\nb,B\n")
    broken = Side(".", {"events": whole.data["events"].replace(b"b,,B", b"b,B")})
    said = (
        "events.csv:3: b: the row has 25 cells, the header 26: the row is cut off or a comma is "
        "missing"
    )
    assert render_text(whole, broken, compare(whole, broken)) == (
        f'events.csv: no row changed\n  note: ".": {said}'
    )
    assert render_text(broken, whole, compare(broken, whole)) == (
        f'events.csv: no row changed\n  note: ".": {said}'
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "events.csv:1: the file is empty: the first line must be id,date,"),
        (b"nonsense\n", "events.csv:1: the first line is not the header: it must be id,date,"),
        (b"\xff\xfei\0", "events.csv:1: the file is UTF-16, not UTF-8: save it as CSV UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read(data, said):
    sides = Side("HEAD~1", {"events": data}), side(".", events="id\nx\n")
    first, note, last = render_text(*sides, compare(*sides)).split("\n")
    assert first == "events.csv: no row changed"
    assert note.startswith(f'  note: "HEAD~1": {said}')
    assert last == "  note: the rows were not compared"


def test_a_column_that_one_side_lacks_is_left_out():
    new = side(".", questions="id,title,scope,unit\nq,How many?,victims,people\n")
    old = Side("v1", {"questions": new.data["questions"].replace(b",scope", b"").replace(b",victims", b"").replace(b"people", b"men")})  # fmt: skip
    assert render_text(old, new, compare(old, new)) == (
        "data/questions.csv: 1 changed\n"
        '  note: "v1": data/questions.csv:1: column scope is missing: add it after measure\n'
        "  changed q (How many?)\n"
        "    unit: men → people"
    )


def test_many_rows_that_cannot_be_read_are_counted():
    whole = side(".", actors="id,name\n")
    broken = Side("HEAD", {"actors": whole.data["actors"] + b"cut,off\n" * 8})
    lines = render_text(broken, whole, compare(broken, whole)).split("\n")
    assert len(lines) == 7
    assert lines[-1] == '  note: "HEAD": and 3 more'


@pytest.mark.slow  # draws many examples
@given(st.binary(max_size=300), st.binary(max_size=300))
@example(b"id,name\n\x1b,\n", b"id,name\n,\n")
@example(b"id,kind,title,when,why\na,b,c,d,e\na,b,c,d,e\n", b"id,kind,title,when,why\n")
def test_any_bytes_on_either_side(old, new):
    names = [file.name for file in FILES]
    sides = Side("old", dict.fromkeys(names, old)), Side("new", dict.fromkeys(names, new))
    found = compare(*sides)
    assert bool(found) == (old != new)
    for render in (render_text, render_markdown):
        assert "\x1b" not in render(*sides, found)


CELL = st.text(st.characters(exclude_characters='",\n\r', exclude_categories=["Cs"]), max_size=40)


@given(CELL, CELL, st.sampled_from(["date", "country", "actors", "sources", "note", "killed_low"]))
def test_any_cells(old, new, column):
    text_of(f"id,{column}\nx,{old}\n", f"id,{column}\nx,{new}\n")


# As Markdown


def test_as_markdown():
    old = side("HEAD", events=f'id,date,title,summary\n{BARDO},2015-03-18,Bardo,"{TEXT}"\n')
    new = side(".", events=f"id,date,title,summary\n{BARDO},2015-03,Bardo,\"{TEXT.replace('Two', 'Three')}\"\n")  # fmt: skip
    assert render_markdown(old, new, compare(old, new)) == (
        "### events.csv: 1 changed\n"
        "\n"
        "- **changed** `2015-03-18-bardo`: Bardo\n"
        "  - `date`: 18 March 2015 → March 2015 (`2015-03-18` → `2015-03`)\n"
        "  - `summary`: <del>Two</del> <ins>Three</ins> gunmen attacked visitors …"
    )


def test_nothing_changed_as_markdown():
    sides = side("HEAD", events="id\nx\n"), side("a`b", events="id\nx\n")
    assert render_markdown(*sides, compare(*sides)) == (
        "Nothing changed from `HEAD` to `` a`b `` in the curated files."
    )


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("**bold** _it_ ~~no~~", "\\*\\*bold\\*\\* \\_it\\_ \\~\\~no\\~\\~"),
        ("![x](javascript:1)", "\\!\\[x\\](javascript:1)"),
        ("@octocat closes #1", "@<!-- -->octocat closes #<!-- -->1"),
        ("see https://example.org", "see https://<!-- -->example.org"),
        ("$x$ | `a` & \\", "\\$x\\$ \\| \\`a\\` &amp; \\\\"),
    ],
)
def test_nothing_in_a_file_becomes_markup(title, said):
    old, new = side("HEAD", events="id,title\nx,\n"), side(".", events=f"id,title\nx,{title}\n")
    lines = render_markdown(old, new, compare(old, new)).split("\n")
    assert lines[2:] == [f"- **changed** `x`: {said}", f"  - `title`: blank → {said}"]


# Which sides


def test_a_folder_a_file_and_a_revision(repository):
    held = Path("events.csv").read_bytes()
    for text in (".", "events.csv", "HEAD"):
        old, new = read_sides(text, ".")
        assert (old.name, old.data["events"]) == (text, held)
        assert set(old.data) == set(new.data) == {"events", "actors", "sources"}


def test_a_revision_is_that_of_the_files_on_the_other_side(repository, monkeypatch):
    Path("else").mkdir()
    Path("else/mine.csv").write_bytes(Path("events.csv").read_bytes())
    repository.commit()
    Path("else/mine.csv").write_bytes(b"changed")
    monkeypatch.chdir("data")
    old, new = read_sides("HEAD", "../else/mine.csv")
    assert old.data == {"events": Path("../events.csv").read_bytes()}
    assert new.data == {"events": b"changed"}


def test_two_revisions_of_the_files_here(repository):
    repository.commit(events="id\nx\n")
    old, new = read_sides("HEAD~1", "HEAD")
    assert old.data["events"] != new.data["events"] == Path("events.csv").read_bytes()


def test_what_is_there_as_a_folder_is_not_taken_for_a_revision(repository):
    repository.git("branch", "data")
    with pytest.raises(SideError, match=r"^data/events.csv cannot be read: No such file"):
        read_sides("data", ".")
    assert read_sides("refs/heads/data", ".")[0].data["events"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("v9", '"v9" is neither a file nor a folder, and there is no revision "v9" in the repository'),
        ("-v9", '"-v9" is neither a file nor a folder, and there is no revision "-v9" in the repository'),
        ("a\0b", '"a\\x00b" is neither a file nor a folder, and "a\\x00b" is no revision'),
        ("", '"" is neither a file nor a folder, and "" is no revision'),
        ("x" * 5000, f'"{"x" * 59}…" is neither a file nor a folder, and there is no revision "{"x" * 59}…" in the repository'),
        ("/dev/null", "/dev/null cannot be read: it is a folder or a device"),
    ],
)  # fmt: skip
def test_a_side_that_is_none(repository, text, said):
    with pytest.raises(SideError) as failed:
        read_sides(text, ".")
    assert str(failed.value) == said


def test_a_revision_without_the_files(repository):
    Path("else").mkdir()
    Path("else/events.csv").write_bytes(b"")
    with pytest.raises(SideError) as failed:
        read_sides("HEAD", "else")
    assert str(failed.value) == '"HEAD" holds no events.csv and nothing in data/ beside it'


def test_a_revision_without_a_repository(chronology):
    with pytest.raises(SideError) as failed:
        read_sides("HEAD", ".")
    assert str(failed.value) == (
        '"HEAD" is neither a file nor a folder, and there is no git repository around the files'
    )


@settings(
    # Each runs git or a build.
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=20))
def test_any_text_names_a_side_or_is_refused(repository, text):
    with suppress(SideError):
        read_sides(text, ".")
