"""Puts curated files into canonical form: order, quoting, spacing, line ends."""

import io
import os
import re
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any, NamedTuple

from event_timeline.curated.cells import CellError, parse_edtf
from event_timeline.curated.characters import HIDDEN
from event_timeline.curated.columns import EVENTS, FILES, CuratedFile
from event_timeline.curated.csvfile import Reader, mend_line_ends, write_rows
from event_timeline.curated.files import (
    curated_path,
    leads_outside,
    open_curated,
    order_key,
    unreadable,
)
from event_timeline.curated.parsing import tidy
from event_timeline.curated.problems import Problem


class Formatted(NamedTuple):
    """A curated file as it is and in canonical form, or the problems that prevent that."""

    path: Path
    before: bytes
    after: bytes
    problems: list[Problem]

    def diff(self) -> str:
        """Return a unified diff from the file as it is to its canonical form."""
        before, after = _diff_lines(self.before), _diff_lines(self.after)
        return "".join(unified_diff(before, after, str(self.path), f"{self.path} (canonical)"))


def _diff_lines(data: bytes) -> list[str]:
    text = HIDDEN.sub(_spell_out, data.decode("utf-8", "replace"))
    lines = text.split("\n")
    last = lines.pop()
    ended = [line + "\n" for line in lines]
    return [*ended, f"{last}\n\\ No newline at end of file\n"] if last else ended


def _spell_out(match: re.Match[str]) -> str:
    """Return a character that a terminal would hide or obey as its number."""
    mark = match[0]
    if mark in "\t\n":
        return mark
    return "<BOM>" if mark == "\ufeff" else f"<{ord(mark):02X}>"


def format_files(events_csv: Path) -> list[Formatted]:
    """Return events.csv and every companion that exists, formatted; nothing is written."""
    return [
        format_file(events_csv, file)
        for file in FILES
        if file is EVENTS or os.path.lexists(curated_path(events_csv, file))
    ]


def format_file(events_csv: Path, file: CuratedFile) -> Formatted:
    """Return events.csv or a companion of it in canonical form; nothing is written.

    `problems` are those that fmt cannot correct; with any, the file is not to be written.
    A link that leads out of the folder of events.csv is one.
    """
    path = curated_path(events_csv, file)
    if leads_outside(path, events_csv.parent):
        message = f"is a link to {os.path.realpath(path)}, outside its folder: "
        problem = Problem(str(path), 0, "", message + "put the file itself in its place")
        return Formatted(path, b"", b"", [problem])
    try:
        with open_curated(path) as stream:
            before = stream.read()
    except OSError as error:
        return Formatted(path, b"", b"", [unreadable(path, error)])
    return format_data(before, path, file)


def format_data(before: bytes, path: Path, file: CuratedFile) -> Formatted:
    """Return the content of a curated file in canonical form, as `format_file` does.

    `path` is for messages.
    """
    problems: list[Problem] = []
    reader = Reader(io.BytesIO(mend_line_ends(before)), file, str(path), problems.append)
    rows: list[tuple[Any, Sequence[str]]] = []
    for row in reader.rows():
        tidied = [tidy(column, text) for column, text in zip(file.columns, row.cells, strict=True)]
        try:
            rows.append((order_key(file, _sortable(file, tidied)), tidied))
        except CellError as error:
            if "date" not in reader.missing:
                problems.append(Problem(str(path), row.line, tidied[0], str(error)))
    rows.sort(key=lambda pair: pair[0])
    after = write_rows(file, [tidied for _, tidied in rows])
    return Formatted(path, before, after, [p for p in problems if not p.fixable])


def _sortable(file: CuratedFile, texts: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(zip(file.names, texts, strict=True))
    if file is EVENTS:
        if not values["date"]:
            raise CellError("date is blank: fill it")
        try:
            values["date"] = parse_edtf(values["date"])
        except CellError as error:
            raise CellError(f"date: {error}") from None
    return values
