"""Any bytes in: problems or rows out, never a traceback, a hang or a memory that runs away.

EVENT_TIMELINE_FUZZ says how many examples a test tries.
"""

import contextlib
import io
import os
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from event_timeline import search
from event_timeline.checks import check
from event_timeline.columns import EVENTS, FILES
from event_timeline.csvfile import MAX_CELL, Reader
from event_timeline.dates import TEXT_LIMIT, DateError, parse_date
from event_timeline.formatting import format_data
from event_timeline.viewer import functions

ROOT = Path(__file__).parents[1]
EXAMPLES = int(os.environ.get("EVENT_TIMELINE_FUZZ", "60"))
tried = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@contextlib.contextmanager
def bounded(size: int) -> Iterator[None]:
    """Assert that what is done inside takes time and memory in proportion to an input's size.

    The time is that of the processor, so that a busy machine changes nothing.
    """
    tracemalloc.start()
    began = time.process_time()
    try:
        yield
        seconds, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds < 2 + size / 10_000
    assert peak < 20_000_000 + 200 * size


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
        b'"' * 1_000_000,
        b'"\n' * 300_000,
        b"," * 1_000_001,
        b"\r" * 500_000,
        b"id;" * 300_000 + b"\n",
        b"\xff" * 1_000_000,
        (",".join(EVENTS.names) + "\n").encode() + b'a,"' + b"x\n" * 300_000,
        (",".join(EVENTS.names) + "\n").encode() + b"a\n" * 50_000,
    ],
    ids=range(8),
)
def test_a_large_file_of_nothing_ends(data):
    problems: list[object] = []
    with bounded(len(data)):
        list(Reader(io.BytesIO(data), EVENTS, "events.csv", problems.append).rows())
    assert problems


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
        functions.escape_fts(texts[0])


@tried
@given(text=st.text(max_size=300) | st.text('" اىأ\u0640-*', max_size=300))
@example(text='"' * 100_000)
@example(text="ـ" * 100_000)
def test_a_search_of_any_text(text):
    with bounded(len(text)):
        assert search.match_expression(text)
