"""Reads the curated files from git, by revision, with `git cat-file`."""

import hashlib
import io
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from edtf_dates.quoting import shorten
from event_timeline.curated.columns import EVENTS, FILES, CuratedFile
from event_timeline.curated.files import open_curated

_TIMEOUT_SECONDS = 60
# Set where git runs a hook; they would name that repository in place of the one of the files.
_REPOSITORY_VARIABLES = frozenset(
    {"GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_WORK_TREE"}
)
# Parts of git's messages for a folder that is in no repository.
_NO_REPOSITORY = ("not a git repository", "outside working tree", "outside repository")


class HistoryError(Exception):
    """Nothing can be read from git; says why."""


class NoRepositoryError(HistoryError):
    """There is no git, or the files are in no repository."""


def read_revision(events_csv: Path, revision: str) -> dict[str, bytes]:
    """Return the content of the curated files in a revision, by the name of the file.

    Raises HistoryError if there is no such revision, or events.csv is in no repository.
    """
    commit, *found = _cat_file(events_csv.parent, "--batch", _names(events_csv, revision))
    if commit is None:
        raise HistoryError(f"there is no revision {shorten(revision)} in the repository")
    return {file.name: one.data for file, one in zip(FILES, found, strict=True) if one}


def find_blobs(events_csv: Path, revisions: Sequence[str]) -> list[dict[str, str] | None]:
    """Return the object ids of the curated files in each revision, by the name of the file.

    None for a revision that does not exist. Equal content has equal ids (see `blob_id`).
    Raises HistoryError if events.csv is in no repository.
    """
    names = [name for revision in revisions for name in _names(events_csv, revision)]
    objects = iter(_cat_file(events_csv.parent, "--batch-check", names))
    found: list[dict[str, str] | None] = []
    for _revision in revisions:
        commit, files = next(objects), {file.name: next(objects) for file in FILES}
        ids = {name: one.id for name, one in files.items() if one}
        found.append(ids if commit else None)
    return found


def read_blobs(folder: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """Return the content of objects by their ids, without those that a partial clone lacks.

    `folder`: one in the repository. Raises HistoryError.
    """
    found = _cat_file(folder, "--batch", list(ids))
    return {one.id: one.data for one in found if one}


def blob_id(path: Path, like: str) -> str:
    """Return the object id that git would give to a file, SHA-1 or SHA-256 like another id.

    Raises OSError.
    """
    with open_curated(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        algorithm = "sha1" if len(like) == 40 else "sha256"
        digest = hashlib.new(algorithm, b"blob %d\0" % size, usedforsecurity=False)
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def names_parent(folder: Path) -> bool:
    """Whether the last commit names a parent. In a shallow clone that parent may be missing."""
    [commit] = _cat_file(folder, "--batch", [_commit("HEAD")])
    return commit is not None and b"\nparent " in commit.data.partition(b"\n\n")[0]


def _names(events_csv: Path, revision: str) -> list[str]:
    """Return names for `git cat-file`: the commit of a revision, and its curated files.

    A path that begins with ./ is relative to git's working folder, which is that of events.csv.
    """
    # A newline would end the name; a name that begins with a colon is that of no commit.
    if not revision or revision[0] == ":" or not revision.isprintable():
        raise HistoryError(f"{shorten(revision)} is no revision")
    if "\n" in events_csv.name:
        raise HistoryError(f"git cannot be asked for {shorten(events_csv.name)}")
    return [_commit(revision), *(f"{revision}:./{_path(events_csv, file)}" for file in FILES)]


def _commit(revision: str) -> str:
    return f"{revision}^{{commit}}"


def _path(events_csv: Path, file: CuratedFile) -> str:
    return events_csv.name if file is EVENTS else file.path


class _Object(NamedTuple):
    """An object of git; `data` is empty after `--batch-check`."""

    id: str
    data: bytes


def _cat_file(folder: Path, mode: str, names: Sequence[str]) -> list[_Object | None]:
    """Return objects by their names, None for each that does not exist.

    Git reads the names from its standard input, where none can be taken for an option.
    """
    lines = b"".join(os.fsencode(name) + b"\n" for name in names)
    output = io.BytesIO(_run(["cat-file", mode], folder, lines))
    return [_read_object(output, whole=mode == "--batch") for _name in names]


def _read_object(output: io.BytesIO, *, whole: bool) -> _Object | None:
    """Read `<id> <type> <size>` and, if `whole`, the object; or `<name> missing`."""
    words = output.readline().decode("utf-8", "replace").split()
    if len(words) != 3 or not words[2].isdigit():
        return None
    data = b""
    if whole:
        data = output.read(int(words[2]))
        output.seek(1, os.SEEK_CUR)
    # In an old revision, a folder may have the name of the file.
    return _Object(words[0], data) if words[1] in ("blob", "commit") else None


def _run(arguments: Sequence[str], folder: Path, text: bytes) -> bytes:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=_environment(os.environ),
            input=text,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoRepositoryError("there is no git, or no such folder") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HistoryError(f"git cannot be asked: {error}") from error
    if done.returncode:
        raise _error(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _error(message: str) -> HistoryError:
    """Return the error for a message of git."""
    if any(part in message for part in _NO_REPOSITORY):
        return NoRepositoryError("there is no git repository around the files")
    return HistoryError(f"git says {shorten(message.partition(chr(10))[0], 200)}")


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return one in which git finds the repository of the files, in English, and never fetches."""
    kept = {k: v for k, v in environment.items() if k not in _REPOSITORY_VARIABLES}
    return {**kept, "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
