"""What a stranger installs: the pins, the wheel, and what is said when the machine is too old."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from event_timeline import __version__

ROOT = Path(__file__).parents[1]
PACKAGES = {"edtf_dates", "datasette_event_timeline", "event_timeline"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def read_pins() -> dict[str, str]:
    """constraints.txt as distribution name -> version; every line must be a plain pin."""
    pins = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        pin = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)", line)
        assert pin, f"not a plain pin: {line}"
        pins[canonicalize_name(pin[1])] = pin[2]
    return pins


def required_names(requirements: list[str]) -> set[str]:
    """Every distribution these requirements bring here, their own requirements included."""
    names: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(requirement.name)
        if name not in names:
            names.add(name)
            waiting += map(Requirement, metadata.requires(name) or [])
    return names


# The pins


def test_constraints_hold_pins_only_and_no_address():
    assert "://" not in (ROOT / "constraints.txt").read_text("utf-8")
    assert read_pins()


def test_constraints_do_not_hold_our_own_package():
    assert PROJECT["name"] not in read_pins()


def test_everything_installed_to_run_and_test_is_pinned():
    declared = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    assert required_names(declared) - read_pins().keys() == set()


def test_what_builds_the_package_is_pinned():
    assert {"pip", "setuptools", "wheel"} <= read_pins().keys()


@pytest.mark.parametrize("text", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"])
def test_each_pin_lies_in_the_range_of_pyproject(text):
    requirement = Requirement(text)
    assert requirement.specifier.contains(read_pins()[canonicalize_name(requirement.name)])


# The version


def test_version_is_declared_once_and_told_the_same_everywhere():
    assert PROJECT["dynamic"] == ["version"]
    assert metadata.version(PROJECT["name"]) == __version__
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\n## {__version__} (" in (ROOT / "CHANGELOG.md").read_text("utf-8")


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: a build leaves files beside its source."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    made = shutil.ignore_patterns("*.egg-info", "__pycache__")
    shutil.copytree(ROOT / "scripts", source / "scripts", ignore=made)
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*command, "--no-build-isolation", "-w", target, source], check=True)
    [built] = target.iterdir()
    return built


def packaged(folder: str, pattern: str = "*") -> set[str]:
    """The files of a folder of the packages, by their names in the wheel."""
    scripts = ROOT / "scripts"
    return {
        path.relative_to(scripts).as_posix()
        for path in (scripts / folder).rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_every_module(wheel):
    modules = {module for package in PACKAGES for module in packaged(package, "*.py")}
    assert "event_timeline/cli.py" in modules
    assert modules <= set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize("folder", ["templates", "static"])
def test_wheel_holds_what_the_pages_show(wheel, folder):
    files = packaged(f"datasette_event_timeline/{folder}")
    assert files
    assert files <= set(zipfile.ZipFile(wheel).namelist())


def test_wheel_holds_the_licence_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert f"event_timeline-{__version__}.dist-info/licenses/LICENSE" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == PACKAGES


def test_wheel_runs_from_any_folder(wheel, tmp_path):
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        "import datasette_event_timeline, event_timeline.cli as c;"
        "print(c.__file__, flush=True); c.cli(['--help'], prog_name='event-timeline')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    first, usage, *_ = done.stdout.splitlines()
    assert Path(first) == site / "event_timeline" / "cli.py"
    assert usage == "Usage: event-timeline [OPTIONS] COMMAND [ARGS]..."


# The machine


@pytest.fixture(scope="module")
def problem() -> Callable[..., str | None]:
    """The one rule of the script that runs before there is an environment."""
    return runpy.run_path(str(ROOT / ".ci" / "preflight.py"))["problem"]


def test_a_machine_that_has_everything_is_told_nothing(problem):
    assert problem((3, 11, 0), (3, 37, 0), has_venv=True) is None


@pytest.mark.parametrize(
    ("machine", "told"),
    [
        (
            ((3, 9, 2), (3, 40, 1), True),
            "Python 3.11 or newer is needed, this is 3.9.2: install one and name it, "
            "for example: make PYTHON=python3.12 test",
        ),
        (
            ((3, 11, 7), None, True),
            "this Python was built without sqlite3: install libsqlite3-dev and build it "
            "again, or name another: make PYTHON=/usr/bin/python3 test",
        ),
        (
            ((3, 11, 7), (3, 34, 1), True),
            "SQLite 3.37 or newer is needed (strict tables), this Python has 3.34.1: name a "
            "Python with a newer one, for example: make PYTHON=/usr/bin/python3 test",
        ),
        (
            ((3, 11, 7), (3, 40, 1), False),
            "Python's venv or ensurepip is missing: on Debian or Ubuntu, "
            "apt-get install python3-venv",
        ),
    ],
)
def test_a_machine_that_lacks_something_is_told_its_remedy_in_one_line(problem, machine, told):
    assert problem(*machine) == told
