"""What the tests share: a folder of curated files, written from CSV literals."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import datasette.app  # noqa: F401  # it loads its plugins, ours among them: before any part of ours
import pytest
from datasette import hookimpl
from datasette.plugins import pm
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from event_timeline.checks.checker import check
from event_timeline.curated.columns import FILES, CuratedFile
from event_timeline.curated.csvfile import write_rows
from event_timeline.curated.problems import Problem

# Examples are the same for everybody; `make fuzz` draws others, so many of each kind. A machine
# may be busy, so nothing has a deadline.
ANEW = os.environ.get("EVENT_TIMELINE_FUZZ")
settings.register_profile(
    "the same for everybody",
    settings.get_profile("default"),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "drawn anew",
    settings.get_profile("default"),
    max_examples=int(ANEW or 1),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("drawn anew" if ANEW else "the same for everybody")


class CompiledTemplates(BytecodeCache):
    """Compiles each template once for all the sites that the tests make."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledTemplates()


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.bytecode_cache = TEMPLATES


pm.register(sys.modules[__name__])

# What a literal leaves out.
SOUND = {
    "events": {
        "title": "Something happens",
        "type": "attack",
        "status": "confirmed",
        "location_precision": "none",
        "summary": "It happened.",
        "sources": "le-monde",
    },
    "actors": {"kind": "group"},
    "sources": {"kind": "news", "publisher": "Le Monde"},
    "questions": {"title": "How many?"},
    "claims": {"relation": "answers", "said": "so many", "source": "le-monde"},
    "withdrawn": {"title": "Once", "when": "2020", "why": "It did not happen."},
}


def complete(file: CuratedFile, literal: str) -> bytes:
    """A curated file from a CSV literal with some of its columns, the rest sound or blank."""
    rows = csv.DictReader(io.StringIO(literal), strict=True)
    assert set(rows.fieldnames or ()) <= set(file.names), literal
    sound = SOUND[file.name]
    return write_rows(
        file,
        [[row[n] if n in row else sound.get(n, "") for n in file.names] for row in rows],
    )


class Chronology:
    """The curated files of one folder, which is the working directory."""

    events_csv = Path("events.csv")

    def write(self, **literals: str) -> None:
        """Write files from CSV literals: `write(events=..., sources=...)`."""
        for file in FILES:
            if file.name in literals:
                Path(file.path).parent.mkdir(exist_ok=True)
                Path(file.path).write_bytes(complete(file, literals[file.name]))

    def problems(self) -> list[Problem]:
        return check(self.events_csv)

    def check(self) -> list[str]:
        """The lines that `event-timeline check` prints."""
        return [str(problem) for problem in self.problems()]


@pytest.fixture
def chronology(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chronology:
    """A folder with one source and one event, and no problem."""
    monkeypatch.chdir(tmp_path)
    made = Chronology()
    made.write(
        events="id,date\n2015-03-18-bardo,2015-03-18\n",
        sources="id\nle-monde\n",
        actors="id,name\n",
    )
    return made


class Repository(Chronology):
    """The curated files of one folder that is a git repository."""

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], check=True, capture_output=True, text=True)
        return done.stdout

    def commit(self, **literals: str) -> None:
        """Write files from CSV literals, and commit everything."""
        self.write(**literals)
        self.git("add", "--all")
        self.git("commit", "--allow-empty", "--quiet", "--message", "Something")


@pytest.fixture
def repository(chronology: Chronology, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The chronology as the only commit of a new repository; nobody's settings apply."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A curator")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "curator@example.org")
        monkeypatch.setenv(f"GIT_{who}_DATE", "2015-03-18T12:00:00Z")
    made = Repository()
    made.git("init", "--quiet")
    made.commit()
    return made
