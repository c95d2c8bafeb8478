"""Limits: the worst SQL that we could write ends in time, and in a memory that is stated.

Each statement runs in a process of its own, on a database with a full-text index, as Datasette
runs it: with its time limit, and at most 10,001 rows fetched.
"""

import json
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from datasette_event_timeline.middleware import limits

# Many a statement runs until its limit, a second or more.
pytestmark = pytest.mark.slow

TIME_LIMIT_SECONDS = 1.0
# For what is too large: so long, that a busy machine comes to that before the limit.
MUCH_TIME_SECONDS = 40.0
# SQLite's own memory, and what Python makes of an answer.
MOST_MEGABYTES = (limits.SQLITE_MEMORY_BYTES + 4 * limits.LARGEST_ANSWER_BYTES) // 1_000_000
# Only to tell an end from none: a machine may be slow.
PATIENCE_SECONDS = 60
# Of the processor, for which it matters less how busy the machine is: three times what is stated.
MOST_SECONDS = TIME_LIMIT_SECONDS + 15

NUMBERS = "with recursive n(i) as (select 1 union all select i + 1 from n)"
LONG = "hex(zeroblob(900000))"
RANDOM = "hex(randomblob(900000))"
ARRAY = "'[' || replace(hex(zeroblob(450000)), '00', '1,') || '1]'"

PATTERN = "'%" + "0" * 97 + "1%'"
FOUR_PATTERNS = " + ".join([f"(t like {PATTERN})"] * 4)
THREE_SETS = " + ".join(["(t glob t)"] * 3)
DIGITS = "replace(hex(zeroblob(990000)), '0', '7')"
LAST = ", '$[#-1]'"
NAMES = (
    "(select '{' || group_concat('\"' || printf('%x', i) || '\":1') || '}' "
    "from (select i from n limit 20000))"
)
SET_OF_DATES = "'{' || i || 'X-XX-XX, XXXX-02-29}'"
FRAME = "order by i rows between 50000 preceding and current row exclude current row"
DOUBLED = "select a + a as a from (" * 9 + "select abs(i) as a from t" + ")" * 9

# What takes too long: of an endless recursion, or of a product of large things.
TOO_SLOW = {
    "a recursion without an end": "select max(i) from n",
    "a product of tables": "select count(*) from n a, n b, n c",
    "an aggregate without an end": "select count(hex(randomblob(99))) from n",
    "JSON for ever": f"select sum(length(json(t))) from n, (select {ARRAY} as t)",
    "an array by itself": f"select count(*) from json_each({ARRAY}) a, json_each({ARRAY}) b",
    "a pattern for ever": f"select sum({LONG} like {PATTERN}) from n",
    "four patterns for ever": f"select sum({FOUR_PATTERNS}) from n, (select {LONG} as t)",
    "a wide frame": f"select sum(i) over ({FRAME}) from (select i from n limit 1000000)",
    "dates in long texts": f"select count(edtf_first_day({RANDOM})) from n",
    "dates in long windows": f"select count(edtf_possibly({RANDOM}, i)) from n",
    "sets of patterns": f"select count(edtf_possibly({SET_OF_DATES}, 'XXXX-1X-3X')) from n",
    "intervals of long texts": f"select count(edtf_interval({RANDOM}, i)) from n",
    "tallies of long texts": f"select edtf_bins({RANDOM}, 'year', 1, 9) from n",
    "distances of long texts": f"select count(km_between({LONG}, 1, 2, 3)) from n",
    "searches of long texts": f"select count(escape_fts(replace({LONG}, '00', '\" '))) from n",
    "long numbers": "select sum(length(printf('%1900000.1900000f', i))) from n",
}

# What is too large, and a word of what is said.
TOO_LARGE = {
    "a value": ("select hex(randomblob(450000000))", "too big"),
    "two values": (f"select {LONG} || {LONG}", "too big"),
    "a text replaced": (f"select replace({LONG}, '0', 'xx')", "exception"),
    "an aggregate": (
        "select group_concat(hex(zeroblob(100000))) from (select i from n limit 100)",
        "too big",
    ),
    "a text that grows": (
        "with recursive t(x) as (select 'x' union all select x || x from t) select x from t",
        "too big",
    ),
    "rows of zeros": ("select zeroblob(2000000) from n", "larger than 32 MB"),
    # SQLite then asks statements of its own, some for each row.
    "rows of zeros beside what a search finds": (
        "select zeroblob(1900000), text from texts where texts match 'the' limit 100",
        "larger than 32 MB",
    ),
    "rows of zeros beside a search, after a comment": (
        "-- found by a search\nselect zeroblob(1900000), text from texts where texts match 'the' limit 100",
        "larger than 32 MB",
    ),
    "rows of zeros beside what SQLite tells of tables": (
        "select zeroblob(1900000), name from n left join pragma_table_info(char(120, 10, 13, i)) limit 100",
        "larger than 32 MB",
    ),
    "rows of text": (f"select {LONG} from n", "larger than 32 MB"),
    "rows of numbers": (f"select {', '.join(['i'] * 499)} from n", "larger than 32 MB"),
    "rows of signs of four bytes": (
        "select replace(hex(zeroblob(99000)), '00', char(128512)) from n",
        "larger than 32 MB",
    ),
    "a wide row": (
        f"select {', '.join(f't || {n}' for n in range(400))} from (select {LONG} as t)",
        "memory",
    ),
    "rows sorted": (f"select length(t) from (select {LONG} || i as t from n order by t)", "memory"),
    "rows compared": (f"select distinct {RANDOM} from n", "larger than 32 MB"),
    "rows counted apart": (f"select count(distinct {RANDOM}) from n", "memory"),
    "rows kept": (
        "with recursive t(x) as (select 'x' union select hex(randomblob(90000)) from t) "
        "select count(*) from t",
        "memory",
    ),
    "dates kept for a tally": ("select edtf_bins(date(i), 'year', 1, 9) from n", "memory"),
    "a text in another": (f"select instr({LONG}, '1' || {LONG})", "exception"),
    "a text trimmed by another": (f"select trim({LONG}, {RANDOM})", "exception"),
    "a merged object": (
        f"select json_patch(json_object('a', {LONG}), json_object('b', {LONG}))",
        "exception",
    ),
    "an object merged with many names": (f"select json_patch('{{}}', {NAMES})", "exception"),
    "a moment spelled over and over": (
        f"select strftime(replace({LONG}, '00', '%J'), 1)",
        "exception",
    ),
    "a pattern": (f"select 'x' like '{'x' * 101}'", "too complex"),
    "an expression": (f"select {'- ' * 1100}1", "depth|overflow"),
    "a union": (f"select 1 {'union all select 1 ' * 60}", "too many terms"),
    "the columns": (f"select {', '.join(['1'] * 501)}", "too many columns"),
    "the arguments": (f"select max({', '.join(['1'] * 51)})", "too many arguments"),
    "the functions": (f"select {'json(i), ' * 99} json(i) from n", "could take 3.1 s"),
    "the dates": (f"select {', '.join(['edtf_first_day(i)'] * 25)} from n", "could take 2.6 s"),
    "the tallies": (
        f"select {', '.join([f'edtf_bins(i, 1, 2, {n})' for n in range(25)])} from n",
        "could take 2.6 s",
    ),
    "functions doubled": (f"with t as (select 1 as i limit 1) {DOUBLED}", "could take"),
    "the patterns": (
        f"select {FOUR_PATTERNS} + (t like t) from (select 1 as t)",
        "could take 2.6 s, more than 2.5 s",
    ),
    "the sets": (f"select {THREE_SETS} from (select 1 as t)", "could take 3.4 s"),
    "the sums": (f"select {' + '.join(['t'] * 400)} from (select 1 as t)", "could take 3."),
    "the paths": (
        f"select {', '.join(['json_set(1)'] * 18)} from n",
        "could take 2.6 s, more than 2.5 s",
    ),
    "the statement": (f"select '{'x' * 20_000}'", "20,000 characters"),
    "another database": ("attach ':memory:' as x", "too many attached"),
    "a regular expression": ("select 'a' regexp 'a'", "no such function"),
    "an address in the process": (
        "select fts3_tokenizer(cast(x'73696d706c65' as text))",
        "not authorized to use function: fts3_tokenizer",
    ),
    "any number as an address": (
        "select FTS3_Tokenizer('simple', zeroblob(8))",
        "not authorized to use function: FTS3_Tokenizer",
    ),
}


def summed(expression: str, times: int) -> str:
    return " + ".join([expression] * times)


SETS = "(t glob '*" + "[0-7]" * 19 + "1*')"
PATHS = f"json_extract(t{LAST * 48})"
TRIMMED = "length(trim(substr(t, 1, 900000), '1234567890'))"
SPELLED = "length(strftime(replace(substr(t, 1, 90000), '7', '%J'), 1))"

# What one row can be made to do and is not refused: SQLite cannot be stopped within it. By the
# limit the text is made once, not anew wherever it is named.
LONGEST_ROWS = {
    "arithmetic on long numbers": (
        f"select {', '.join(['i % t'] * 230)} from (select {DIGITS} as t, 7 as i limit 1)"
    ),
    "long numbers asked whether they are true": (
        f"select {'not t or ' * 480}t from (select '.' || replace({DIGITS}, '7', '0') as t limit 1)"
    ),
    "long texts joined": f"select {summed('(t || 1)', 180)} from (select {LONG} as t limit 1)",
    "sums of long numbers": f"select {', '.join(['sum(t)'] * 400)} from (select {DIGITS} as t limit 1)",
    "patterns": f"select {FOUR_PATTERNS} from (select {LONG} as t limit 1)",
    "sets of signs": f"select {summed(SETS, 2)} from (select {DIGITS} as t limit 1)",
    "paths in an array": f"select {summed(PATHS, 14)} from (select {ARRAY} as t limit 1)",
    "an array rewritten": (
        f"select length({'json_set(' * 14}t{(LAST + ', 1)') * 14}) from (select {ARRAY} as t limit 1)"
    ),
    "texts trimmed": f"select {summed(TRIMMED, 24)} from (select {DIGITS} as t limit 1)",
    "moments spelled": f"select {summed(SPELLED, 18)} from (select {DIGITS} as t limit 1)",
    "a sort": (
        "with recursive m(i) as (select 1 union all select i + 1 from m where i < 2500000) "
        "select i from m order by random()"
    ),
}
# Queries of a full-text index that cost it the most; it answers them.
SEARCHES = [
    " OR ".join(["a*", "b*", "the*", "x*"] * 200),
    "NEAR(the a b, 1000000)",
    f'"{" ".join(["the"] * 2000)}"',
    "NOT ".join(["the "] * 100) + "x",
    "(" * 5000 + "the" + ")" * 5000,
]

# Reads statements as lines of JSON. Each runs in a child that has Datasette loaded and nothing used.
_PROGRAM = """
import json, os, resource, sqlite3, sys, time
from datasette.utils import sqlite_timelimit
from datasette_event_timeline.middleware import limits
from datasette_event_timeline.sql import functions, geography, histogram
from event_timeline.site.search import escape_fts


def run(path, sql, seconds):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
    limits.limit_memory()
    limits.set_limits(connection, seconds)
    functions.register(connection)
    geography.register(connection)
    histogram.register(connection)
    connection.create_function("escape_fts", 1, escape_fts, deterministic=True)
    began = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        limits.check_statement(connection, sql)
        with sqlite_timelimit(connection, seconds * 1000):
            said = f"{len(connection.cursor().execute(sql).fetchmany(10_001))} rows"
    except MemoryError:
        said = "out of memory"
    except (ValueError, sqlite3.Error) as error:
        said = str(error)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"said": said, "megabytes": kilobytes // 1024, "seconds": time.process_time() - began}


for line in sys.stdin:
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        print(json.dumps(run(*json.loads(line))), flush=True)
        os._exit(0)
"""


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a full-text index of a few thousand words."""
    path = tmp_path_factory.mktemp("limits") / "texts.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("create virtual table texts using fts5(text)")
        words = [f"the {'abx'[n % 3]}{n} b the" for n in range(5_000)]
        db.executemany("insert into texts values (?)", [(text,) for text in words])
    return path


Run = Callable[..., dict[str, object]]


@pytest.fixture(scope="module")
def run(texts: Path) -> Iterator[Run]:
    """Run a statement as the site does, and return what came out and what memory it took."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # To be ended with its children.
        start_new_session=True,
    ) as process:

        def run(sql: str, most_seconds: float = TIME_LIMIT_SECONDS) -> dict[str, object]:
            print(json.dumps([str(texts), sql, most_seconds]), file=process.stdin, flush=True)
            readable, _, _ = select.select([process.stdout], [], [], PATIENCE_SECONDS)
            if not readable:
                os.killpg(process.pid, signal.SIGKILL)
                pytest.fail("it does not end")
            found: dict[str, object] = json.loads(process.stdout.readline())
            return found

        yield run
        process.stdin.close()


@pytest.mark.parametrize("sql", TOO_SLOW.values(), ids=[*TOO_SLOW])
def test_what_takes_too_long_is_interrupted(run, sql):
    found = run(f"{NUMBERS} {sql}")
    assert found["said"] == "interrupted"
    assert found["megabytes"] < MOST_MEGABYTES


@pytest.mark.parametrize(("sql", "said"), TOO_LARGE.values(), ids=[*TOO_LARGE])
def test_what_is_too_large_is_refused(run, sql, said):
    found = run(f"{NUMBERS} {sql}" if " from n" in sql else sql, MUCH_TIME_SECONDS)
    assert any(part in str(found["said"]) for part in said.split("|")), found
    assert found["megabytes"] < MOST_MEGABYTES


@pytest.mark.parametrize("query", SEARCHES, ids=range(len(SEARCHES)))
def test_a_search_of_any_kind_ends(run, query):
    found = run(f"select count(*) from texts where texts match '{query}'")
    assert found["megabytes"] < MOST_MEGABYTES


def test_searches_one_after_the_other_are_interrupted_where_only_the_watch_looks(texts):
    found = "select text from texts where rowid = n.i % 5000 and texts match 'the'"
    some = "(select i from n limit 2000000) as n"
    with closing(sqlite3.connect(texts, check_same_thread=False)) as connection:
        limits.set_limits(connection, 0)
        with pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
            connection.execute(
                f"{NUMBERS} select count(*) from {some} where ({found}) is null"
            ).fetchone()


@pytest.mark.parametrize("sql", LONGEST_ROWS.values(), ids=[*LONGEST_ROWS])
def test_what_is_let_through_ends_soon_after_the_limit(run, sql):
    found = run(f"{NUMBERS} {sql}" if " from n" in sql else sql)
    assert re.fullmatch("interrupted|out of memory|[0-9]+ rows", str(found["said"])), found
    assert found["seconds"] < MOST_SECONDS
    assert found["megabytes"] < MOST_MEGABYTES


# What must go on working


@pytest.fixture
def db(texts: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{texts.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, check_same_thread=False)) as connection:
        limits.set_limits(connection, 5)
        yield connection


def test_rows_are_what_datasette_expects(db):
    (row,) = db.execute("select 1 as a, 'é' as b, x'ff' as c, cast(x'ff' as text) as d").fetchall()
    assert isinstance(row, sqlite3.Row)
    assert dict(row) == {"a": 1, "b": "é", "c": b"\xff", "d": "\N{REPLACEMENT CHARACTER}"}


def test_an_answer_is_weighed_by_itself(db):
    for _ in range(20):
        (text,) = db.execute("select hex(zeroblob(900000))").fetchone()
        assert len(text) == 1_800_000


@pytest.mark.parametrize(
    "row",
    [LONG, "zeroblob(1900000)", ", ".join(["i"] * 499)],
    ids=["texts", "blobs", "numbers"],
)
@pytest.mark.parametrize(
    "fetch",
    [sqlite3.Cursor.fetchall, lambda cursor: [*iter(cursor.fetchone, None)]],
    ids=["at once", "one by one"],
)
def test_an_answer_too_large_has_ended_for_those_who_ask_next(db, row, fetch):
    cursor = db.execute(f"{NUMBERS} select {row} from n")
    with pytest.raises(limits.AnswerTooLargeError) as held:
        fetch(cursor)
    # The watch does, of what is overdue; SQLite interrupts all as long as that has not ended.
    db.interrupt()
    assert db.execute("select 1").fetchone()[0] == 1
    assert held.traceback


def test_nobody_reads_what_others_ask(db):
    held = db.execute("select 'secret' from texts")
    assert {*map(tuple, db.execute("select sql, rowid from sqlite_stmt"))} == {(None, None)}
    assert not db.execute("select 1 from sqlite_stmt where sql like '%secret%'").fetchall()
    held.close()


def test_what_a_statement_is_made_of_is_not_weighed_with_the_answer_before(db):
    columns = ", ".join(["zeroblob(1999000)"] * 16)
    db.execute(f"select {columns}").fetchone()
    with pytest.raises(ValueError, match="could take"):
        limits.check_statement(db, f"select {'json(1), ' * 99} json(1)")


def test_a_long_list_in_a_filter_passes(db):
    values = list(range(1_000))
    marks = ", ".join("?" * len(values))
    (count,) = db.execute(f"select count(*) from texts where rowid in ({marks})", values).fetchone()
    assert count == 999


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("instr('Sirte', 'rt')", 3),
        ("instr(x'010203', x'03')", 3),
        ("instr('x', null)", None),
        ("instr(12345, 34)", 3),
        ("replace('Sirte', 'rt', 'R')", "SiRe"),
        ("replace('Sirte', '', 'R')", "Sirte"),
        ("replace(1.5, '.', ',')", "1,5"),
        ("trim('--x--', '-')", "x"),
        ("ltrim('--x--', '-')", "x--"),
        ("rtrim('--x--', '-')", "--x"),
        ("trim('  x ')", "x"),
        ("json_patch('{\"a\":1}', '{\"b\":2}')", '{"a":1,"b":2}'),
        ("strftime('%Y/%m', '2015-03-18', '+1 month')", "2015/04"),
        ("strftime('%d', null)", None),
    ],
)
def test_the_functions_that_are_bounded_answer_as_sqlite_does(db, sql, answer):
    assert db.execute(f"select {sql}").fetchone()[0] == answer
    with closing(sqlite3.connect(":memory:")) as plain:
        assert plain.execute(f"select {sql}").fetchone()[0] == answer


@pytest.mark.parametrize("sql", ["select :q", "select nope", "select (", "", "select 1; select 2"])
def test_what_is_not_too_long_is_left_to_sqlite(db, sql):
    limits.check_statement(db, sql)


def test_parameters_do_not_hide_what_a_statement_calls(db):
    calls = ", ".join(["json(:q)"] * 100)
    with pytest.raises(
        ValueError,
        match=r"^one row of this SQL could take 3\.1 s, more than 2\.5 s: write fewer functions, "
        r"fewer LIKE or GLOB, or less arithmetic$",
    ):
        limits.check_statement(db, f"select {calls}")
