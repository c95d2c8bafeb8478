"""What git remembers of the curated files: their bytes, by revision."""

import hashlib
import io
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from event_timeline.curated.cells import shorten
from event_timeline.curated.columns import EVENTS, FILES, CuratedFile
from event_timeline.curated.files import open_curated

_TIMEOUT_SECONDS = 60
# What a hook's git sets, and what would name its repository instead of that around the files.
_LOCAL_TO_A_REPOSITORY = frozenset(
    {"GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_WORK_TREE"}
)
# What git says where there is nothing to ask it about.
_OUTSIDE = ("not a git repository", "outside working tree", "outside repository")


class HistoryError(Exception):
    """Git cannot answer; says why."""


class NoRepositoryError(HistoryError):
    """There is no git, or no repository around the files."""


def read_revision(events_csv: Path, revision: str) -> dict[str, bytes]:
    """Return what a revision holds of the curated files: bytes by the name of the file.

    Raises HistoryError if there is no such revision, or no repository around events.csv.
    """
    commit, *found = _ask(events_csv.parent, "--batch", _questions(events_csv, revision))
    if commit is None:
        raise HistoryError(f"there is no revision {shorten(revision)} in the repository")
    return {file.name: one.data for file, one in zip(FILES, found, strict=True) if one}


def find_versions(events_csv: Path, revisions: Sequence[str]) -> list[dict[str, str] | None]:
    """Return for each revision, if it is there, the names that git gives the files' contents.

    Such a name is equal for equal bytes (`version_of`); `read_versions` gives the bytes.
    """
    questions = [one for revision in revisions for one in _questions(events_csv, revision)]
    answers = iter(_ask(events_csv.parent, "--batch-check", questions))
    found: list[dict[str, str] | None] = []
    for _revision in revisions:
        commit, held = next(answers), {file.name: next(answers) for file in FILES}
        versions = {name: one.version for name, one in held.items() if one}
        found.append(versions if commit else None)
    return found


def read_versions(folder: Path, versions: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of contents by their names; what git lacks, as a partial clone may, not."""
    found = _ask(folder, "--batch", list(versions))
    return {one.version: one.data for one in found if one}


def version_of(path: Path, like: str) -> str:
    """Return what git would call the bytes of a file, if it names contents as it does `like`.

    Raises OSError.
    """
    with open_curated(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        algorithm = "sha1" if len(like) == 40 else "sha256"
        digest = hashlib.new(algorithm, b"blob %d\0" % size, usedforsecurity=False)
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def lacks_parent(folder: Path) -> bool:
    """Whether the last commit names a parent; asked where none is found, in a shallow clone."""
    [commit] = _ask(folder, "--batch", [_commit("HEAD")])
    return commit is not None and b"\nparent " in commit.data.partition(b"\n\n")[0]


def _questions(events_csv: Path, revision: str) -> list[str]:
    """Return what to ask of a revision: is it a commit, and what are its curated files?

    A path that begins with ./ is seen from git's working folder, that of events.csv.
    """
    # A newline would be a second question; what begins with a colon is no commit.
    if not revision or revision[0] == ":" or not revision.isprintable():
        raise HistoryError(f"{shorten(revision)} is no revision")
    if "\n" in events_csv.name:
        raise HistoryError(f"git cannot be asked for {shorten(events_csv.name)}")
    return [_commit(revision), *(f"{revision}:./{_path(events_csv, file)}" for file in FILES)]


def _commit(revision: str) -> str:
    return f"{revision}^{{commit}}"


def _path(events_csv: Path, file: CuratedFile) -> str:
    return events_csv.name if file is EVENTS else file.path


# Git


class _Object(NamedTuple):
    """What `git cat-file` says of one name; `data` is empty where it was only to check."""

    version: str
    data: bytes


def _ask(folder: Path, mode: str, names: Sequence[str]) -> list[_Object | None]:
    """Ask `git cat-file` for objects by name; None for each that is not there.

    The names go through its standard input, where none can be an option.
    """
    question = b"".join(os.fsencode(name) + b"\n" for name in names)
    answer = io.BytesIO(_run(["cat-file", mode], folder, question))
    return [_read_object(answer, whole=mode == "--batch") for _name in names]


def _read_object(answer: io.BytesIO, *, whole: bool) -> _Object | None:
    """Read `<version> <type> <size>` and perhaps the object itself, or `<name> missing`."""
    words = answer.readline().decode("utf-8", "replace").split()
    if len(words) != 3 or not words[2].isdigit():
        return None
    data = b""
    if whole:
        data = answer.read(int(words[2]))
        answer.seek(1, os.SEEK_CUR)
    # A folder may have had the name that is now a file's.
    return _Object(words[0], data) if words[1] in ("blob", "commit") else None


def _run(arguments: Sequence[str], folder: Path, question: bytes) -> bytes:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=_environment(os.environ),
            input=question,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoRepositoryError("there is no git, or no such folder") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HistoryError(f"git cannot be asked: {error}") from error
    if done.returncode:
        raise _refusal(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _refusal(said: str) -> HistoryError:
    if any(words in said for words in _OUTSIDE):
        return NoRepositoryError("there is no git repository around the files")
    return HistoryError(f"git says {shorten(said.partition(chr(10))[0], 200)}")


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return one in which git looks around the files, speaks English and fetches nothing."""
    kept = {k: v for k, v in environment.items() if k not in _LOCAL_TO_A_REPOSITORY}
    return {**kept, "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
