"""Asks for a new event, cell by cell, and adds it to events.csv."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from event_timeline.checks import rules
from event_timeline.checks.checker import Checker
from event_timeline.curated import cells
from event_timeline.curated.cells import CellError
from event_timeline.curated.characters import bad_characters
from event_timeline.curated.columns import EVENTS, FILES, VERBS, Column, CuratedFile
from event_timeline.curated.csvfile import MAX_CELL, write_rows
from event_timeline.curated.files import READING_ORDER, write_file
from event_timeline.curated.formatting import format_data, format_file
from event_timeline.curated.parsing import parser, tidy
from event_timeline.curated.records import Record

# Asks a question until the given function accepts the answer, and returns what that returns. The
# function returns the text of the cell, or raises ValueError with what is wrong.
Ask = Callable[[str, Callable[[str], str]], str]


class EntryError(Exception):
    """The event was not added; says why."""


class BrokenOffError(Exception):
    """The person gave up; raised by an `Ask`."""


def add_event(events_csv: Path, ask: Ask) -> str:
    """Ask for an event, add it to events.csv in canonical form, and return its id.

    If there is no such file, one is made. Raises EntryError if the file cannot be formatted
    or written, if the answers contradict each other, or if the person gives up; the message
    then has the row so far, and the file is as it was.
    """
    texts = dict.fromkeys(EVENTS.names, "")
    started = _start(events_csv)
    try:
        _check_formattable(events_csv)
        checker = Checker(events_csv, lambda _problem: None)
        for file in READING_ORDER:
            _read(checker, file)
        _ask_everything(checker, ask, texts)
        _check_together(checker, texts)
        _write(events_csv, texts)
    except BaseException as error:
        if started:
            events_csv.unlink()
        if isinstance(error, (BrokenOffError, KeyboardInterrupt)):
            raise EntryError("interrupted, nothing was added" + _row_so_far(texts)) from error
        raise
    return texts["id"]


def _read(checker: Checker, file: CuratedFile) -> None:
    for _record in checker.records(file):
        pass


def _row_so_far(texts: dict[str, str]) -> str:
    """Return the row of the answers so far, and what to do with it; empty without answers."""
    if not any(texts.values()):
        return ""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(texts.values())
    return f"\nThis row can be pasted into events.csv, and corrected there:\n{line.getvalue()}"


def _start(events_csv: Path) -> bool:
    """Write a file without events if there is no file; return whether one was written."""
    try:
        with events_csv.open("xb") as stream:
            stream.write(write_rows(EVENTS, []))
    except FileExistsError:
        return False
    except OSError as error:
        raise EntryError(f"{events_csv} cannot be written: {error.strerror}") from error
    return True


def _check_formattable(events_csv: Path) -> None:
    problems = format_file(events_csv, EVENTS).problems
    if problems:
        raise EntryError("correct this first:\n" + "\n".join(map(str, problems)))


def _ask_everything(checker: Checker, ask: Ask, texts: dict[str, str]) -> None:
    """Ask for every cell, and put the answers into `texts`, by column."""
    for column in EVENTS.columns[1:]:
        question = _question(column)
        if column.name == "title":
            question += f" (The date is: {cells.parse_edtf(texts['date']).describe()}.)"
        texts[column.name] = ask(question, _answer_check(column, checker, texts))
        if column.name == "title":
            texts["id"] = ask(*_id_question(texts, checker))


def _question(column: Column) -> str:
    form = _FORMS.get(column.kind, "")
    words = f" [{', '.join(column.vocabulary)}]" if column.vocabulary else ""
    optional = "" if column.required else " (Enter: blank)"
    return f"{column.name}: {column.text}{form}{words}{optional}"


_FORMS = {
    "actors": " Write Name (role); Name (role).",
    "list": ' Separate several with "; ".',
}


def _answer_check(column: Column, checker: Checker, texts: dict[str, str]) -> Callable[[str], str]:
    """Return the function that checks an answer for a column, given the answers before it."""
    parse = parser(column)

    def check_answer(answer: str) -> str:
        text = tidy(column, answer)
        if not text:
            if column.required:
                raise ValueError(f"{column.name} is needed: fill it")
            return ""
        if fault := bad_characters(text):
            raise ValueError(f"the answer {fault}")
        if len(text) > MAX_CELL:
            raise ValueError(f"the answer is longer than {MAX_CELL:,} characters: shorten it")
        value = parse(text)
        _check_reference(checker, column, value)
        _check_bounds(texts, column, value)
        return text

    return check_answer


def _check_reference(checker: Checker, column: Column, value: Any) -> None:
    """Raise ValueError if a cell refers to something that does not exist.

    Its file is read again first: a source or an actor may have been added in another window.
    """
    if any(checker.cell_findings(column, value)):
        _read(checker, next(file for file in FILES if file.name == column.refers_to))
    for finding in checker.cell_findings(column, value):
        raise ValueError(finding.message)


def _check_bounds(texts: dict[str, str], column: Column, value: Any) -> None:
    """Raise ValueError if a figure contradicts the bounds that were given before it."""
    verb = column.name.partition("_")[0]
    if column.kind != "integer" or verb not in VERBS:
        return
    names = [f"{verb}_{bound}" for bound in rules.BOUNDS]
    given = {name: int(texts[name]) for name in names if texts[name]}
    for finding in rules.check_bounds({**given, column.name: value}, *names):
        raise ValueError(finding.message)


def _id_question(texts: dict[str, str], checker: Checker) -> tuple[str, Callable[[str], str]]:
    proposed = propose_id(texts["date"], texts["title"])
    enter = f" (Enter: {proposed})" if proposed else ", such as 2015-03-18-bardo-museum-attack"

    def check_answer(answer: str) -> str:
        event_id = cells.parse_id(answer or proposed)
        cells.id_date(event_id)
        for finding in checker.id_findings(event_id):
            raise ValueError(finding.message)
        return event_id

    return f"id: permanent, because people cite it{enter}", check_answer


def propose_id(date: str, title: str) -> str:
    """Return an id for an event: the date of its beginning and the first words of its title.

    Empty if the beginning is not known.
    """
    try:
        day = cells.leading_date(cells.parse_edtf(date))
    except CellError:
        return ""
    return f"{day}-{'-'.join(cells.slug(title).split('-')[:6])}"


def _check_together(checker: Checker, texts: dict[str, str]) -> None:
    values: dict[str, Any] = {
        column.name: parser(column)(texts[column.name])
        for column in EVENTS.columns
        if texts[column.name]
    }
    findings = checker.findings(EVENTS, Record(0, texts["id"], values))
    errors = [finding.message for finding in findings if finding.level == "error"]
    if errors:
        raise EntryError("not added: " + "; ".join(errors) + _row_so_far(texts))


def _write(events_csv: Path, texts: dict[str, str]) -> None:
    row = write_rows(EVENTS, [list(texts.values())]).split(b"\n", 1)[1]
    # The file may have been saved in another window meanwhile.
    found = format_file(events_csv, EVENTS)
    if found.problems:
        reasons = "\n".join(map(str, found.problems))
        raise EntryError(f"not added, correct this first:\n{reasons}{_row_so_far(texts)}")
    before = found.after
    try:
        write_file(events_csv, format_data(before + row, events_csv, EVENTS).after)
    except OSError as error:
        raise EntryError(
            f"{events_csv} cannot be written: {error.strerror}{_row_so_far(texts)}"
        ) from error
