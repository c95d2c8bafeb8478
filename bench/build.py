"""Measures the time and memory of a build: python bench/build.py [EVENTS]

First builds the curated files of this project, the best of five runs. Then builds generated,
seeded events (100,000 by default) with their actors, sources, questions and claims, in a
separate process. Then writes the same rows with bare sqlite3 from ready tuples: the ratio
compares the build with that time.
"""

import csv
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path

import click

from event_timeline.curated import columns
from event_timeline.curated.columns import ACTORS, CLAIMS, EVENTS, QUESTIONS, ROLES, SOURCES, TYPES
from event_timeline.database.integrity import FULL_CHECK_EVENTS

ROOT = Path(__file__).parents[1]
SEED = 20180307
FIRST_DAY, DAYS = date(1990, 1, 1), 12_000
COUNTRIES = ("LY", "TN", "DZ", "MA", "EG", "IQ", "SY", "")
SENTENCE = "Fighters attacked the checkpoint at the edge of the town before dawn and withdrew. "

Row = tuple[str, ...]


def dates(choose: random.Random, count: int) -> Iterator[str]:
    """Yield EDTF dates sorted by first day: days, and some months, intervals and uncertain days."""
    for ordinal in sorted(choose.randrange(DAYS) for _ in range(count)):
        day, form = FIRST_DAY + timedelta(ordinal), choose.random()
        if day.day == 1 and form < 0.5:
            yield f"{day:%Y-%m}"
        elif form < 0.05:
            yield f"{day}/{day + timedelta(choose.randrange(1, 30))}"
        else:
            yield f"{day}?" if form < 0.1 else f"{day}"


def events(count: int) -> Iterator[Row]:
    choose = random.Random(SEED)  # noqa: S311
    types, roles = list(TYPES), list(ROLES)
    for number, when in enumerate(dates(choose, count)):
        actors = choose.sample(range(500), choose.randrange(1, 4))
        sources = choose.sample(range(count // 10), choose.randrange(1, 4))
        status = choose.choice(("confirmed", "confirmed", "disputed", "unverified"))
        low = choose.randrange(40)
        latitude, longitude = choose.uniform(20, 37), choose.uniform(-10, 40)
        yield (
            *(f"{when[:7]}-event-{number:08}", when, f"Attack {number} on a checkpoint"),
            *(choose.choice(types), status, choose.choice(COUNTRIES), f"Region {number % 60}"),
            *(f"Town {number % 50_000}", f"{latitude:.4f}", f"{longitude:.4f}", "town", ""),
            *("; ".join(f"Actor {actor} ({choose.choice(roles)})" for actor in actors), ""),
            *((f"{low}", "", f"{low + 5}", "victims") if number % 2 else ("", "", "", "")),
            *("", "", "", "", (SENTENCE * choose.randrange(1, 5)).strip()),
            *("" if number % 3 else "The hour is not known.", "" if number % 9 else "ar:الزهاوي"),
            "; ".join(f"source-{source}" for source in sources),
        )


def write(folder: Path, file: columns.CuratedFile, rows: Iterable[Row]) -> Path:
    target = folder / file.path
    target.parent.mkdir(exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(chain([file.names], rows))
    return target


def generate(folder: Path, count: int) -> Path:
    """Write events.csv and the files in data/, sorted correctly; return the path of events.csv."""
    actors, sources, asked = (sorted(map(str, range(n))) for n in (500, count // 10, count // 20))
    write(folder, ACTORS, ((f"actor-{n}", f"Actor {n}", "group", *[""] * 4) for n in actors))
    write(folder, SOURCES, ((f"source-{n}", "news", f"P{n[:2]}", *[""] * 8) for n in sources))
    write(folder, QUESTIONS, ((f"q-{n}", "Why?", "", "cause", "", "", "") for n in asked))
    answer, cited = ("answers", "by hand", *[""] * 3, "by hand", *[""] * 4), ("source-1", "")
    claims = ((f"c-{n}", f"q-{n}", *answer, "A witness", *cited, "supported", "") for n in asked)
    write(folder, CLAIMS, claims)
    return write(folder, EVENTS, events(count))


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def build(events_csv: Path, target: Path) -> None:
    script = ROOT / "scripts" / "build_db.py"
    subprocess.run([sys.executable, script, events_csv, target], check=True, capture_output=True)


def floor(built: Path, target: Path) -> float:
    """Write the contents of `built` with bare sqlite3; return the seconds, without reading."""
    shadows = "select name from pragma_table_list where type = 'shadow'"
    declared = f"select name, sql from sqlite_master where sql > '' and name not in ({shadows})"  # noqa: S608
    taken = 0.0
    with closing(sqlite3.connect(built)) as source, closing(sqlite3.connect(target)) as copy:
        copy.isolation_level = None
        copy.executescript("pragma journal_mode = off; pragma synchronous = off; begin")
        for name, sql in source.execute(declared).fetchall():
            taken += seconds(partial(copy.execute, sql))
            if "USING FTS5" in sql:
                rebuild = f"insert into [{name}] ([{name}]) values ('rebuild')"  # noqa: S608
                taken += seconds(partial(copy.execute, rebuild))
            elif sql.startswith("CREATE TABLE"):
                rows = source.execute(f"select * from [{name}]")  # noqa: S608
                marks = ", ".join("?" * len(rows.description))
                insert = f"insert into [{name}] values ({marks})"  # noqa: S608
                while batch := rows.fetchmany(10_000):
                    taken += seconds(partial(copy.executemany, insert, batch))
        return taken + seconds(partial(finish, copy))


def finish(copy: sqlite3.Connection) -> None:
    copy.execute("commit")
    (count,) = copy.execute("select count(*) from events").fetchone()
    check = "integrity_check" if count < FULL_CHECK_EVENTS else "quick_check"
    for pragma in (check, "foreign_key_check"):
        copy.execute(f"pragma {pragma}").fetchall()


@click.command()
@click.argument("count", type=click.IntRange(min=1_000), default=100_000, metavar="[EVENTS]")
def main(count: int) -> None:
    """Time a build of EVENTS generated events, bare sqlite3, and the curated files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = min(seconds(partial(build, ROOT / "events.csv", folder / f"{n}.db")) for n in "abcde")
        click.echo(f"curated files, whole process: {own:.2f} s (limit 0.6)")
        whole = seconds(partial(build, generate(folder, count), folder / "built.db"))
        # The maximum of all child processes, which is that of the last build.
        held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        click.echo(f"{count:,} events: {whole:.1f} s, {held:.0f} MB (limit 400)")
        least = floor(folder / "built.db", folder / "floor.db")
        click.echo(f"bare sqlite3: {least:.1f} s; ratio {whole / least:.2f} (limit 1.5)")


if __name__ == "__main__":
    main()
