"""What the tests of faults share: two versions of a chronology, readers of it, and figures.

EVENT_TIMELINE_FAULTS is how many faults of a kind are tried: 5, or as `make faults` has it.
"""

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from event_timeline.publish.build import build

FAULTS = int(os.environ.get("EVENT_TIMELINE_FAULTS", "5"))
SEED = 20180307

EVENTS = """\
id,date,title,type,status,country,region,place,latitude,longitude,location_precision,radius_km,actors,targets,killed_low,killed_best,killed_high,killed_scope,wounded_low,wounded_best,wounded_high,part_of,summary,note,aliases,sources
"""
ROW = "2015-03-18-attack-{n:04},2015-03-18,{title},attack,confirmed,TN,,,,,country,,Islamic State (claimed),,,,,,,,,,Number {n} of the {title} ones.,,,agency\n"

# Children fork from a server that has the package loaded: they are at work at once.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["event_timeline.publish.build", "event_timeline.publish.replace"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)
            # They wait for processes that die, disks that fill up and locks that are held.
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    figures = [
        line
        for report in terminalreporter.getreports("passed")
        if report.when == "call"
        for name, line in report.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("faults")
        for line in figures:
            terminalreporter.line(line)


@pytest.fixture
def faults() -> int:
    """How many of a kind."""
    return FAULTS


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Have a line of figures printed at the end, whichever process the test runs in."""
    return partial(record_property, "figure")


class Site:
    """A folder with events.csv and events.db, all of whose titles are `old` or all `new`."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder
        self.number = number
        self.events_csv = folder / "events.csv"
        self.database = folder / "events.db"

    def text(self, title: str) -> str:
        return EVENTS + "".join(ROW.format(n=n, title=title) for n in range(self.number))

    def write(self, title: str) -> None:
        self.events_csv.write_text(self.text(title), "utf-8")

    def build(self, title: str) -> None:
        self.write(title)
        build(self.events_csv, self.database)

    def title(self) -> str:
        """The title that every event has; the database is whole."""
        with closing(sqlite3.connect(self.database)) as db:
            assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
            assert db.execute("pragma foreign_key_check").fetchall() == []
            return self.check(*db.execute(WHOLE).fetchone())

    def serial(self) -> int:
        with closing(sqlite3.connect(self.database)) as db:
            return int(db.execute("select value from build where item = 'serial'").fetchone()[0])

    def check(self, count: int, first: str, last: str, found: int, serial: str) -> str:
        """Return the title if the answers are all of one version."""
        assert (count, first) == (self.number, last)
        # What is searched is written at another time than what is listed.
        assert found == (self.number if first == "new" else 0)
        assert serial.isdigit()
        return first

    def left(self) -> set[str]:
        """What lies in the folder, but for the database and what it is made of."""
        return {path.name for path in self.folder.iterdir()} - {"events.csv", "events.db"}


WHOLE = """
select count(*), min(title), max(title),
  (select count(*) from events_search_fts where events_search_fts match 'new'),
  (select value from build where item = 'serial')
from events
"""


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., Site]:
    def make(number: int = 100, folder: Path = tmp_path / "site") -> Site:
        folder.mkdir(exist_ok=True)
        return Site(folder, number)

    return make


class Readers:
    """Two threads: one keeps its connection, and so the first version; one opens it anew."""

    def __init__(self, site: Site) -> None:
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self._site = site
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(keep,)) for keep in (True, False)
        ]

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._site.database.as_uri()}?mode=ro", uri=True)

    def _read(self, keep: bool) -> None:
        connection = self._connect()
        first = self._read_title(connection)
        while not self._stop.wait(0.002):
            try:
                if not keep:
                    connection.close()
                    connection = self._connect()
                title = self._read_title(connection)
                assert title == first or not keep
                self.answers[title] += 1
            except (sqlite3.Error, AssertionError) as error:
                self.failures.append(repr(error))
        connection.close()

    def _read_title(self, connection: sqlite3.Connection) -> str:
        return self._site.check(*connection.execute(WHOLE).fetchone())

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def check(self) -> None:
        assert self.failures == []
        assert self.answers.total() > 0


@pytest.fixture
def readers() -> Callable[[Site], Readers]:
    return Readers


Work = Callable[..., object]


class Killer:
    """Runs work in a process of its own and kills it at a random moment of it."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        self._takes = 0.0

    def measure(self, work: Work, *arguments: object) -> None:
        """Do the work once and remember how long it takes."""
        started = time.monotonic()
        process = CONTEXT.Process(target=work, args=arguments)
        process.start()
        process.join()
        self._takes = time.monotonic() - started
        assert process.exitcode == 0

    def kill(self, work: Work, *arguments: object) -> bool:
        """Tell whether it was at work when it was killed, and not done."""
        process = CONTEXT.Process(target=work, args=arguments)
        process.start()
        process.join(self._random.uniform(0, self._takes))
        process.kill()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        return process.exitcode != 0


@pytest.fixture
def killer() -> Killer:
    return Killer()


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mount something on the folder, or skip with the reason."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, folder], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB."""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=16m", "tmpfs") as folder:
        yield folder


@pytest.fixture
def read_only(tmp_path: Path) -> Callable[[Path], Any]:
    """Make a folder one that nobody can write in: not even root, for whom it is mounted so."""

    @contextmanager
    def make(folder: Path) -> Iterator[None]:
        if os.geteuid():
            folder.chmod(0o555)
            try:
                yield
            finally:
                folder.chmod(0o755)
        else:
            # First where nobody writes, for a mount that is in use cannot be made read-only.
            view = tmp_path / "view"
            with (
                mounted(view, "--bind", "-o", "ro", str(folder)),
                mounted(folder, "--bind", str(view)),
            ):
                yield

    return make


@pytest.fixture
def unwritable() -> Callable[[Path], Any]:
    """Make a file one that nobody can write to: not even root, for whom it is immutable."""

    @contextmanager
    def make(file: Path) -> Iterator[None]:
        commands = (["chmod", "0444"], ["chmod", "0644"])
        if not os.geteuid():
            commands = (["chattr", "+i"], ["chattr", "-i"])
        done = subprocess.run([*commands[0], file], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no file can be made immutable here: {done.stderr.strip()}")
        try:
            yield
        finally:
            subprocess.run([*commands[1], file], check=True)

    return make
