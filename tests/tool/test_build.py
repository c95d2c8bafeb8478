"""From the curated files to a database in place, by every way there is."""

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from event_timeline import __version__
from event_timeline.cli import cli
from event_timeline.curated.problems import InputError
from event_timeline.database.integrity import BuildError
from event_timeline.publish import replace
from event_timeline.publish.build import build, build_if_changed
from event_timeline.publish.built import Built
from event_timeline.publish.inputs import ChangedError

ROOT = Path(__file__).parents[2]

EVENTS = """\
id,date,title,type,status,country,region,place,latitude,longitude,location_precision,radius_km,actors,targets,killed_low,killed_best,killed_high,killed_scope,wounded_low,wounded_best,wounded_high,part_of,summary,note,aliases,sources
2015-03-18-bardo,2015-03-18,Attack on the Bardo Museum,attack,confirmed,TN,,,,,country,,Islamic State (claimed),,,,,,,,,,A museum was attacked.,,,agency
"""
BROKEN = EVENTS.replace("2015-03-18,", "the 18th,")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with events.csv and nothing else."""
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    return tmp_path


@pytest.fixture
def target(folder: Path) -> Path:
    """The database, built."""
    build(folder / "events.csv", folder / "events.db")
    return folder / "events.db"


def title(target: Path) -> str:
    with closing(sqlite3.connect(target)) as db:
        (found,) = db.execute("select title from events").fetchone()
    return str(found)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_build_leaves_the_database_and_nothing_else(folder):
    built = build(folder / "events.csv", folder / "events.db")
    assert built.rows == {
        "events": 1,
        "date_spans": 1,
        "date_stretches": 2,
        "dates": 1,
        "event_actors": 1,
        "event_sources": 1,
        "actors": 1,
        "sources": 1,
    }
    assert names(folder) == {"events.csv", "events.db"}


def test_building_again_replaces_what_was_there(folder, target):
    (folder / "events.csv").write_text(EVENTS.replace("Attack on", "Assault on"), "utf-8")
    build(folder / "events.csv", target)
    assert title(target) == "Assault on the Bardo Museum"
    assert names(folder) == {"events.csv", "events.db"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("events.csv", BROKEN),
        ("events.csv", ""),
        ("events.csv", "\0"),
        ("data/actors.csv", "id,name\n"),
        ("data/sources.csv", "nonsense\n"),
        ("data/questions.csv", "nonsense\n"),
        ("data/claims.csv", "nonsense\n"),
        ("data/withdrawn.csv", "nonsense\n"),
    ],
)
def test_an_error_in_any_file_leaves_the_old_database_untouched(folder, target, file, text):
    before = target.read_bytes()
    (folder / "data").mkdir()
    (folder / file).write_text(text, "utf-8")
    with pytest.raises(InputError) as failed:
        build(folder / "events.csv", target)
    assert {p.file for p in failed.value.problems if p.level == "error"} >= {str(folder / file)}
    assert target.read_bytes() == before
    assert names(folder) == {"data", "events.csv", "events.db"}


def test_an_error_leaves_no_new_database(folder):
    (folder / "events.csv").write_text(BROKEN, "utf-8")
    with pytest.raises(InputError):
        build(folder / "events.csv", folder / "events.db")
    assert names(folder) == {"events.csv"}


def test_a_missing_events_csv_is_an_error(tmp_path):
    with pytest.raises(InputError) as failed:
        build(tmp_path / "events.csv", tmp_path / "events.db")
    assert "error" in {problem.level for problem in failed.value.problems}
    assert names(tmp_path) == set()


def test_a_database_that_does_not_pass_its_checks_is_not_published(folder, target, monkeypatch):
    def fail(*_arguments: object) -> None:
        raise BuildError("events holds 0 rows, 1 were read")

    before = target.read_bytes()
    monkeypatch.setattr("event_timeline.database.fill.verify", fail)
    with pytest.raises(BuildError):
        build(folder / "events.csv", target)
    assert target.read_bytes() == before
    assert names(folder) == {"events.csv", "events.db"}


# Building only when something changed


def test_nothing_changed_nothing_built(folder, target):
    before = target.read_bytes(), target.stat().st_mtime_ns
    assert build_if_changed(folder / "events.csv", target) is None
    assert (target.read_bytes(), target.stat().st_mtime_ns) == before


def test_a_first_build(folder):
    assert build_if_changed(folder / "events.csv", folder / "events.db") is not None


def test_a_changed_file_is_built(folder, target):
    (folder / "events.csv").write_text(EVENTS.replace("Attack on", "Assault on"), "utf-8")
    assert build_if_changed(folder / "events.csv", target) is not None
    assert title(target) == "Assault on the Bardo Museum"
    assert build_if_changed(folder / "events.csv", target) is None


def test_a_file_that_came_and_went_is_built(folder, target):
    (folder / "data").mkdir()
    withdrawn = folder / "data" / "withdrawn.csv"
    withdrawn.write_text("id,kind,title,when,why\n", "utf-8")
    assert build_if_changed(folder / "events.csv", target) is not None
    withdrawn.unlink()
    assert build_if_changed(folder / "events.csv", target) is not None


def test_another_version_builds_anew(folder, target, monkeypatch):
    monkeypatch.setattr("event_timeline.publish.inputs.__version__", "9999")
    assert build_if_changed(folder / "events.csv", target) is not None


@pytest.mark.parametrize("changed", [EVENTS.replace("Attack on", "Assault on"), EVENTS, BROKEN, ""])
def test_a_file_changed_while_it_is_read_is_not_built(folder, target, changed):
    """What was read may be half of it; an error in that is nobody's."""
    events_csv = folder / "events.csv"
    events_csv.write_text(EVENTS.replace("Attack on", "Raid on"), "utf-8")
    with pytest.raises(ChangedError) as failed:
        build(events_csv, target, lambda _bytes: events_csv.write_text(changed, "utf-8"))
    assert str(failed.value) == (
        f"{events_csv} changed while being read: {target} is as it was; "
        "build again when nothing writes there"
    )
    assert title(target) == "Attack on the Bardo Museum"
    assert names(folder) == {"events.csv", "events.db"}


def test_errors_in_a_file_that_changes_are_not_reported(folder):
    events_csv = folder / "events.csv"
    events_csv.write_text(BROKEN, "utf-8")
    with pytest.raises(ChangedError):
        build(events_csv, folder / "events.db", lambda _bytes: events_csv.touch())


def test_a_companion_that_comes_while_the_files_are_read_is_a_change(folder):
    def come(_bytes: int) -> None:
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data" / "withdrawn.csv").write_text("id,kind,title,when,why\n", "utf-8")

    with pytest.raises(ChangedError, match=r"data/withdrawn\.csv changed while being read: "):
        build(folder / "events.csv", folder / "events.db", come)


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\0" * 84])
def test_a_target_that_cannot_be_read_is_built_or_refused(folder, content):
    target = folder / "events.db"
    target.write_bytes(content)
    if content:
        with pytest.raises(replace.PublishError, match="is not a database that event-timeline"):
            build_if_changed(folder / "events.csv", target)
        assert target.read_bytes() == content
    else:
        assert build_if_changed(folder / "events.csv", target) is not None


def test_a_damaged_target_is_a_message(folder, target):
    whole = target.read_bytes()
    target.write_bytes(whole.replace(b'CREATE TABLE "events" (', b'CREATE \xffABLE "events" ('))
    with pytest.raises(replace.PublishError, match=r"is as it was: malformed .*\\xffABLE"):
        build_if_changed(folder / "events.csv", target)


# Over a database of an older version

# What matters of a database that version 0.1.0 built.
OLD = """
pragma application_id = 1702261868;
pragma journal_mode = wal;
create table build (item text primary key, value text not null) strict;
insert into build values ('event_timeline', '0.1.0'), ('serial', '7');
create table events (id text primary key, title text not null) strict;
insert into events values ('2015-03-18-bardo', 'As it was in 0.1.0');
create table event_spans (event text not null references events (id), span integer) strict;
insert into event_spans values ('2015-03-18-bardo', 1);
"""


def shape(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute("select name, sql from sqlite_master order by name").fetchall()


@pytest.mark.parametrize("build_anew", [build, build_if_changed])
def test_a_database_of_version_0_1_0_is_replaced(folder, build_anew):
    target = folder / "events.db"
    with closing(sqlite3.connect(target)) as db:
        db.executescript(OLD)
    assert build_anew(folder / "events.csv", target) is not None
    assert title(target) == "Attack on the Bardo Museum"
    build(folder / "events.csv", folder / "new.db")
    with closing(sqlite3.connect(target)) as db, closing(sqlite3.connect(folder / "new.db")) as new:
        items = dict(db.execute("select item, value from build"))
        assert (items["event_timeline"], items["serial"]) == (__version__, "8")
        assert shape(db) == shape(new)
    assert names(folder) == {"events.csv", "events.db", "new.db"}


def test_a_database_in_wal_mode_is_built_anew(folder, target):
    """Builds replaced no file yet when it was made, and its server may have left a log."""
    with closing(sqlite3.connect(target)) as db:
        db.execute("pragma journal_mode = wal")
    assert build_if_changed(folder / "events.csv", target) is not None
    assert build_if_changed(folder / "events.csv", target) is None


# What is said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"events": 62, "dates": 60, "actors": 91, "sources": 184}, "62 events, 91 actors, 184 sources"),
        ({"events": 1, "actors": 1, "questions": 1, "claims": 2}, "1 event, 1 actor, 1 question, 2 claims"),
        ({"events": 2, "withdrawn": 1}, "2 events, 1 withdrawn"),
        ({}, ""),
    ],
)  # fmt: skip
def test_summary(rows, said):
    assert Built(rows, []).summary() == said


# The command, and the script


def run(*arguments: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "build_db.py", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_script_builds_beside_events_csv_alone(folder):
    done = run(cwd=folder)
    assert done.returncode == 0
    assert done.stdout.startswith("events.db: 1 event, 1 actor, 1 source, in ")
    assert [line.split(": ")[:2] for line in done.stderr.splitlines()] == [
        ["data/sources.csv", "warning"],
        ["data/actors.csv", "warning"],
    ]
    assert names(folder) == {"events.csv", "events.db"}


def test_the_script_and_the_command_make_the_same_database(folder):
    events_csv = folder / "events.csv"
    done = run(events_csv, folder / "script.db", cwd=ROOT)
    result = CliRunner().invoke(cli, ["build", str(events_csv), str(folder / "command.db")])
    assert (done.returncode, result.exit_code) == (0, 0)
    assert done.stderr == result.stderr
    assert (folder / "script.db").read_bytes() == (folder / "command.db").read_bytes()


def test_the_script_says_what_is_wrong_and_fails(folder):
    (folder / "events.csv").write_text(BROKEN, "utf-8")
    done = run("events.csv", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    first, *_, last = done.stderr.splitlines()
    assert first.startswith("events.csv:2: 2015-03-18-bardo: date: ")
    assert last == "events.db was not built: 1 error, 2 warnings"


def test_a_target_that_is_not_ours_is_a_message(folder):
    (folder / "events.db").write_text("mine")
    result = CliRunner().invoke(
        cli, ["build", str(folder / "events.csv"), str(folder / "events.db")]
    )
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        f"Error: {folder}/events.db is not a database that event-timeline built: "
        "name another file, or remove this one yourself"
    )


@pytest.mark.parametrize(
    ("options", "module"), [(["-I", "-S"], "event_timeline"), (["-E", "-S"], "click")]
)
def test_the_script_without_its_packages_says_what_to_run(options, module):
    done = subprocess.run(
        [sys.executable, *options, ROOT / "scripts" / "build_db.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"build_db.py: this Python has no module {module}: run make serve once, "
        "then .venv/bin/python scripts/build_db.py\n",
    )


def test_a_full_disk_is_a_message(folder, target):
    """A limit on the size of files stands for it."""
    before = target.read_bytes()
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "build_db.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: the database could not be made: ")
    assert "Traceback" not in done.stderr
    assert target.read_bytes() == before
    assert names(folder) == {"events.csv", "events.db"}


def test_a_folder_that_cannot_be_written_in_is_a_message(folder):
    if os.geteuid() == 0 and not Path("/proc/self").is_dir():
        pytest.skip("root can write everywhere here")
    closed = Path("/proc/self") if os.geteuid() == 0 else folder
    folder.chmod(0o755 if os.geteuid() == 0 else 0o555)
    result = CliRunner().invoke(
        cli, ["build", str(folder / "events.csv"), str(closed / "events.db")]
    )
    folder.chmod(0o755)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"Error: nothing can be written in {closed} (")


def test_the_curated_files_build_without_a_warning(tmp_path):
    assert build(ROOT / "events.csv", tmp_path / "events.db").warnings == []
