"""What the documents show is what the code does."""

import doctest
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

import edtf_dates
from datasette_event_timeline.sql import functions, geography, histogram
from edtf_dates import EventDate
from event_timeline.cli import cli
from event_timeline.site.search import escape_fts

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PYTHON_API = (ROOT / "docs" / "python.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["dates.md", "python.md"])
def test_the_examples_in_python_are_true(name):
    results = doctest.testfile(str(ROOT / "docs" / name), module_relative=False)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.fixture
def sql_functions() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for module in (functions, geography, histogram):
            module.register(connection)
        connection.create_function("escape_fts", 1, escape_fts)
        yield connection


SQL_EXAMPLES = re.findall(r"```sql\n(.*?)```\n\n```text\n(.*?)```", PYTHON_API, re.DOTALL)


@pytest.mark.parametrize(("sql", "expected"), SQL_EXAMPLES)
def test_the_examples_in_sql_are_true(sql_functions, sql, expected):
    rows = sql_functions.execute(sql).fetchall()
    lines = [" | ".join("null" if cell is None else str(cell) for cell in row) for row in rows]
    assert lines == expected.splitlines()


def test_every_sql_function_has_an_example(sql_functions):
    names = "select name from pragma_function_list where narg >= 0"
    with closing(sqlite3.connect(":memory:")) as bare:
        ours = set(sql_functions.execute(names)) - set(bare.execute(names))
    examples = " ".join(sql for sql, _ in SQL_EXAMPLES)
    assert PYTHON_API.count("```sql") == len(SQL_EXAMPLES)
    for (name,) in ours:
        assert re.search(rf"^### .*\b{name}\b", PYTHON_API, re.MULTILINE), name
        assert f"{name}(" in examples, name


def test_every_public_name_is_documented():
    attributes = [name for name in vars(EventDate) if not name.startswith("_")]
    for name in [*edtf_dates.__all__, *attributes]:
        assert re.search(rf"`{name}\b", PYTHON_API), name


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)\)", README))))
def test_what_the_readme_links_to_is_there(path):
    assert (ROOT / path).exists()


def test_the_readme_lists_every_package_that_the_site_needs():
    [table] = re.findall(r"## Packages\n+((?:\|.*\n)+)", README)
    listed = {name.lower() for name in re.findall(r"^\| \[([\w-]+)\]", table, re.MULTILINE)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = project["dependencies"] + project["optional-dependencies"]["site"]
    assert listed == {Requirement(text).name for text in needed}


def test_the_readme_names_commands_that_are_there():
    commands = set(re.findall(r"event-timeline ([a-z]+)", README))
    assert commands
    for command in commands:
        assert CliRunner().invoke(cli, [command, "--help"]).exit_code == 0, command
