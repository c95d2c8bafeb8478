"""A reader sees the old database or the new one, and nothing that is not ours is touched."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from event_timeline.database.integrity import APPLICATION_ID
from event_timeline.publish import replace
from event_timeline.publish.export import export_sqlite
from event_timeline.publish.replace import PublishError, beside, check_target

# Bytes 18 and 19 of the header.
ROLLBACK = b"\x01\x01"


def make(path: Path, title: str, journal: str = "delete") -> Path:
    """A database as a build leaves it, or version 0.1.0 in WAL mode, as far as it is looked at."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        db.executescript(
            "create table build (item text primary key, value text);"
            "insert into build values ('serial', '1');"
            "create table events (title text);"
        )
        db.execute("insert into events values (?)", (title,))
        db.commit()
        db.execute(f"pragma journal_mode = {journal}")
    return path


def read(path: Path) -> tuple[str, str]:
    """The title that the database holds, and its serial."""
    with closing(sqlite3.connect(path)) as db:
        return contents(db)


def contents(db: sqlite3.Connection) -> tuple[str, str]:
    sql = "select title, (select value from build where item = 'serial') from events"
    title, serial = db.execute(sql).fetchone()
    return title, serial


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return tmp_path / "site" / "events.db"


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return make(tmp_path / "fresh.db", "new")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replace, "LOCK_TIMEOUT_SECONDS", 0)


# Another program: runs SQL on a database, says what it read and waits; then crashes.
PROGRAM = """\
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for sql in sys.argv[2:]:
    found = db.execute(sql).fetchall()
print(found, flush=True)
sys.stdin.read()
os._exit(9)
"""


@contextmanager
def program(path: Path, *sql: str) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, path, *sql],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline().startswith("[")
        yield
        process.stdin.close()


# A new file


def test_a_new_file_is_moved_into_place(fresh, target):
    made = fresh.read_bytes()
    replace.publish(fresh, target)
    assert target.read_bytes() == made
    assert names(target.parent) == {"events.db"}


@pytest.mark.parametrize("leave_empty_file", [True, False])
def test_a_log_left_beside_a_missing_database_is_refused_and_kept(fresh, target, leave_empty_file):
    old = make(target, "old", "wal")
    with closing(sqlite3.connect(old)) as db:
        db.execute("update events set title = 'stale'")
        db.commit()
        log = target.with_name("events.db-wal").read_bytes()
    assert b"stale" in log
    target.with_name("events.db-wal").write_bytes(log)
    target.write_bytes(b"") if leave_empty_file else target.unlink()

    for refuse in (lambda: check_target(target), lambda: replace.publish(fresh, target)):
        with pytest.raises(PublishError) as refused:
            refuse()
        assert str(refused.value) == (
            f"{target}-wal may hold changes to a database events.db that is not there: bring it "
            "back, remove what is left of it yourself, or name another file"
        )
    assert target.with_name("events.db-wal").read_bytes() == log
    assert names(target.parent) - {"events.db"} == {"events.db-wal"}

    target.with_name("events.db-wal").unlink()
    replace.publish(fresh, target)
    assert read(target) == ("new", "1")


def test_a_journal_left_beside_a_missing_database_is_refused_and_kept(fresh, target):
    old = make(target, "old", "persist")
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("pragma cache_size = 1")
        db.execute("begin")
        db.execute("update events set title = 'unfinished'")
        db.execute("create table filler (x)")
        db.execute("insert into filler select randomblob(4000) from pragma_function_list limit 50")
        journal = target.with_name("events.db-journal").read_bytes()
    target.unlink()
    hot = target.with_name("events.db-journal")
    hot.write_bytes(journal)

    with pytest.raises(PublishError, match=r"events\.db-journal may hold changes to a database"):
        replace.publish(fresh, target)

    assert hot.read_bytes() == journal
    assert not target.exists()


# An existing one


def test_an_existing_file_is_replaced_and_its_serial_grows(tmp_path, fresh, target):
    before = make(target, "old").read_bytes()
    with target.open("rb") as old:
        replace.publish(fresh, target)
        assert old.read() == before
    assert read(target) == ("new", "2")
    replace.publish(make(tmp_path / "newer.db", "newer"), target)
    assert read(target) == ("newer", "3")
    assert target.read_bytes()[18:20] == ROLLBACK
    assert names(target.parent) == {"events.db"}


@pytest.mark.parametrize("begin", ["begin", "select 1"], ids=["reading", "idle"])
def test_a_reader_keeps_the_old_database_until_it_opens_the_new(fresh, target, impatient, begin):
    make(target, "old")
    with closing(sqlite3.connect(target, isolation_level=None)) as reader:
        reader.execute(begin)
        assert contents(reader) == ("old", "1")

        replace.publish(fresh, target)

        assert contents(reader) == ("old", "1")
        assert read(target) == ("new", "2")
    assert names(target.parent) == {"events.db"}


def test_a_program_that_has_the_old_file_open_cannot_write_beside_the_new(fresh, target):
    make(target, "old")
    with closing(sqlite3.connect(target, isolation_level=None)) as writer:
        assert contents(writer) == ("old", "1")
        replace.publish(fresh, target)
        with pytest.raises(sqlite3.OperationalError, match="readonly database"):
            writer.execute("delete from events")
    assert read(target) == ("new", "2")


def test_those_who_could_read_the_old_file_can_read_the_new(fresh, target):
    make(target, "old").chmod(0o640)
    group = 1234 if os.geteuid() == 0 else os.getegid()
    os.chown(target, -1, group)
    replace.publish(fresh, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert target.stat().st_gid == group


def test_where_a_link_leads_is_replaced_in_its_own_folder(fresh, target, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(target)
    for serial in ("1", "2"):
        check_target(link)
        with beside(link) as aside:
            assert aside.parent.parent == target.parent
            shutil.copy(fresh, aside)
            replace.publish(aside, link)
        assert read(target) == ("new", serial)
        assert link.is_symlink()
        assert names(target.parent) == {"events.db"}


def test_of_publications_at_once_each_has_a_serial_of_its_own(tmp_path, fresh, target):
    replace.publish(fresh, target)
    copies = [make(tmp_path / f"copy-{number}.db", f"copy {number}") for number in range(8)]
    with ThreadPoolExecutor(len(copies)) as pool:
        list(pool.map(lambda copy: replace.publish(copy, target), copies))
    with closing(sqlite3.connect(target)) as db:
        (serial,) = db.execute("select value from build where item = 'serial'").fetchone()
    assert serial == str(1 + len(copies))


def test_a_target_without_a_serial_starts_again_at_one(fresh, target):
    with closing(sqlite3.connect(make(target, "old"))) as db:
        db.execute("delete from build")
        db.commit()
    replace.publish(fresh, target)
    assert read(target) == ("new", "1")


@pytest.mark.parametrize("lock", ["immediate", "exclusive"])
def test_a_target_that_another_program_writes_to_is_left_as_it_was(fresh, target, impatient, lock):
    before = make(target, "old").read_bytes()
    with program(target, f"begin {lock}"), pytest.raises(PublishError) as failed:
        replace.publish(fresh, target)
    assert str(failed.value) == (
        f"{target} could not be written, it is as it was: database is locked"
    )
    assert target.read_bytes() == before
    assert read(target) == ("old", "1")


def test_what_came_there_meanwhile_is_refused(fresh, target):
    somebody_elses(target)
    before = target.read_bytes()
    with pytest.raises(PublishError, match="is not a database that event-timeline built: name"):
        replace.publish(fresh, target)
    assert target.read_bytes() == before


# A database of version 0.1.0, which is in WAL mode


UPDATE = "update events set title = 'in the log'"


def test_a_log_that_a_crash_left_beside_a_database_is_not_applied_to_the_next(fresh, target):
    with program(make(target, "old", "wal"), UPDATE):
        pass
    assert names(target.parent) == {"events.db", "events.db-wal", "events.db-shm"}
    replace.publish(fresh, target)
    assert names(target.parent) == {"events.db"}
    assert read(target) == ("new", "2")


def test_a_serial_that_is_only_in_the_log_is_counted(fresh, target):
    with program(make(target, "old", "wal"), "update build set value = '7'"):
        pass
    replace.publish(fresh, target)
    assert read(target) == ("new", "8")


@pytest.mark.parametrize("sql", ["select title from events", "begin immediate"])
def test_while_a_server_of_0_1_0_has_it_open_it_is_refused(fresh, target, impatient, sql):
    with program(make(target, "old", "wal"), UPDATE, "select title from events", sql):
        with pytest.raises(PublishError) as refused:
            replace.publish(fresh, target)
        assert read(target) == ("in the log", "1")
    assert str(refused.value) == (
        f"{target} is as it was: an older version made it, and another program, such as the "
        "server of that version, has it open: stop that, then build again"
    )
    del refused  # Its traceback keeps the connection open.
    replace.publish(fresh, target)
    assert read(target) == ("new", "2")
    assert names(target.parent) == {"events.db"}


# What a killed build leaves


def leave(target: Path, *files: str) -> Path:
    folder = target.with_name(f".{target.name}-k1lled__")
    folder.mkdir()
    for name in files:
        (folder / name).write_bytes(b"half")
    return folder


def test_what_a_killed_build_left_is_removed_by_the_next(target):
    left = leave(target, "events.db", "events.db-journal", "events.db-wal", "events.db-shm")
    with beside(target) as fresh:
        assert names(target.parent) == {fresh.parent.name}
    assert not left.exists()
    assert names(target.parent) == set()


def test_what_a_build_is_still_at_work_on_stays(target):
    with beside(target) as fresh:
        fresh.write_bytes(b"half")
        with beside(target) as other:
            assert other.parent != fresh.parent
        assert fresh.read_bytes() == b"half"
    assert names(target.parent) == set()


@pytest.mark.parametrize(
    "path",
    [".events.db-k1lled__/notes.txt", ".events.db-longername/x", ".other.db-k1lled__/other.db"],
)
def test_what_only_looks_like_it_stays(target, path):
    mine = target.parent / path
    mine.parent.mkdir()
    mine.write_text("mine")
    with beside(target):
        pass
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("make_entry", [Path.touch, lambda path: path.symlink_to(path.parent)])
def test_neither_a_file_nor_a_link_is_taken_for_it(target, make_entry):
    entry = target.with_name(".events.db-k1lled__")
    make_entry(entry)
    with beside(target):
        pass
    assert os.path.lexists(entry)


# What a crash leaves


def test_a_journal_that_a_crash_left_is_not_applied_to_the_next(fresh, target):
    make(target, "old")
    half = (
        "pragma cache_size = 1",
        "begin",
        "update build set value = '7'",
        "create table filler (x)",
        "insert into filler select randomblob(4000) from pragma_function_list limit 50",
    )
    with program(target, *half):
        pass
    assert names(target.parent) == {"events.db", "events.db-journal"}
    replace.publish(fresh, target)
    assert names(target.parent) == {"events.db"}
    assert read(target) == ("new", "2")


def test_a_damaged_target_is_a_message(fresh, target):
    make(target, "old")
    whole = target.read_bytes()
    target.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    damaged = target.read_bytes()
    with pytest.raises(PublishError, match="could not be written, it is as it was: "):
        replace.publish(fresh, target)
    assert target.read_bytes() == damaged
    target.write_bytes(whole[:100])
    with pytest.raises(PublishError) as refused:
        check_target(target)
    assert str(refused.value) == (
        f"{target} cannot be read (database disk image is malformed): name another file, "
        "or remove this one yourself"
    )


def test_damage_that_sqlite_quotes_in_its_message(fresh, target):
    whole = make(target, "old").read_bytes()
    target.write_bytes(whole.replace(b"CREATE TABLE events", b"CREATE \xffABLE events"))
    with pytest.raises(PublishError) as refused:
        replace.publish(fresh, target)
    assert str(refused.value) == (
        f"{target} could not be written, it is as it was: "
        r'malformed database schema (events) - near "\xffABLE": syntax error'
    )


# What may be overwritten


def somebody_elses(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table theirs (x)")


@pytest.mark.parametrize(
    "leave",
    [
        somebody_elses,
        lambda path: path.write_text("id,date,title\n"),
        lambda path: path.write_bytes(b"SQLite format 3\0"),
    ],
    ids=["database", "text", "stump"],
)
def test_what_is_not_ours_is_refused(target, leave):
    leave(target)
    with pytest.raises(PublishError) as refused:
        check_target(target)
    assert str(refused.value) == (
        f"{target} is not a database that event-timeline built: name another file, "
        "or remove this one yourself"
    )


def test_what_may_be_a_target(target):
    check_target(target)
    target.touch()
    check_target(target)
    target.unlink()
    check_target(make(target, "old"))


def test_a_folder_is_no_target(target):
    with pytest.raises(PublishError, match=r"site is not a file: name another$"):
        check_target(target.parent)
    with pytest.raises(PublishError) as refused:
        check_target(target.parent / "missing" / "events.db")
    assert str(refused.value) == (
        f"{target.parent}/missing is not a folder: make it, or name another place"
    )


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nobody can write; for root, whom no mode stops, one of the kernel's."""
    if os.geteuid() == 0:
        if not Path("/proc/self").is_dir():
            pytest.skip("root can write everywhere here")
        yield Path("/proc/self")
        return
    tmp_path.chmod(0o555)
    yield tmp_path
    tmp_path.chmod(0o755)


def test_a_folder_that_cannot_be_written_in_is_a_message(read_only):
    with pytest.raises(PublishError) as refused, beside(read_only / "events.db"):
        pytest.fail("there is no place to build in")
    assert str(refused.value).startswith(f"nothing can be written in {read_only} (")
    assert str(refused.value).endswith("): name a file in another folder")


def fail_in_the_middle(target: Path) -> None:
    with beside(target) as fresh:
        assert fresh.parent.parent == target.parent
        fresh.write_bytes(b"half")
        raise InterruptedError


def test_what_was_made_aside_is_removed_whatever_happens(target):
    with pytest.raises(InterruptedError):
        fail_in_the_middle(target)
    assert names(target.parent) == set()


# One file for read-only media


def test_export_is_a_copy(target, tmp_path):
    make(target, "old")
    copy = tmp_path / "copy #1?.db"
    export_sqlite(target, copy)
    assert copy.read_bytes() == target.read_bytes()
    with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as db:
        assert contents(db) == ("old", "1")
    assert names(tmp_path) == {"copy #1?.db", "site"}


def test_export_leaves_out_nothing_that_is_in_a_log(target, tmp_path):
    make(target, "old", "wal")
    with program(target, UPDATE), pytest.raises(PublishError) as refused:
        export_sqlite(target, tmp_path / "copy.db")
    assert str(refused.value) == f"{target} was made by an older version: build it again first"
    assert names(tmp_path) == {"site"}


def test_export_keeps_what_is_there(target, tmp_path):
    make(target, "old")
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(PublishError) as refused:
        export_sqlite(target, tmp_path / "copy.db")
    assert str(refused.value) == (
        f"{tmp_path}/copy.db exists already: name another file, or remove it"
    )
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_export_needs_a_folder(target, tmp_path):
    make(target, "old")
    with pytest.raises(PublishError, match="missing is not a folder: make it, or name another"):
        export_sqlite(target, tmp_path / "missing" / "copy.db")


@pytest.mark.parametrize("leave", [somebody_elses, lambda path: None], ids=["theirs", "none"])
def test_export_needs_a_database_of_ours(target, tmp_path, leave):
    leave(target)
    with pytest.raises(PublishError) as refused:
        export_sqlite(target, tmp_path / "copy.db")
    assert str(refused.value) == (
        f"{target} is not a database that event-timeline built: build it first"
    )


def test_export_of_a_damaged_database_is_a_message(target, tmp_path):
    whole = make(target, "old").read_bytes()
    target.write_bytes(whole[:100])
    with pytest.raises(PublishError, match=r"events\.db could not be copied: "):
        export_sqlite(target, tmp_path / "copy.db")
    assert names(tmp_path) == {"site"}
