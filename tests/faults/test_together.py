"""Others at work at the same time: on the database, on the curated files, on the same build."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from event_timeline.cli import cli
from event_timeline.publish import replace
from event_timeline.publish.build import build
from event_timeline.publish.inputs import ChangedError

ROOT = Path(__file__).parents[2]

HOLDER = """\
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("begin " + sys.argv[2])
db.execute("select count(*) from events").fetchall()
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def holding(database: Path, lock: str) -> Iterator[None]:
    """Have another process hold a lock on the database."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database, lock],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "locked\n"
        yield
        holder.stdin.close()


def test_a_reader_that_does_not_end_holds_nothing_up(make_site):
    site = make_site()
    site.build("old")
    with holding(site.database, "deferred"):
        site.build("new")
        assert site.title() == "new"
    assert site.left() == set()


def test_a_database_that_another_program_writes_to(make_site, readers, monkeypatch):
    monkeypatch.setattr(replace, "LOCK_TIMEOUT_SECONDS", 0.2)
    site = make_site()
    site.build("old")
    site.write("new")
    arguments = ["build", str(site.events_csv), str(site.database)]
    with readers(site) as reading, holding(site.database, "immediate"):
        result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        f"Error: {site.database} could not be written, it is as it was: database is locked"
    )
    reading.check()
    assert site.title() == "old"
    assert site.left() == set()
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    assert site.title() == "new"


def test_a_file_that_changes_while_it_is_read(make_site, readers, faults, figure):
    """It is cut and written anew, piece by piece, over and over: none of it is published half."""
    site = make_site(2_000)
    site.build("old")
    seeded, stop = random.Random(1), threading.Event()

    def edit() -> None:
        while not stop.wait(seeded.uniform(0, 0.5)):
            text = site.text(seeded.choice(["old", "new"]))
            with site.events_csv.open("w", buffering=1) as stream:
                for start in range(0, len(text), 10_000):
                    stream.write(text[start : start + 10_000])

    editor = threading.Thread(target=edit)
    changed = 0
    with readers(site) as reading:
        editor.start()
        try:
            for _ in range(faults):
                try:
                    build(site.events_csv, site.database)
                except ChangedError:
                    changed += 1
                assert site.title() in ("old", "new")
                assert site.left() == set()
        finally:
            stop.set()
            editor.join()
    reading.check()
    figure(
        f"{faults} builds of a file that was written meanwhile: {changed} refused, "
        f"{faults - changed} whole; {reading.answers.total()} answers to readers, "
        f"{len(reading.failures)} failed"
    )


@pytest.mark.parametrize("live", [True, False])
def test_builds_at_once(make_site, readers, tmp_path, faults, figure, live):
    """Each is published whole, one after the other, and each has a number of its own."""
    site = make_site()
    if live:
        site.build("old")
    others = []
    for number in range(4):
        other = make_site(folder=tmp_path / f"editor-{number}")
        other.write("new" if number % 2 else "old")
        others.append(other)
    rounds = max(2, faults // 10)
    for _ in range(rounds):
        processes = [
            subprocess.Popen(
                [sys.executable, ROOT / "scripts" / "build_db.py", other.events_csv, site.database],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for other in others
        ]
        for process in processes:
            _said, error = process.communicate()
            assert process.returncode == 0, error
        assert site.title() in ("old", "new")
        assert site.left() == set()
    assert site.serial() == live + 4 * rounds
    figure(
        f"{4 * rounds} builds, four at a time, "
        f"{'over a live file' if live else 'into a new file'}: each published, each numbered"
    )
