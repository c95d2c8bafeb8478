"""What a stranger installs: the pins, the wheel, an upgrade, and what a machine may lack."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Callable
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from event_timeline import __version__

ROOT = Path(__file__).parents[1]
PACKAGES = {"edtf_dates", "datasette_event_timeline", "event_timeline"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


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
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in found:
                found.add((name, extra))
                waiting += requirements_of(name, extra)
    return {name for name, _ in found}


def requirements_of(name: str, extra: str) -> list[Requirement]:
    """What a distribution installed here requires, with an extra or, if that is "", without."""
    declared = map(Requirement, metadata.requires(name) or [])
    return [r for r in declared if r.marker is None or r.marker.evaluate({"extra": extra})]


# The pins


def test_constraints_hold_pins_only_and_no_address():
    assert "://" not in (ROOT / "constraints.txt").read_text("utf-8")
    assert read_pins()


def test_constraints_do_not_hold_our_own_package():
    assert PROJECT["name"] not in read_pins()


def test_everything_installed_to_run_and_test_is_pinned():
    needed = required_names(PROJECT["dependencies"] + EXTRAS["test"])
    assert needed - read_pins().keys() == {PROJECT["name"]}


def test_the_charts_come_with_the_site_and_the_tests_and_with_nothing_else():
    """datasette-vega puts 944 KB on every page of any Datasette it is installed in."""
    assert "datasette-vega" not in required_names(PROJECT["dependencies"])
    assert "datasette-vega" in required_names(EXTRAS["site"])
    assert "datasette-vega" in required_names(EXTRAS["test"])


def test_what_builds_the_package_is_pinned():
    assert {"pip", "setuptools", "wheel"} <= read_pins().keys()


@pytest.mark.parametrize(
    "text",
    [
        text
        for texts in (PROJECT["dependencies"], *EXTRAS.values())
        for text in texts
        if Requirement(text).name != PROJECT["name"]
    ],
)
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
    return build_wheel(source, tmp_path_factory.mktemp("wheel"))


def build_wheel(source: Path, target: Path) -> Path:
    """Build a wheel from a folder with a pyproject.toml, without a network."""
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


@pytest.mark.parametrize(
    "folder",
    [
        "datasette_event_timeline/templates",
        "datasette_event_timeline/static",
        "event_timeline/site/assets",
        "event_timeline/site/pages",
    ],
)
def test_wheel_holds_what_the_pages_show(wheel, folder):
    files = packaged(folder)
    assert files
    assert files <= set(zipfile.ZipFile(wheel).namelist())


def test_wheel_says_that_each_package_has_types(wheel):
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(zipfile.ZipFile(wheel).namelist())


def test_wheel_declares_the_command_and_the_plugins(wheel):
    name = f"datasette_event_timeline-{__version__}.dist-info/entry_points.txt"
    declared = ConfigParser()
    declared.read_string(zipfile.ZipFile(wheel).read(name).decode())
    assert {section: dict(declared[section]) for section in declared.sections()} == {
        "console_scripts": {"event-timeline": "event_timeline.cli:cli"},
        "datasette": {
            "datasette_event_timeline": "datasette_event_timeline",
            "datasette_event_timeline_site": "event_timeline.site",
        },
    }


def test_wheel_holds_the_licence_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert f"datasette_event_timeline-{__version__}.dist-info/licenses/LICENSE" in names
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


# The upgrade of an environment in which version 0.1.0 is


# As 0.1.0 was: another name, the same command, a plugin in a module that is no longer there.
OLD = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "event-timeline"
version = "0.1.0"

[project.scripts]
event-timeline = "event_timeline.cli:cli"

[project.entry-points.datasette]
event_timeline = "event_timeline.viewer"

[tool.setuptools]
packages = ["event_timeline", "event_timeline.viewer"]
package-data = { "event_timeline.viewer" = ["templates/*"] }
""",
    "event_timeline/__init__.py": "",
    "event_timeline/cli.py": "def cli(): print('version 0.1.0')\n",
    "event_timeline/viewer/__init__.py": """\
from datasette import hookimpl

@hookimpl
def extra_body_script():
    return "version 0.1.0"
""",
    "event_timeline/viewer/templates/index.html": "version 0.1.0",
    "event_timeline/viewer/templates/base.html": "version 0.1.0",
}


class Environment:
    """A new virtual environment that has what this one has, but for our own distribution."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        shared = folder / "shared"
        shared.mkdir()
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if not re.match(r"(__editable__.*|(datasette_)?event_timeline)(-.*)?$", path.name):
                (shared / path.name).symlink_to(path)
        [packages] = folder.glob("lib/python*/site-packages")
        (packages / "shared.pth").write_text(f"{shared}\n", "utf-8")

    def install(self, wheel: Path) -> None:
        pip = [sys.executable, "-m", "pip", "--python", self._folder / "bin" / "python"]
        subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", wheel], check=True)

    def run(self, command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        name = self._folder / "bin" / command
        return subprocess.run(
            [name, *arguments], cwd=self._folder, capture_output=True, text=True, check=True
        )


@pytest.fixture(scope="module")
def upgraded(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment in which 0.1.0 was installed, and then this version beside it."""
    source = tmp_path_factory.mktemp("old")
    for name, text in OLD.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, "utf-8")
    environment = Environment(tmp_path_factory.mktemp("environment"))
    environment.install(build_wheel(source, tmp_path_factory.mktemp("old-wheel")))
    assert environment.run("event-timeline").stdout == "version 0.1.0\n"
    environment.install(wheel)
    return environment


@pytest.mark.slow
def test_the_command_is_the_new_one_where_version_0_1_0_was(upgraded):
    said = upgraded.run("event-timeline", "--version").stdout
    assert said == f"event-timeline, version {__version__}\n"


@pytest.mark.slow
def test_datasette_starts_where_version_0_1_0_was_and_says_what_to_do(upgraded):
    done = upgraded.run("python", "-m", "datasette", "plugins")
    plugins = {(plugin["name"], tuple(plugin["hooks"])) for plugin in json.loads(done.stdout)}
    here = subprocess.check_output([sys.executable, "-m", "datasette", "plugins"])
    assert plugins == {(plugin["name"], tuple(plugin["hooks"])) for plugin in json.loads(here)}
    assert "event-timeline" not in dict(plugins)
    assert done.stderr == (
        "event-timeline 0.1.0 is still installed: run pip uninstall event-timeline "
        "datasette-event-timeline (in a clone remove scripts/event_timeline.egg-info too), "
        "then install again\n"
    )


@pytest.fixture(scope="module")
def database(upgraded: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The curated files, built where version 0.1.0 was."""
    path = tmp_path_factory.mktemp("database") / "events.db"
    upgraded.run("event-timeline", "build", ROOT / "events.csv", path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/timeline", "/events/events"])
def test_the_site_where_version_0_1_0_was_is_the_site(upgraded, database, path):
    """Nothing twice, and none of the templates that are left in the folder of 0.1.0."""
    arguments = ["-m", "datasette", database, "-m", ROOT / "metadata.yml", "--get", path]
    # What Datasette suggests depends on how fast the machine is.
    arguments += ["--setting", "suggest_facets", "off"]
    page = upgraded.run("python", *arguments).stdout
    assert page.count("<h1") == 1
    assert page == subprocess.check_output([sys.executable, *arguments], text=True)


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
