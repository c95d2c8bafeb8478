"""`event-timeline index`: writes the index of a table beside its database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from event_timeline.cli import cli


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table fairs (name text, held text, town text)")
        db.execute("create table colours (name text)")
        db.execute("insert into fairs values ('Spring fair', '2015-04', 'Ribe')")
        db.commit()
    return path


def test_it_writes_the_index_with_the_columns_named(archive):
    metadata = archive.with_name("metadata.yml")
    settings = "plugins: {datasette-event-timeline: {date: held}}"
    metadata.write_text(f"databases: {{archive: {{tables: {{fairs: {{{settings}}}}}}}}}")
    words = ["index", str(archive), "fairs", "town", "--metadata", str(metadata)]
    ran = CliRunner().invoke(cli, words)
    written = archive.with_name("archive.fairs.timeline")
    assert (ran.exit_code, ran.output) == (0, f"{written} has been written\n")
    with closing(sqlite3.connect(written)) as db:
        assert db.execute("select name, town, event_date from fairs").fetchall() == [
            ("Spring fair", "Ribe", "2015-04")
        ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "has no table nothing with a column of dates"),
        (["colours"], "has no table colours with a column of dates"),
        (["fairs", "village"], "fairs has no column village: name some of name, held, town"),
    ],
)
def test_it_says_what_is_not_there(archive, words, said):
    ran = CliRunner().invoke(cli, ["index", str(archive), *words])
    assert ran.exit_code == 1
    assert said in ran.output
    assert not list(archive.parent.glob("*.timeline*"))


def test_what_is_no_database_is_said(tmp_path):
    (tmp_path / "notes.db").write_text("Some notes, which are no database at all. " * 20)
    ran = CliRunner().invoke(cli, ["index", str(tmp_path / "notes.db"), "fairs"])
    assert ran.exit_code == 1
    assert "file is not a database" in ran.output
