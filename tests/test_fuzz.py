"""Any bytes in: problems or rows out, never a traceback, a hang or a memory that runs away.

EVENT_TIMELINE_FUZZ says how many examples a test tries.
"""

import contextlib
import csv
import io
import itertools
import json
import os
import signal
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from datasette_event_timeline.sql import functions
from edtf_dates import TEXT_LIMIT, DateError, parse_date
from edtf_dates.guesses import guess_edtf
from event_timeline.checks.checker import check
from event_timeline.cli import cli
from event_timeline.curated.characters import HIDDEN
from event_timeline.curated.columns import EVENTS, FILES
from event_timeline.curated.csvfile import MAX_CELL, Reader
from event_timeline.curated.formatting import format_data
from event_timeline.database import search
from event_timeline.history import changes, rendering
from event_timeline.site.search import escape_fts

# Sixty examples of each kind, of which the lines and the memory are counted.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
EXAMPLES = int(os.environ.get("EVENT_TIMELINE_FUZZ", "60"))
# Only to tell an end from none.
PATIENCE_SECONDS = 60
tried = settings(
    max_examples=EXAMPLES,
    # What an example has to do with its failure is found by hand; it would take minutes here.
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
tried_briefly = settings(tried, max_examples=max(EXAMPLES // 3, 1))


class TooMuchWorkError(BaseException):
    """So many lines of Python ran; no `except Exception` of the code that runs may catch it."""


@contextlib.contextmanager
def bounded(size: int) -> Iterator[None]:
    """Fail if what is done inside takes more work or memory than an input of the size may.

    Work is counted in lines of Python run, so that every machine counts the same, busy or not.
    C code runs no lines: what hangs there is broken off after PATIENCE_SECONDS of the processor.
    """
    most = 2_000_000 + 100 * size

    def count(_frame: FrameType, _event: str, _arg: object) -> Callable[..., Any]:
        following = next(lines, None)
        if following is None:
            raise TooMuchWorkError(f"ran more than {most:,} lines of Python")
        return following

    # Counts without a number in memory, where tracemalloc would look at each.
    lines = itertools.repeat(count, most)
    with patience(), tracer(count):
        tracemalloc.start()
        try:
            yield
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 20_000_000 + 200 * size


@contextlib.contextmanager
def tracer(function: Callable[..., Any]) -> Iterator[None]:
    """Have a function called for each line that runs in the functions called inside."""
    previous = sys.gettrace()
    sys.settrace(function)
    try:
        yield
    finally:
        sys.settrace(previous)


@contextlib.contextmanager
def patience() -> Iterator[None]:
    """Break off what would never end."""

    def stop(*_: object) -> NoReturn:
        raise TooMuchWorkError(f"took more than {PATIENCE_SECONDS} s of the processor")

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


@bounded(0)
def hang() -> NoReturn:
    while True:
        with contextlib.suppress(Exception):
            pass


def test_what_hangs_is_broken_off():
    with pytest.raises(TooMuchWorkError, match=r"ran more than 2,000,000 lines of Python"):
        hang()


def test_what_takes_too_much_memory_fails():
    with pytest.raises(AssertionError), bounded(0):
        bytearray(21_000_000)


# Curated files, cut up and put together again


def lines_of(path: str) -> list[bytes]:
    return (ROOT / path).read_bytes().splitlines(keepends=True)[:40]


PIECES = [
    b"", b"\n", b"\r", b"\r\n", b",", b";", b"\t", b'"', b'""', b"\0", b"\xff", b"\xef\xbb\xbf",
    b"\xff\xfe", b"=1+1", b"; ", b" (", b")", b"2015-XX-XX/..", b"../../etc/passwd", b"'", b"\\",
    "\u202e".encode(), "\N{COMBINING ACUTE ACCENT}".encode(), b"-", b"9" * 400, b"1e999", b"nan",
    b"x" * (MAX_CELL + 1), b",\n" * 400, b'"\n' * 60, b"a; " * 3_000, "é".encode("latin-1"),
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, path: str) -> bytes:
    """A curated file with some of its lines, repeated, out of order, cut and written into."""
    lines = lines_of(path)
    chosen = draw(st.lists(st.sampled_from(lines), max_size=6))
    data = (lines[0] if draw(st.booleans()) else b"") + b"".join(chosen)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        cut = draw(st.integers(0, 40))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=8))
        data = data[:place] + piece + data[place + cut :]
    return data


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
@tried
@given(draw=st.data())
def test_a_damaged_file_is_read_and_formatted(file, draw):
    data = draw.draw(damaged(file.path) | st.binary(max_size=2_000))
    problems = []
    with bounded(len(data)):
        reader = Reader(io.BytesIO(data), file, file.path, problems.append)
        rows = list(reader.rows())
        formatted = format_data(data, Path(file.path), file)
    assert all(len(row.cells) == len(file.names) for row in rows)
    assert all("\n" not in str(problem) for problem in (*problems, *formatted.problems))
    assert reader.readable or problems
    if not formatted.problems:
        again = format_data(formatted.after, Path(file.path), file)
        assert (again.after, again.problems) == (formatted.after, [])


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
@tried
@given(draw=st.data())
def test_two_states_of_a_damaged_file_are_compared(file, draw):
    names = ("old\n", "new")
    sides = [changes.Side(name, {file.name: draw.draw(damaged(file.path))}) for name in names]
    with bounded(sum(len(side.data[file.name]) for side in sides)):
        files = changes.compare(*sides)
        texts = (rendering.render_text(*sides, files), rendering.render_markdown(*sides, files))
    assert not any(HIDDEN.search(line) for text in texts for line in text.split("\n"))


@tried
@given(draw=st.data())
def test_damaged_files_are_checked_together(chronology, draw):
    size = 0
    for file in FILES:
        data = draw.draw(damaged(file.path))
        Path(file.path).parent.mkdir(exist_ok=True)
        Path(file.path).write_bytes(data)
        size += len(data)
    with bounded(size):
        problems = check(chronology.events_csv)
    assert all("\n" not in str(problem) for problem in problems)


@pytest.mark.parametrize(
    "data",
    [
        b'"' * 400_000,
        b'"\n' * 100_000,
        b"," * 400_000,
        b"id" + b",x" * 200_000 + b"\n",
        b"\r" * 200_000,
        b"id;" * 100_000 + b"\n",
        b"\xff" * 400_000,
        (",".join(EVENTS.names) + "\n").encode() + b'a,"' + b"x\n" * 100_000,
        (",".join(EVENTS.names) + "\n").encode() + b"a\n" * 20_000,
    ],
    ids=range(9),
)
def test_a_large_file_of_nothing_ends(data):
    problems: list[object] = []
    with bounded(len(data)):
        list(Reader(io.BytesIO(data), EVENTS, "events.csv", problems.append).rows())
    assert problems


# What people type


def run(*arguments: str) -> Result:
    """Run a command: it ends with 0 or 1, whatever it is given, and no traceback."""
    result = CliRunner().invoke(cli, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), arguments
    assert result.exit_code in (0, 1)
    return result


CELLS = [
    "", " ", "2015", "2015-03-18", "2015-03-18?/..", "2015-02-30", "-0043", "Y-123456789", "TN", "TN; LY",
    "XK", "le-monde", "le-monde; le-monde", "nobody", "nobody (perpetrator)", "0", "-1", "3", "1e9",
    "9" * 30, "36.8", "91", "nan", "inf", "٣", "country", "none", "site", "attack", "confirmed",
    "disputed", "victims", "=1+1", "<b>", "{{7*7}}", "javascript:alert(1)", "https://example.org/a b",
    "http://[", "https://\N{SNOWMAN}.example", "../x", "A-B", "a--b", "2015-03-18-bardo", "x" * 3_000,
    "\u202e", "\N{COMBINING ACUTE ACCENT}", "\x1b[2J", '"', "a;b", "(", "a (b) (c)", "yes", "1; 2",
]  # fmt: skip
cells = st.sampled_from(CELLS) | st.text(st.characters(codec="utf-8"), max_size=12)


FILES_OF_ONE_ROW = {
    "events": {"id": "2015-03-18-bardo", "date": "2015-03-18", "actors": "Islamic State (claimed)"},
    "actors": {"id": "islamic-state", "name": "Islamic State"},
    "sources": {"id": "le-monde"},
    "questions": {"id": "bardo-killed", "measure": "killed", "scope": "victims", "unit": "people"},
    "claims": {"id": "bardo-killed-le-monde", "question": "bardo-killed", "best": "22"},
    "withdrawn": {"id": "2014-01-01-gone", "kind": "event"},
}
columns = st.sampled_from([(file.name, name) for file in FILES for name in file.names])


@tried_briefly
@given(changed=st.dictionaries(columns, cells, max_size=3))
def test_commands_on_files_with_any_cells(chronology, changed):
    for file in FILES:
        given = {name: cell for (where, name), cell in changed.items() if where == file.name}
        row = FILES_OF_ONE_ROW[file.name] | given
        literal = io.StringIO()
        csv.writer(literal).writerows([row.keys(), row.values()])
        chronology.write(**{file.name: literal.getvalue()})
    with bounded(sum(Path(file.path).stat().st_size for file in FILES)):
        checked = run("check", "--format", "json")
        built = run("build", "events.csv", "events.db")
        run("fmt", "--check")
        formatted = run("fmt")
        if formatted.exit_code == 0:
            assert run("fmt", "--check").exit_code == 0
    assert isinstance(json.loads(checked.stdout), list)
    assert built.exit_code == checked.exit_code


@tried
@given(
    texts=st.lists(st.text(max_size=30).filter(lambda text: not text.startswith("--h")), min_size=1)
)
@example(texts=["2015", "-0043", "--", "\ud800", "\0"])
def test_dates_typed_at_a_terminal(texts):
    with bounded(sum(map(len, texts))):
        run("date", "--", *texts)


@tried
@given(names=st.tuples(st.text(max_size=30), st.text(max_size=30)))
@example(names=("\0", "x" * 5_000))
@example(names=(".", "-"))
def test_states_that_are_none(chronology, names):
    run("diff", "--", *names)


WORDS = [
    "mars", "march", "18", "2015", "early", "late", "between", "and", "or", "to", "-", "–", "bc", "the",
    "spring", "fall", "2nd", "half", "century", "xix", "siecle", "c.", "about", "probably", "?", "~", "(",
    ")", ",", ".", "/", "since", "until", "before", "after", "now", "99", "0", "1e3", "42083", "avant j.-c.",
    "vers", "ete", "q3", "1990s", "monday", "²", "٣", "\N{KELVIN SIGN}", "\N{LATIN SMALL LIGATURE FI}",
]  # fmt: skip
worded = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=120)


@tried
@given(text=worded)
@example(text="mars " * 24)
@example(text="c." * 60)
@example(text="or " * 40)
@example(text="2015-" * 24)
@example(text="x" * 1_000_000)
def test_a_guess_at_any_text_is_a_date(text):
    with bounded(len(text)):
        for guess in guess_edtf(text):
            parse_date(guess)


# Dates, and the functions that SQL can call


SIGNS = [*"0123456789-XYES/.?~%[]{},:TZ+ ", "..", "XXXX", "2015", "-02-29", "/..", "1E9", "S2"]
dates = st.lists(st.sampled_from(SIGNS), max_size=40).map("".join) | st.text(max_size=60)


@tried
@given(text=dates)
@example(text="[" + ",".join(f"{n}XX-XX-XX" for n in range(10, 90)) + "]")
@example(text="{" + ",".join("XXXX-02-29" for _ in range(80)) + "}")
@example(text="XXXX-XX-XX/XXXX-XX-XX")
@example(text="Y-999999999999/Y999999999999")
@example(text="1" * TEXT_LIMIT)
@example(text="[" * TEXT_LIMIT)
@example(text="2015," * 400)
@example(text="x" * 1_000_000)
def test_a_text_is_a_date_or_none(text):
    with bounded(len(text)), contextlib.suppress(DateError):
        date = parse_date(text)
        date.describe()
        date.to_edtf()
        date.possibly(parse_date("2015-XX-1X"))
        date.certainly(parse_date("2015/.."))


@tried
@given(texts=st.tuples(dates, dates))
@example(texts=("2015 " * 200_000, "2015"))
@example(texts=("{" + ",".join(f"{n}XX-XX" for n in range(10, 60)) + "}", "XXXX-1X-3X"))
def test_functions_of_sql_on_any_text(texts):
    with bounded(sum(map(len, texts))):
        for function in (functions.edtf_possibly, functions.edtf_certainly):
            assert function(*texts) in (None, 0, 1)
        functions.edtf_interval(*texts)
        functions.edtf_first_day(texts[0])
        escape_fts(texts[0])


@tried
@given(text=st.text(max_size=300) | st.text('" اىأ\u0640-*', max_size=300))
@example(text='"' * 100_000)
@example(text="ـ" * 100_000)
def test_a_search_of_any_text(text):
    with bounded(len(text)):
        assert search.match_expression(text)
