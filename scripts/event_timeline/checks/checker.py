"""Checks the curated files, row by row and then all of them together.

`Checker.records` reads one file, yields its rows without errors as records, and reports
what is wrong with the others, so that a million rows are checked and built in one pass.
The files are read in `READING_ORDER`: withdrawn.csv and what is referred to come first, and
claims come before the events whose figures they bound.
"""

import datetime
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from edtf_dates.quoting import shorten
from event_timeline.checks import rules
from event_timeline.checks.rules import Ledger
from event_timeline.curated.cells import parse_edtf
from event_timeline.curated.columns import (
    ACTORS,
    EVENTS,
    FILES,
    QUESTIONS,
    SOURCES,
    WITHDRAWN,
    Column,
    CuratedFile,
)
from event_timeline.curated.csvfile import Reader
from event_timeline.curated.files import (
    READING_ORDER,
    OrderKey,
    curated_path,
    open_curated,
    order_key,
    unreadable,
)
from event_timeline.curated.parsing import record_reader
from event_timeline.curated.problems import Finding, Level, Problem
from event_timeline.curated.records import Record, Row

# `part_of` has at most so many levels; the views follow them all.
MOST_LEVELS = 10

Report = Callable[[Problem], object]


def check(events_csv: Path, today: datetime.date | None = None) -> list[Problem]:
    """Return every problem of events.csv and its companions, by file and line.

    With `today`, dates that begin after it are problems too.
    """
    problems: list[Problem] = []
    checker = Checker(events_csv, problems.append, today=today)
    for _file, records in checker.files():
        for _record in records:
            pass
    return in_order(problems, events_csv)


def in_order(problems: Iterable[Problem], events_csv: Path) -> list[Problem]:
    """Return the problems by file, events.csv first, withdrawn.csv last, and by line."""
    files = (EVENTS, *(file for file in READING_ORDER if file is not WITHDRAWN), WITHDRAWN)
    paths = [str(curated_path(events_csv, file)) for file in files]
    return sorted(problems, key=lambda problem: (paths.index(problem.file), problem.line))


class Checker:
    """Checks events.csv and its companions; calls `report` with every problem.

    Read the records of each of `files` to their end. While events.csv is read,
    `advance` is called with the number of bytes since the last call. `today` is the day
    of the check; a build has none, so that it depends on the files alone.

    The records of a companion can be read again later, to know what was added to it.
    """

    def __init__(
        self,
        events_csv: Path,
        report: Report,
        advance: Callable[[int], object] | None = None,
        today: datetime.date | None = None,
    ) -> None:
        self._events_csv = events_csv
        self._report = report
        self._advance = advance
        self._ledger = Ledger(today=today)

    def files(self) -> Iterator[tuple[CuratedFile, Iterator[Record]]]:
        """Yield each file with its records, then check all the files together."""
        for file in READING_ORDER:
            yield file, self.records(file)
        self.finish()

    def records(self, file: CuratedFile) -> Iterator[Record]:
        """Yield the rows of one file that have no errors, in the order of the file."""
        path = curated_path(self._events_csv, file)
        if file is not EVENTS and not os.path.lexists(path):
            self._ledger.absent.add(file.name)
            self._report_absent(file, path)
            return
        self._ledger.absent.discard(file.name)
        readable = whole = False
        try:
            with open_curated(path) as stream:
                reader = Reader(stream, file, str(path), partial(self._report_unread, file))
                rows = reader.rows()
                if file is EVENTS and self._advance:
                    rows = _advancing(rows, stream, self._advance)
                yield from self._checked(file, reader, rows)
            readable, whole = reader.readable, reader.whole
        except OSError as error:
            self._report(unreadable(path, error))
        # An event that is referred to may be in a row that could not be read.
        if not readable or (file is EVENTS and not whole):
            self._ledger.unread.add(file.name)
        if not whole:
            self._ledger.incomplete.add(file.name)

    def _report_absent(self, file: CuratedFile, path: Path) -> None:
        if file.name in rules.BARE_FILES:
            message = (
                f"there is no such file: the {file.name} of events.csv are only names; "
                f"add it to describe them"
            )
            self._report(Problem(str(path), 0, "", message, "warning"))

    def _report_unread(self, file: CuratedFile, problem: Problem) -> None:
        """Report a problem of the reader; the id of the row it names is known all the same."""
        if not problem.fixable:
            self._ledger.incomplete.add(file.name)
        if problem.id:
            self._ledger.lines[file.name].setdefault(problem.id, problem.line)
        self._report(problem)

    def _checked(self, file: CuratedFile, reader: Reader, rows: Iterable[Row]) -> Iterator[Record]:
        name = str(curated_path(self._events_csv, file))
        read_record = record_reader(file, reader.missing)
        highest: OrderKey | None = None
        ordered = True
        row: Row | None = None
        for row in rows:
            record, findings = read_record(row)
            if "id" in record.values:
                findings.extend(self.findings(file, record))
            for finding in findings:
                self._report(_problem(name, record, finding))
            if reader.missing or (findings and _has_error(findings)):
                continue
            if ordered:
                key = order_key(file, record.values)
                ordered = highest is None or key >= highest
                highest = key
                if not ordered:
                    self._report(_problem(name, record, _OUT_OF_ORDER))
            yield record
        complete = reader.whole and file.name not in self._ledger.incomplete
        if row is None and file is EVENTS and complete:
            message = "there are no events: add one with event-timeline new"
            self._report(Problem(name, 1, "", message))

    def findings(self, file: CuratedFile, record: Record) -> Iterator[Finding]:
        """Yield what is wrong with a record, given what was read before it; record it as read."""
        yield from rules.check_id_once(file, record, self._ledger)
        if self._ledger.lines[WITHDRAWN.name]:
            yield from rules.check_not_withdrawn(file, record, self._ledger)
        if self._ledger.today:
            yield from rules.check_not_in_future(file, record, self._ledger.today)
        yield from rules.check_references(file, record, self._ledger)
        parent = record.values.get("part_of")
        if parent is not None and parent != record.id:
            self._ledger.parents.setdefault(file.name, {})[record.id] = parent
        for rule in rules.RULES[file.name]:
            yield from rule(record, self._ledger)

    def finish(self) -> None:
        """Report problems that only show when all files are read."""
        self._report_deferred()
        self._report_cycles()
        self._report_deep_parts()
        self._report_deferred_parts()
        self._report_aliases()
        self._report_withdrawn()
        if not self._ledger.incomplete:
            self._report_unused()

    def id_findings(self, event_id: str) -> Iterator[Finding]:
        """Yield why a new event cannot have this id. All files have been read."""
        if event_id in self._ledger.lines[EVENTS.name]:
            line = self._ledger.lines[EVENTS.name][event_id]
            yield Finding(f"the id is already in line {line}: choose another")
        if f"event {event_id}" in self._ledger.lines[WITHDRAWN.name]:
            yield Finding("the id is that of a withdrawn event, and stays so: choose another")

    def cell_findings(self, column: Column, value: Any) -> Iterator[Finding]:
        """Yield what is wrong with the references of one cell. All files have been read."""
        for target_file, target in rules.references(column, value):
            yield from rules.check_reference(column.name, target_file, target, self._ledger)

    def _report_deferred(self) -> None:
        for reference in self._ledger.deferred:
            for finding in rules.check_reference(
                reference.column, reference.target_file, reference.target, self._ledger
            ):
                self._report_row(reference.file, reference.line, reference.id, finding.message)

    def _report_cycles(self) -> None:
        for file in (EVENTS, ACTORS):
            parents = self._ledger.parents.get(file.name, {})
            for start in find_cycles(parents):
                message = f"part_of leads back to {start}: break the circle"
                self._report_row(file, self._ledger.lines[file.name][start], start, message)

    def _report_deep_parts(self) -> None:
        for file in (EVENTS, ACTORS):
            for row_id, start in deep_parts(self._ledger.parents.get(file.name, {})):
                message = (
                    f"part_of leads up more than {MOST_LEVELS} levels, to {shorten(start)}: "
                    "point to a nearer whole"
                )
                self._report_row(file, self._ledger.lines[file.name][row_id], row_id, message)

    def _report_deferred_parts(self) -> None:
        dates = self._ledger.event_dates
        for part in self._ledger.deferred_parts:
            if part.whole in dates:
                date = parse_edtf(part.date)
                for finding in rules.check_within(date, part.whole, dates[part.whole]):
                    self._report_row(EVENTS, part.line, part.id, finding.message, finding.level)

    def _report_aliases(self) -> None:
        """Report actors whose name is an alias of another: they may be the same."""
        actor_ids = self._ledger.actor_ids
        for alias, name in self._ledger.aliases.items():
            actor_id, other = actor_ids.get(alias), actor_ids[name]
            if actor_id is not None and actor_id != other:
                message = (
                    f"name {shorten(alias)} is an alias of {other}: "
                    "if they are one, merge the two rows"
                )
                line = self._ledger.lines[ACTORS.name][actor_id]
                self._report_row(ACTORS, line, actor_id, message, "warning")

    def _report_withdrawn(self) -> None:
        """Report rows that were withdrawn and are still there."""
        for key, line in self._ledger.lines[WITHDRAWN.name].items():
            kind, _, row_id = key.partition(" ")
            file = next((file for file in FILES if file.name == f"{kind}s"), None)
            standing = self._ledger.lines[file.name].get(row_id) if file else None
            if file is not None and standing is not None:
                message = (
                    f"{key} is still in line {standing} of {file.path}: "
                    "delete that row, or this one"
                )
                self._report_row(WITHDRAWN, line, row_id, message)

    def _report_unused(self) -> None:
        ledger = self._ledger
        for file, remedy in ((SOURCES, "cite it or delete it"), (ACTORS, "use it or delete it")):
            for row_id, line in ledger.lines[file.name].items():
                if row_id not in ledger.used[file.name]:
                    message = f"nothing refers to this {file.name[:-1]}: {remedy}"
                    self._report_row(file, line, row_id, message, "warning")
        for row_id, line in ledger.lines[QUESTIONS.name].items():
            if row_id not in ledger.answered:
                message = "no claim is about this question: add one or delete it"
                self._report_row(QUESTIONS, line, row_id, message, "warning")

    def _report_row(
        self, file: CuratedFile, line: int, row_id: str, message: str, level: Level = "error"
    ) -> None:
        name = str(curated_path(self._events_csv, file))
        self._report(Problem(name, line, row_id, message, level))


def _advancing(
    rows: Iterator[Row], stream: BinaryIO, advance: Callable[[int], object]
) -> Iterator[Row]:
    reached = 0
    for number, row in enumerate(rows, 1):
        yield row
        if number % _ROWS_PER_ADVANCE == 0:
            advance(stream.tell() - reached)
            reached = stream.tell()
    advance(stream.tell() - reached)


_ROWS_PER_ADVANCE = 5_000

_OUT_OF_ORDER = Finding(
    "the rows are not in order, this is the first out of place: run event-timeline fmt",
    fixable=True,
)


def _problem(name: str, record: Record, finding: Finding) -> Problem:
    shown = record.id if record.id.isprintable() and len(record.id) <= 200 else ""
    return Problem(name, record.line, shown, finding.message, finding.level, finding.fixable)


def deep_parts(parents: dict[str, str]) -> list[tuple[str, str]]:
    """Return each row that is MOST_LEVELS + 1 levels below the top of its chain, and that top.

    `parents`: the whole of each part. A longer chain has one such row, a cycle none.
    """
    tops = {part: whole for part, whole in parents.items() if whole not in parents}
    for _ in range(MOST_LEVELS):
        tops = {part: tops[whole] for part, whole in parents.items() if whole in tops}
    return list(tops.items())


def find_cycles(parents: dict[str, str]) -> list[str]:
    """Return one id of each cycle of part_of. `parents`: the whole of each part."""
    safe: set[str] = set()
    found: list[str] = []
    for start in parents:
        path: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in safe:
            if at in path:
                found.append(min(list(path)[path[at] :]))
                break
            path[at] = len(path)
            at = parents.get(at)
        safe.update(path)
    return found


def _has_error(findings: Iterable[Finding]) -> bool:
    return any(finding.level == "error" for finding in findings)
