"""What the documents show is what the code does."""

import doctest
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

from event_timeline.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_examples_of_dates_are_true():
    results = doctest.testfile(str(ROOT / "docs" / "dates.md"), module_relative=False)
    assert results.attempted > 0
    assert results.failed == 0


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
