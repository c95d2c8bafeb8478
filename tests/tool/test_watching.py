"""What a server that watches does at each tick, and one real server from end to end."""

import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from click.testing import CliRunner

from event_timeline.cli import cli
from event_timeline.curated.problems import Problem
from event_timeline.history.lost_ids import find_lost
from event_timeline.publish import banner, replace, watching
from event_timeline.publish.banner import Banner
from event_timeline.publish.build import build, build_if_changed
from event_timeline.publish.watching import (
    Failed,
    HasErrors,
    Held,
    NeedsRestart,
    Outcome,
    Published,
    Rebuild,
    UpToDate,
    Watcher,
)

EVENTS = """\
id,date,title,type,status,country,region,place,latitude,longitude,location_precision,radius_km,actors,targets,killed_low,killed_best,killed_high,killed_scope,wounded_low,wounded_best,wounded_high,part_of,summary,note,aliases,sources
1969-07-20-landing,1969-07-20,Landing,statement,confirmed,,,,,,none,,,,,,,,,,,,A landing.,,,log
"""
EDITED = EVENTS.replace("Landing", "Moon landing")
BROKEN = EVENTS.replace("1969-07-20,", "the 20th,")
SOURCES = "id,kind,publisher,origin,title,author,published,url,archived_url,language,note\nlog,report,NASA,,,,,,,,\n"

# Long enough for a machine that does much else; what is waited for ends the waiting.
PATIENCE = 60


class Watched:
    """A folder with a database that is up to date, and a watcher of it, ticked by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events_csv = folder / "events.csv"
        self.database = folder / "events.db"
        self.outcomes: list[Outcome] = []
        self.events_csv.write_text(EVENTS, "utf-8")
        build(self.events_csv, self.database)
        self.rebuild: Rebuild = partial(build_if_changed, self.events_csv, self.database)
        self.watcher = self.another()
        self.ticks(3)

    def another(self, *, show_banner: bool = True) -> Watcher:
        """A watcher of the same files."""
        metadata = self.folder / "metadata.yml"
        report = self.outcomes.append
        files = (self.events_csv, self.database, metadata)
        return Watcher(*files, self.rebuild, self.find_lost, report, show_banner=show_banner)

    def find_lost(self) -> list[Problem]:
        return find_lost(self.events_csv).problems

    def write(self, text: str, name: str = "events.csv") -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")

    def ticks(self, number: int) -> list[Outcome]:
        """Let that many ticks pass; return what came of them."""
        before = len(self.outcomes)
        for _ in range(number):
            self.watcher.look()
        return self.outcomes[before:]

    def rows(self) -> list[tuple[str, str, str]]:
        with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(
                "select events.title, publisher, build.value from events "
                "join event_sources on event = events.id join sources on sources.id = source "
                "join build on item = 'serial'"
            ).fetchall()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    banner.hide(made.database)


# An edit that is sound


def test_nothing_changed_nothing_done(watched):
    before = watched.database.stat()
    assert watched.ticks(10) == []
    assert watched.database.stat() == before


def test_an_edit_is_published_after_one_tick_of_stillness(watched):
    watched.write(EDITED)
    assert watched.ticks(1) == []
    (outcome,) = watched.ticks(1)
    assert isinstance(outcome, Published)
    assert outcome.built.rows["events"] == 1
    assert watched.rows() == [("Moon landing", "log", "2")]
    assert watched.ticks(5) == []


def test_a_companion_that_comes_changes_or_goes_is_an_edit(watched):
    watched.write(SOURCES, "data/sources.csv")
    watched.ticks(2)
    assert watched.rows() == [("Landing", "NASA", "2")]
    watched.write(SOURCES.replace("NASA", "Houston"), "data/sources.csv")
    watched.ticks(2)
    assert watched.rows() == [("Landing", "Houston", "3")]
    (watched.folder / "data" / "sources.csv").unlink()
    watched.ticks(2)
    assert watched.rows() == [("Landing", "log", "4")]


def test_a_file_that_is_saved_as_it_was_is_no_edit(watched):
    os.utime(watched.events_csv)
    assert watched.ticks(3) == []
    assert watched.rows() == [("Landing", "log", "1")]


def test_an_edit_before_the_first_tick_is_seen(watched):
    watched.write(EDITED)
    another = watched.another()
    another.look()
    another.look()
    assert watched.rows() == [("Moon landing", "log", "2")]


# How editors save


def test_a_file_that_is_cut_and_then_written_is_never_seen_half(watched):
    for length in (0, 100, 300):
        watched.write(EDITED[:length])
        assert watched.ticks(1) == []
    watched.write(EDITED)
    (outcome,) = watched.ticks(5)
    assert isinstance(outcome, Published)
    assert watched.rows() == [("Moon landing", "log", "2")]


def test_a_file_that_is_moved_over_is_an_edit_though_size_and_time_are_the_same(watched):
    same = watched.events_csv.stat()
    watched.write(EVENTS.replace("Landing", "LANDING"), "new.csv")
    os.utime(watched.folder / "new.csv", ns=(same.st_atime_ns, same.st_mtime_ns))
    (watched.folder / "new.csv").replace(watched.events_csv)
    (outcome,) = watched.ticks(2)
    assert isinstance(outcome, Published)
    assert watched.rows() == [("LANDING", "log", "2")]


def test_a_file_moved_away_and_written_anew_is_not_reported_missing(watched):
    watched.events_csv.replace(watched.folder / "events.csv~")
    assert watched.ticks(1) == []
    watched.write(EDITED)
    (outcome,) = watched.ticks(3)
    assert isinstance(outcome, Published)


@pytest.mark.parametrize("name", [".~lock.events.csv#", ".#events.csv", "events.csv.swp", "4913"])
def test_what_else_editors_leave_is_not_looked_at(watched, name):
    watched.write("lock", name)
    assert watched.ticks(3) == []


@pytest.mark.parametrize("text", [EDITED, BROKEN])
def test_what_changes_while_it_is_read_is_read_when_it_is_still(watched, monkeypatch, text):
    """Half of it was read before, half after: neither its rows nor its errors are anybody's."""
    real, calls = replace.beside, []

    def write_meanwhile(target: Path):
        if not calls:
            watched.write(EDITED + "\n")
            calls.append(target)
        return real(target)

    monkeypatch.setattr(replace, "beside", write_meanwhile)
    watched.write(text)
    assert watched.ticks(2) == []
    assert watched.rows() == [("Landing", "log", "1")]
    watched.write(EDITED)
    (outcome,) = watched.ticks(3)
    assert isinstance(outcome, Published)


# An edit that is not


def test_errors_leave_the_site_as_it_was_and_are_told_once(watched):
    watched.write(BROKEN)
    assert watched.ticks(1) == []
    (outcome,) = watched.ticks(1)
    assert isinstance(outcome, HasErrors)
    errors = [problem for problem in outcome.problems if problem.level == "error"]
    assert [(problem.file, problem.line) for problem in errors] == [(str(watched.events_csv), 2)]
    assert watched.rows() == [("Landing", "log", "1")]
    os.utime(watched.events_csv)
    assert watched.ticks(60) == []


def test_other_errors_are_told_anew(watched):
    watched.write(BROKEN)
    watched.ticks(2)
    watched.write(BROKEN.replace("20th", "21st"))
    (outcome,) = watched.ticks(2)
    assert isinstance(outcome, HasErrors)


def test_the_pages_say_how_many_and_the_first_until_they_are_mended(watched):
    watched.write(BROKEN.replace("confirmed", "certain"))
    (outcome,) = watched.ticks(2)
    first, _second = [str(problem) for problem in outcome.problems if problem.level == "error"]
    assert banner.current(watched.database) == Banner(2, first)
    assert first.startswith(f"{watched.events_csv}:2: 1969-07-20-landing: ")
    watched.write(EDITED)
    watched.ticks(2)
    assert banner.current(watched.database) is None


def test_an_edit_taken_back_is_told(watched):
    watched.write(BROKEN)
    watched.ticks(2)
    watched.write(EVENTS)
    assert watched.ticks(2) == [UpToDate()]
    assert banner.current(watched.database) is None
    assert watched.rows() == [("Landing", "log", "1")]


def test_what_could_not_be_written_is_told_once_and_tried_again(watched, monkeypatch):
    real = replace.publish

    def fail(_fresh: Path, target: Path) -> None:
        raise replace.PublishError(f"{target} could not be written, it is as it was: disk full")

    monkeypatch.setattr(replace, "publish", fail)
    watched.write(EDITED)
    said = f"{watched.database} could not be written, it is as it was: disk full"
    assert watched.ticks(3 * watching.RETRY_TICKS) == [Failed(said)]
    assert banner.current(watched.database) == Banner(1, said)
    monkeypatch.setattr(replace, "publish", real)
    (outcome,) = watched.ticks(watching.RETRY_TICKS)
    assert isinstance(outcome, Published)
    assert banner.current(watched.database) is None


# Rows that are gone


LONG = EVENTS + "".join(
    f"{EVENTS.splitlines()[1]}\n".replace("1969-07-20", f"1969-{month:02}-{day:02}")
    for month in range(8, 12)
    for day in range(1, 29)
)
HALF = "".join(LONG.splitlines(keepends=True)[:50])


@pytest.fixture
def long(watched: Watched) -> Watched:
    """The files have many events, and so has the site."""
    watched.write(LONG)
    watched.ticks(2)
    return watched


def test_half_a_file_that_an_editor_writes_slowly_is_never_published(long):
    long.write(HALF)
    assert long.ticks(watching.STILL_TICKS - 1) == [Held()]
    assert len(long.rows()) == LONG.count("\n") - 1
    assert banner.current(long.database) == Banner(1, str(Held()))
    long.write(HALF + "1970-")
    outcomes = long.ticks(watching.STILL_TICKS)
    assert [type(outcome) for outcome in outcomes] == [HasErrors]
    long.write(LONG.replace("Landing", "Moon landing"))
    (outcome,) = long.ticks(2)
    assert isinstance(outcome, Published)
    assert len(long.rows()) == LONG.count("\n") - 1
    assert banner.current(long.database) is None


def test_rows_that_are_deleted_go_when_the_files_have_long_been_still(long):
    long.write(HALF)
    assert long.ticks(watching.STILL_TICKS) == [Held()]
    (outcome,) = long.ticks(1)
    assert isinstance(outcome, Published)
    assert len(long.rows()) == HALF.count("\n") - 1
    assert banner.current(long.database) is None
    assert long.ticks(watching.STILL_TICKS) == []


def test_each_change_begins_the_wait_anew_and_is_told_once(long):
    for lines in (50, 60, 70):
        long.write("".join(LONG.splitlines(keepends=True)[:lines]))
        outcomes = long.ticks(watching.STILL_TICKS)
        assert outcomes == ([Held()] if lines == 50 else [])
    (outcome,) = long.ticks(1)
    assert isinstance(outcome, Published)


def test_a_row_that_comes_back_while_it_is_waited_for(long):
    long.write(HALF)
    long.ticks(2)
    long.write(LONG)
    assert long.ticks(watching.STILL_TICKS) == [UpToDate()]
    assert banner.current(long.database) is None


def test_a_row_that_is_replaced_is_gone_too(watched):
    watched.write(EDITED.replace("-landing,", "-moon-landing,"))
    assert watched.ticks(2) == [Held()]


def test_ids_that_git_has_stay_on_the_site_until_they_are_withdrawn(repository, tmp_path):
    shutil.rmtree("data")
    watched = Watched(tmp_path)
    watched.write(LONG)
    watched.ticks(2)
    repository.commit()
    repository.commit()
    watched.write(HALF)
    held, lost = watched.ticks(3 * watching.STILL_TICKS)
    assert held == Held()
    assert isinstance(lost, HasErrors)
    assert lost.problems == watched.find_lost()
    assert len(lost.problems) == LONG.count("\n") - HALF.count("\n")
    assert len(watched.rows()) == LONG.count("\n") - 1
    gone = [line.partition(",")[0] for line in LONG.splitlines()[50:]]
    rows = "".join(f"{row_id},event,A landing,2020,Because\n" for row_id in gone)
    watched.write(f"id,kind,title,when,why\n{rows}", "data/withdrawn.csv")
    held, outcome = watched.ticks(2 * watching.STILL_TICKS)
    assert isinstance(outcome, Published)
    assert len(watched.rows()) == HALF.count("\n") - 1


def test_a_site_that_cannot_be_compared_is_told(long):
    with closing(sqlite3.connect(long.database)) as db:
        db.execute("drop table events")
    long.write(HALF)
    assert long.ticks(2) == [
        Failed(
            f"{long.database} cannot be compared with the new build (no such table: main.events), "
            "and is as it was: event-timeline build replaces it all the same"
        )
    ]


# A database that is gone


def test_a_database_that_was_removed_is_made_again(watched):
    for path in watched.folder.glob("events.db*"):
        path.unlink()
    assert watched.ticks(1) == []
    (outcome,) = watched.ticks(1)
    assert isinstance(outcome, Published)
    assert watched.rows() == [("Landing", "log", "1")]
    assert watched.ticks(5) == []


def test_files_with_errors_do_not_replace_a_database_that_was_removed(watched):
    watched.write(BROKEN)
    watched.ticks(2)
    for path in watched.folder.glob("events.db*"):
        path.unlink()
    assert watched.ticks(5) == []
    assert not watched.database.exists()
    watched.write(EDITED)
    (outcome,) = watched.ticks(2)
    assert isinstance(outcome, Published)
    assert watched.rows() == [("Moon landing", "log", "1")]


def test_other_metadata_needs_a_restart(watched):
    metadata = watched.folder / "metadata.yml"
    watched.write("title: One\n", "metadata.yml")
    assert watched.ticks(5) == [NeedsRestart(metadata)]
    watched.write("title: Another\n", "metadata.yml")
    assert watched.ticks(5) == [NeedsRestart(metadata)]


# The thread


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> "Queue[Outcome]":
    """What watchers in threads report, as soon as they have."""
    reported: Queue[Outcome] = Queue()
    real = watching.watching

    def noting(*arguments: Any, show_banner: bool):
        *others, report = arguments

        def note(outcome: Outcome) -> None:
            report(outcome)
            reported.put(outcome)

        return real(*others, note, show_banner=show_banner)

    monkeypatch.setattr(watching, "watching", noting)
    return reported


def watch(watched: Watched, rebuild: Rebuild | None = None):
    return watching.watching(
        watched.events_csv,
        watched.database,
        watched.folder / "metadata.yml",
        rebuild or watched.rebuild,
        watched.find_lost,
        watched.outcomes.append,
        show_banner=True,
    )


def watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "watching"]


def test_the_thread_ends_with_the_server(watched, outcomes):
    with watch(watched):
        assert watchers()
        watched.write(BROKEN)
        assert isinstance(outcomes.get(timeout=PATIENCE), HasErrors)
    assert not watchers()
    assert banner.current(watched.database) is None


def test_a_build_that_is_under_way_ends_with_it_too(watched, monkeypatch):
    begun, stopped = threading.Event(), threading.Event()

    def begin(check_running: Callable[[int], object], inspect: Callable[[Path], object]):
        def wait(number: int) -> None:
            begun.set()
            assert stopped.wait(PATIENCE)
            check_running(number)

        return watched.rebuild(wait, inspect)

    with watch(watched, begin):
        watched.write(EDITED)
        assert begun.wait(PATIENCE)
        real_stop = Watcher.stop
        monkeypatch.setattr(Watcher, "stop", lambda self: (real_stop(self), stopped.set()))
    assert not watchers()
    assert watched.rows() == [("Landing", "log", "1")]
    assert not list(watched.folder.glob(".events.db-*"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_is_a_traceback_and_not_silence(watched, monkeypatch):
    raised: Queue[threading.ExceptHookArgs] = Queue()
    monkeypatch.setattr(threading, "excepthook", raised.put)
    monkeypatch.setattr(watching, "stamps", lambda _path: 1 / 0)
    with watch(watched):
        assert raised.get(timeout=PATIENCE).exc_type is ZeroDivisionError
        assert banner.current(watched.database) == Banner(
            1, "watching failed: the terminal says why, restart the server"
        )


# What the terminal says


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def serve_while(
    watched: Watched,
    monkeypatch: pytest.MonkeyPatch,
    port: int,
    act: Callable[[], None],
    *more: str,
):
    """Run `serve --watch` with something else in place of Datasette."""
    monkeypatch.setattr("event_timeline.publish.http_server.run", lambda *_arguments: act())
    arguments = ["serve", str(watched.events_csv), str(watched.database), f"--port={port}"]
    return CliRunner().invoke(cli, [*arguments, "--watch", *more])


def test_the_terminal_says_what_check_says(watched, monkeypatch, port, outcomes):
    def edit() -> None:
        watched.write(BROKEN)
        assert isinstance(outcomes.get(timeout=PATIENCE), HasErrors)
        watched.write(EDITED)
        assert isinstance(outcomes.get(timeout=PATIENCE), Published)

    result = serve_while(watched, monkeypatch, port, edit)
    assert result.exit_code == 0, result.output
    watched.write(BROKEN)
    *lines, verdict = (
        CliRunner().invoke(cli, ["check", str(watched.events_csv)]).output.splitlines()
    )
    said = result.stderr.splitlines()
    assert said[: len(lines) + 1] == [*lines, f"{watched.database} is as it was: {verdict}"]
    assert result.stdout.splitlines()[-1].startswith(f"{watched.database}: 1 event, 1 source, in ")


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--host=127.0.0.1"], True),
        (["--host=0.0.0.0"], False),
        (["--host=127.0.0.1", "--public"], False),
    ],
)
def test_the_problems_concern_nobody_but_this_machine(watched, monkeypatch, port, options, shown):
    asked = []
    monkeypatch.setattr(
        watching,
        "watching",
        lambda *_arguments, show_banner: asked.append(show_banner) or nullcontext(),
    )
    serve_while(watched, monkeypatch, port, lambda: None, *options)
    assert asked == [shown]


def test_a_watcher_without_a_banner_reports_all_the_same(watched):
    quiet = watched.another(show_banner=False)
    watched.write(BROKEN)
    quiet.look()
    quiet.look()
    assert isinstance(watched.outcomes[-1], HasErrors)
    assert banner.current(watched.database) is None


# A real server


class Server:
    """A running `serve --watch`, and what it says on the terminal."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port
        self._lines: Queue[str | None] = Queue()

    def read(self) -> None:
        """Read what the server says, until it ends."""
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def said(self, text: str | None) -> str:
        """Wait for a line with a text, or for the last one; return all until then."""
        said = []
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            said.append(line)
            if text is not None and text in line:
                break
        assert (line is None) == (text is None), said
        return "".join(said)

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def title(self) -> str:
        status, text = self.get("/events/events.json?_shape=array&_col=title")
        assert status == 200, text
        return str(json.loads(text)[0]["title"])


STARTED = "Uvicorn running on"
PUBLISHED = "events.db: 1 event, 1 source, in "
METADATA = """\
plugins:
  event-timeline:
    database: events
"""


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[Server]:
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    (tmp_path / "metadata.yml").write_text(METADATA, "utf-8")
    code = "from event_timeline.cli import cli; cli()"
    with (
        subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--watch", "--port", str(port)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
        ThreadPoolExecutor(1) as reader,
    ):
        made = Server(process, port)
        reader.submit(made.read)
        try:
            made.said(STARTED)
            yield made
        finally:
            process.kill()


@pytest.mark.slow  # starts a server
def test_an_edit_is_on_the_site_without_a_restart_and_without_a_failed_request(server, tmp_path):
    failed: list[object] = []
    asked: list[int] = []
    stop = threading.Event()

    def visit() -> None:
        while not stop.is_set():
            try:
                status, text = server.get("/events/events")
            except (OSError, http.client.HTTPException) as error:
                failed.append(error)
            else:
                asked.append(status)
                if status != 200:
                    failed.append(text)

    visitors = [threading.Thread(target=visit) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    try:
        for title in ("One", "Two", "Three"):
            (tmp_path / "events.csv").write_text(EVENTS.replace("Landing", title), "utf-8")
            server.said(PUBLISHED)
            assert server.title() == title
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()
    assert failed == []
    assert asked


@pytest.mark.slow  # starts a server
def test_a_broken_edit_is_a_quiet_bar_on_every_page(server, tmp_path):
    (tmp_path / "events.csv").write_text(BROKEN.replace("the 20th", "<b>20th</b>"), "utf-8")
    server.said("events.db is as it was: 1 error, 2 warnings")
    for path in ("/", "/timeline", "/events", "/events/events", "/about", "/nothing-here"):
        _status, text = server.get(path)
        assert text.count('<p class="message" role="status">1 problem in the curated files; ') == 1
        assert "It is: events.csv:2: 1969-07-20-landing: date: " in text
        assert "&lt;b&gt;20th&lt;/b&gt;" in text
        assert "<b>20th" not in text
    assert server.title() == "Landing"
    (tmp_path / "events.csv").write_text(EDITED, "utf-8")
    server.said(PUBLISHED)
    assert "in the curated files" not in server.get("/")[1]
    assert server.title() == "Moon landing"


@pytest.mark.slow  # starts a server
def test_another_process_may_publish_meanwhile(server, tmp_path):
    """The server, which publishes itself, sees what others publish too."""
    (tmp_path / "events.csv").write_text(EVENTS.replace("Landing", "One"), "utf-8")
    server.said(PUBLISHED)
    assert server.title() == "One"
    for title in ("Two", "Three"):
        other = tmp_path / "other"
        other.mkdir(exist_ok=True)
        (other / "events.csv").write_text(EVENTS.replace("Landing", title), "utf-8")
        command = [sys.executable, "-c", "from event_timeline.cli import cli; cli()"]
        subprocess.run(
            [*command, "build", other / "events.csv", tmp_path / "events.db"],
            check=True,
            capture_output=True,
        )
        assert server.title() == title


@pytest.mark.slow  # starts a server
def test_changed_metadata_is_said(server, tmp_path):
    (tmp_path / "metadata.yml").write_text(f"title: Mine\n{METADATA}", "utf-8")
    server.said("metadata.yml changed: restart to see it\n")


@pytest.mark.slow  # starts a server
def test_ctrl_c_ends_the_server_and_the_watching(server, tmp_path):
    server.process.send_signal(signal.SIGINT)
    server.process.wait(PATIENCE)
    assert "Traceback" not in server.said(None)
    assert not list(tmp_path.glob(".events.db-*"))


def test_what_a_crash_left_half_written_is_built_anew_when_the_server_starts(
    tmp_path, port, monkeypatch
):
    """A crash in the middle of a write leaves one, and what only reads cannot read past it."""
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    target = tmp_path / "events.db"
    build(tmp_path / "events.csv", target)
    crash = """\
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma cache_size = 1")
db.execute("begin")
db.execute("create table filler (x)")
db.execute("update events set title = 'half'")
db.execute("insert into filler select randomblob(4000) from pragma_function_list limit 50")
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", crash, target], check=False)
    assert (tmp_path / "events.db-journal").exists()

    def title() -> str:
        with closing(sqlite3.connect(f"{target.as_uri()}?mode=ro", uri=True)) as db:
            return str(db.execute("select title from events").fetchone()[0])

    with pytest.raises(sqlite3.OperationalError):
        title()
    titles = []
    monkeypatch.setattr(
        "event_timeline.publish.http_server.run", lambda *_arguments: titles.append(title())
    )
    arguments = ["serve", str(tmp_path / "events.csv"), str(target), f"--port={port}"]
    result = CliRunner().invoke(cli, arguments)
    assert titles == ["Landing"], result.output
    assert not (tmp_path / "events.db-journal").exists()
