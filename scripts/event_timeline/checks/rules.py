"""The rules for rows of the curated files.

A rule takes a record and the ledger of what was read before it, and yields what is wrong.
It does not stop at the first finding, and does not change the record.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple

from edtf_dates import DateError, EventDate, Span, describe_day, parse_date
from edtf_dates.quoting import shorten
from event_timeline.curated import cells
from event_timeline.curated.cells import CellError
from event_timeline.curated.characters import LOOK_ALIKES, mixed_word
from event_timeline.curated.columns import (
    ACTORS,
    CLAIMS,
    COUNTED_MEASURES,
    COUNTING_STANDINGS,
    DATED_MEASURES,
    EVENTS,
    FILES,
    QUESTIONS,
    SCOPED_MEASURES,
    SOURCES,
    VERBS,
    WITHDRAWN,
    Column,
    CuratedFile,
)
from event_timeline.curated.problems import Finding
from event_timeline.curated.records import Record
from event_timeline.curated.spelling import nearest

MOST_WORDS_SAID = 15
# To find a similar id among thousands takes a tenth of a second. After so many ids that do
# not exist, a whole file is wrong, and there is no typing error to be found.
MOST_HINTS = 50
# The dates of so many events are kept, to be compared with those of their parts: enough for
# any chronology kept by hand, and little memory in one of a million events.
MOST_WHOLES = 100_000
# A message names at most so many answers.
MOST_NAMED = 5
# The pseudo-file that a cell of actors refers to: events.csv has names, other files have ids.
ACTOR_NAMES = "actor names"
# Files that may be absent: the database then has rows with nothing but a name or an id.
BARE_FILES = frozenset({ACTORS.name, SOURCES.name})

# Where copies of web pages are kept: an archive's own name, or that of the library it is part of.
WEB_ARCHIVES = frozenset(
    {
        "archive-it.org",
        "archive.fo",
        "archive.is",
        "archive.li",
        "archive.md",
        "archive.org",
        "archive.ph",
        "archive.today",
        "archive.vn",
        "arquivo.pt",
        "bnf.fr",
        "ghostarchive.org",
        "loc.gov",
        "megalodon.jp",
        "nationalarchives.gov.uk",
        "perma.cc",
        "webarchive.org.uk",
        "webcitation.org",
        "wikiwix.com",
    }
)


class Reference(NamedTuple):
    """A cell that refers to a row of a file that is read later."""

    file: CuratedFile
    line: int
    id: str
    column: str
    target_file: str
    target: str


class Answer(NamedTuple):
    """The bounds that one claim gives for a figure.

    "At least 17" is open above: low and high are 17, and the true number may be higher.
    """

    claim: str
    low: int | None
    high: int | None
    open_above: bool


class DateAnswer(NamedTuple):
    """What one claim says about an event's date, in EDTF."""

    claim: str
    value: str


class DeferredPart(NamedTuple):
    """An event that is part of another which has not been read yet."""

    line: int
    id: str
    whole: str
    date: str


@dataclass
class Ledger:
    """What was read so far and is needed to check later rows.

    `today`: the day of the check; None: dates in the future are not reported.
    `lines`: the line of each id, by file.
    `absent`: names of the files that do not exist.
    `unread`: names of the files that could not be read to the end.
    `incomplete`: names of the files of which a row or a column could not be read.
    `used`: the ids that something refers to, by file.
    `actor_ids`: the ids of actors by name, `aliases`: their names by alias.
    `withdrawn_names`: the lines of withdrawn actors by name.
    `urls`: the lines of sources by address.
    `happenings`: the lines of events by a hash of date, place and type.
    `questions`: event, measure and scope of each question, `answered`: those with a claim.
    `answers`: answers with numbers, by event, then by measure and scope.
    `date_answers`: answers with dates, by event, then by measure and question.
    `event_dates`: the EDTF of the first MOST_WHOLES events.
    `deferred_parts`: events read before the event that they are part of.
    `parents`: `part_of` by id, by file.
    `deferred`: references to rows of files that are read later.
    `misses`: how many references were not found.
    """

    today: datetime.date | None = None
    lines: dict[str, dict[str, int]] = field(default_factory=lambda: {f.name: {} for f in FILES})
    absent: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    incomplete: set[str] = field(default_factory=set)
    used: dict[str, set[str]] = field(default_factory=lambda: {f.name: set() for f in FILES})
    actor_ids: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    withdrawn_names: dict[str, int] = field(default_factory=dict)
    urls: dict[str, int] = field(default_factory=dict)
    happenings: dict[int, int] = field(default_factory=dict)
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    answers: dict[str, dict[tuple[str, str], list[Answer]]] = field(default_factory=dict)
    date_answers: dict[str, dict[tuple[str, str], list[DateAnswer]]] = field(default_factory=dict)
    event_dates: dict[str, str] = field(default_factory=dict)
    deferred_parts: list[DeferredPart] = field(default_factory=list)
    parents: dict[str, dict[str, str]] = field(default_factory=dict)
    deferred: list[Reference] = field(default_factory=list)
    misses: int = 0

    def known(self, file_name: str) -> dict[str, Any]:
        """Return what a cell may refer to: the ids of a file, or the names of actors."""
        return self.actor_ids if file_name == ACTOR_NAMES else self.lines[file_name]

    def find(self, file_name: str, target: str) -> bool:
        """Whether the target of a reference exists; if so, record that it is used."""
        known = self.known(file_name)
        if target not in known:
            return False
        if file_name == ACTOR_NAMES:
            self.used[ACTORS.name].add(known[target])
        else:
            self.used[file_name].add(target)
        return True

    def can_tell(self, file_name: str) -> bool:
        """Whether a target that was not found certainly does not exist.

        False for a file that may be absent and is, or could not be read to the end.
        """
        bare = file_name in self.absent and file_name in BARE_FILES
        return not bare and file_name not in self.unread

    def withdrawn_line(self, target_file: str, target: str) -> int | None:
        """Return the line of withdrawn.csv for the target of a reference, if there is one."""
        if target_file == ACTOR_NAMES:
            return self.withdrawn_names.get(target)
        return self.lines[WITHDRAWN.name].get(f"{target_file.removesuffix('s')} {target}")


Rule = Callable[[Record, Ledger], Iterator[Finding]]


# Every file


def check_id_once(file: CuratedFile, record: Record, ledger: Ledger) -> Iterator[Finding]:
    """An id occurs once in a file; record its line."""
    known = ledger.lines[file.name]
    # In withdrawn.csv, an actor and a source may have the same id.
    key = f"{record.values.get('kind')} {record.id}" if file is WITHDRAWN else record.id
    if key in known:
        yield Finding(f"the id is already in line {known[key]}: give this row another")
    else:
        known[key] = record.line


def check_not_withdrawn(file: CuratedFile, record: Record, ledger: Ledger) -> Iterator[Finding]:
    """The id of a withdrawn row is never used again."""
    line = None if file is WITHDRAWN else ledger.withdrawn_line(file.name, record.id)
    if line is not None:
        yield Finding(
            f"the id is that of a withdrawn {file.name[:-1]} (line {line} of {WITHDRAWN.path}): "
            "delete this row, or that one"
        )


def check_not_in_future(
    file: CuratedFile, record: Record, today: datetime.date
) -> Iterator[Finding]:
    """A date that begins after the day of the check probably has a wrong year."""
    last = today.toordinal()
    for name in _dated(file):
        date: EventDate | None = record.values.get(name)
        if date is not None and date.earliest_start is not None and date.earliest_start > last:
            yield Finding(
                f"{name} {shorten(date.text)} begins after {describe_day(last)}, "
                "the day of this check: is the year right?",
                "warning",
            )


@cache
def _dated(file: CuratedFile) -> tuple[str, ...]:
    return tuple(column.name for column in file.columns if column.kind == "date")


def check_references(file: CuratedFile, record: Record, ledger: Ledger) -> Iterator[Finding]:
    """What a row refers to exists. References to files that are read later are deferred."""
    for column in _referring(file):
        value = record.values.get(column.name)
        if value is None:
            continue
        read_later = column.refers_to in (file.name, EVENTS.name)
        for target_file, target in references(column, value):
            if target_file == file.name and target == record.id:
                yield Finding(f"{column.name} names the row itself: leave it blank")
            elif read_later:
                ledger.deferred.append(
                    Reference(file, record.line, record.id, column.name, target_file, target)
                )
            elif not ledger.find(target_file, target):
                yield from check_reference(column.name, target_file, target, ledger)


@cache
def _referring(file: CuratedFile) -> tuple[Column, ...]:
    return tuple(column for column in file.columns if column.refers_to)


def references(column: Column, value: Any) -> list[tuple[str, str]]:
    """Return the targets of a cell, each once: the file, and the id or name in it."""
    if column.kind == "actors":
        return [(ACTOR_NAMES, name) for name in dict.fromkeys(part.actor for part in value)]
    if not column.refers_to:
        return []
    return [(column.refers_to, target) for target in ([value] if isinstance(value, str) else value)]


def check_reference(
    column: str, target_file: str, target: str, ledger: Ledger
) -> Iterator[Finding]:
    """A target exists; record that it is used. `column` is the name of the referring column."""
    if ledger.find(target_file, target):
        return
    withdrawn = ledger.withdrawn_line(target_file, target)
    if withdrawn is not None:
        yield Finding(
            f"{column} {shorten(target)} was withdrawn: line {withdrawn} of {WITHDRAWN.path} "
            "says why; write what replaces it"
        )
    elif ledger.can_tell(_kept_in(target_file)):
        yield Finding(f"{column} {shorten(target)} {_not_found(target_file, target, ledger)}")


def _not_found(target_file: str, target: str, ledger: Ledger) -> str:
    """Return why a name or an id was not found, and what to do."""
    if target_file == ACTOR_NAMES and target in ledger.aliases:
        name = ledger.aliases[target]
        ledger.find(target_file, name)
        return f"is an alias of {name}: write {name}"
    path = next(file.path for file in FILES if file.name == _kept_in(target_file))
    known = ledger.known(target_file)
    pieces = [piece.strip() for piece in target.split(",")]
    if len(pieces) > 1 and any(piece in known for piece in pieces):
        return f'is not in {path}: separate several with "; ", each with its role'
    ledger.misses += 1
    hint = nearest(target, known) if ledger.misses <= MOST_HINTS else ""
    return f"is not in {path}: add it there or correct it here{hint}"


def _kept_in(target_file: str) -> str:
    return ACTORS.name if target_file == ACTOR_NAMES else target_file


def check_aliases(record: Record, _ledger: Ledger) -> Iterator[Finding]:
    """An alias with a language has a name directly after the colon."""
    for alias in record.values.get("aliases", ()):
        language, name = cells.split_language(alias)
        if language and (not name or name[0].isspace()):
            yield Finding(f"alias {shorten(alias)}: write the name directly after {language}:")


# Events


def check_event_id(record: Record, _ledger: Ledger) -> Iterator[Finding]:
    """The id of an event begins with a date, on which the event can have happened."""
    date: EventDate | None = record.values.get("date")
    try:
        named = cells.id_date(record.id)
        if date is not None and date.text == named:
            return
        day = parse_date(named)
    except CellError as error:
        yield Finding(str(error))
        return
    except DateError:
        yield Finding(f"the id begins with {named}, which is no date: begin with one")
        return
    if date is not None and not date.possibly(day):
        yield Finding(
            f"the id names {named}, which is no day of {shorten(date.text)}: check the date; "
            "an id that was published stays as it is",
            "warning",
        )


def check_location(record: Record, _ledger: Ledger) -> Iterator[Finding]:
    """Coordinates are on the Earth, complete, and agree with the precision of the location."""
    values = record.values
    latitude, longitude = values.get("latitude"), values.get("longitude")
    precision = values.get("location_precision")
    if record.is_blank("latitude") != record.is_blank("longitude"):
        yield Finding("latitude and longitude go together: fill both or neither")
    if latitude is not None and not -90 <= latitude <= 90:
        yield Finding(f"latitude {latitude} is not between -90 and 90: were the two swapped?")
    if longitude is not None and not -180 <= longitude <= 180:
        yield Finding(f"longitude {longitude} is not between -180 and 180: correct it")
    if latitude == 0 and longitude == 0:
        yield Finding("0, 0 is a point in the Gulf of Guinea: leave both blank if unknown")
    pointless = precision in ("country", "none")
    if pointless and (latitude is not None or longitude is not None):
        yield Finding(
            f"location_precision {precision} has no point: leave latitude and longitude blank, "
            "or say how exactly the point is known"
        )
    if precision == "country" and record.is_blank("country"):
        yield Finding("location_precision country needs a country: fill it, or write none")
    radius = values.get("radius_km")
    if radius is not None and (record.is_blank("latitude") or radius <= 0):
        yield Finding("radius_km goes with a point and is above 0: fill the point or leave blank")


def check_figures(record: Record, _ledger: Ledger) -> Iterator[Finding]:
    """Low, best and high are in this order, and have a scope."""
    values = record.values
    if _FIGURE_NAMES.isdisjoint(values) and record.is_blank("killed_scope"):
        return
    for names in _FIGURES:
        yield from check_bounds(values, *names)
    if record.is_blank("killed_scope"):
        yield Finding("killed_scope is blank: say whom the figures count")
    elif record.is_blank(*_FIGURE_NAMES):
        yield Finding("killed_scope is filled but no figure is: leave it blank", "warning")


BOUNDS = ("low", "best", "high")
_FIGURES = [[f"{verb}_{bound}" for bound in BOUNDS] for verb in VERBS]
_FIGURE_NAMES = frozenset(name for names in _FIGURES for name in names)
_LANGUAGE = re.compile("[a-z]{2,3}")


def check_bounds(values: dict[str, Any], *names: str) -> Iterator[Finding]:
    """Each of these figures is at most the next one that is filled."""
    filled = [(name, values[name]) for name in names if name in values]
    for (lower, low), (upper, high) in pairwise(filled):
        if low > high:
            yield Finding(f"{lower} {low} is above {upper} {high}: correct one of them")


def check_figures_against_claims(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """The low and high of an event are the extremes of the answers that count.

    Those are the answers of the same scope with a counting standing. A blank bound means the
    best figure. High may also be blank if the highest answer is "at least" and equals low.
    """
    values = record.values
    scope = values.get("killed_scope", "")
    for (verb, scope_asked), answers in ledger.answers.get(record.id, {}).items():
        if scope_asked != scope or not record.unreadable.isdisjoint(_FIGURE_NAMES):
            continue
        for bound, extreme in _extremes(answers):
            implied = values.get(f"{verb}_best")
            if implied is None and bound == "high" and extreme.open_above:
                implied = values.get(f"{verb}_low")
            stated = getattr(extreme, bound)
            if values.get(f"{verb}_{bound}", implied) == stated:
                continue
            found = values.get(f"{verb}_{bound}", "blank")
            yield Finding(
                f"{verb}_{bound} is {found}, but its claim {extreme.claim} says {stated}: "
                f"write {stated}, or reconsider the claim's standing or the question's scope"
            )


def _extremes(answers: Sequence[Answer]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer with the lowest low and the one with the highest high."""
    lows = [(a.low, a.claim, a) for a in answers if a.low is not None]
    # Of 17 and "at least 17", the first is the highest: a closed answer ends the range.
    highs = [(a.high, not a.open_above, a.claim, a) for a in answers if a.high is not None]
    if lows:
        yield "low", min(lows)[-1]
    if highs:
        yield "high", max(highs)[-1]


def check_date_against_claims(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """The date of an event agrees with at least one counting answer to each question about it."""
    date: EventDate | None = record.values.get("date")
    of_event = ledger.date_answers.get(record.id)
    if date is None or of_event is None:
        return
    for (measure, question), answers in of_event.items():
        if not any(_fits(date, measure, parse_date(answer.value)) for answer in answers):
            named = ", ".join(f"{a.value} (claim {a.claim})" for a in answers[:MOST_NAMED])
            more = len(answers) - MOST_NAMED
            yield Finding(
                f"by its date {shorten(date.text)} the event cannot have {_HAPPENED[measure]} when "
                f"the answers to {question} say: {named}{f' and {more} more' if more > 0 else ''}; "
                "correct the date, or reconsider the claims' standing",
                "warning",
            )


_HAPPENED = {"began": "begun", "ended": "ended", "date": "happened"}


def _fits(date: EventDate, measure: str, answer: EventDate) -> bool:
    """Whether an event can have begun, ended or been under way on a day of the answer."""
    if measure == "date":
        return date.possibly(answer)
    # A date that is all of a set began with the first of them and ended with the last.
    readings = [date] if date.relation == "all of" else date.spans
    side = "start" if measure == "began" else "end"
    return any(
        _meet(getattr(reading, f"earliest_{side}"), getattr(reading, f"latest_{side}"), span)
        for reading in readings
        for span in answer.spans
    )


def _meet(first: int | None, last: int | None, span: Span) -> bool:
    return _low(first) <= _high(span.latest_end) and _low(span.earliest_start) <= _high(last)


def _low(day: int | None) -> float:
    return -inf if day is None else day


def _high(day: int | None) -> float:
    return inf if day is None else day


def check_part(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """The date of a part can be within the date of the whole, whose figures include it.

    Only the first MOST_WHOLES events of the file are compared with their parts. A part after
    those is compared if its whole is one of them.
    """
    date, whole = record.values.get("date"), record.values.get("part_of")
    if date is None:
        return
    has_room = len(ledger.event_dates) < MOST_WHOLES
    if has_room:
        ledger.event_dates.setdefault(record.id, date.text)
    if whole is None or whole == record.id:
        return
    if whole in ledger.event_dates:
        yield from check_within(date, whole, ledger.event_dates[whole])
    elif has_room:
        ledger.deferred_parts.append(DeferredPart(record.line, record.id, whole, date.text))


def check_within(part: EventDate, whole: str, whole_date: str) -> Iterator[Finding]:
    """Some reading of the part's date is within the date of the whole, given in EDTF."""
    dates = parse_date(whole_date)
    late_enough = _low(dates.earliest_start) <= _high(part.latest_start)
    early_enough = _low(part.earliest_end) <= _high(dates.latest_end)
    if not (late_enough and early_enough):
        yield Finding(
            f"by its date {shorten(part.text)} the event cannot lie within {whole}, which it is "
            f"part_of, dated {shorten(whole_date)}: correct a date, or leave part_of blank",
            "warning",
        )


def check_happening(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """Two events of the same type, place and date may be one event entered twice."""
    values = record.values
    place, date = values.get("place"), values.get("date")
    if place is None or date is None:
        return
    key = hash((date.text, place, values.get("country"), values.get("type")))
    first = ledger.happenings.setdefault(key, record.line)
    if first != record.line:
        yield Finding(
            f"same date, place and type as line {first}: if it is the same event, "
            "merge the two rows",
            "warning",
        )


# Actors and sources


def check_actor(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """A name can be written in events.csv and is that of one actor; record it with its aliases."""
    name = record.values.get("name")
    if name is None:
        return
    if ";" in name or name.endswith(")"):
        yield Finding(
            f"name {shorten(name)} holds ; or ends in a bracket, which events.csv needs "
            "for its lists and roles: write it without"
        )
    if name in ledger.actor_ids:
        yield Finding(
            f"name {shorten(name)} is already that of {ledger.actor_ids[name]}: "
            "keep one row and merge the other into it"
        )
    ledger.actor_ids.setdefault(name, record.id)
    for alias in record.values.get("aliases", ()):
        ledger.aliases.setdefault(cells.split_language(alias)[1], name)


def check_source(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """An address is that of one source and does not track readers; a language is a code."""
    url = record.values.get("url")
    if url is not None:
        first = ledger.urls.setdefault(cells.same_address(url), record.line)
        if first != record.line:
            yield Finding(f"url is already that of line {first}: keep one row for one document")
        for parameter in cells.tracking_parameters(url):
            yield Finding(f"url holds {parameter}, which only tracks readers: cut it", "warning")
    language = record.values.get("language")
    if language is not None and not _LANGUAGE.fullmatch(language):
        yield Finding(f"language {shorten(language)} is not an ISO 639 code such as en, fr or ar")


def check_hosts(record: Record, _ledger: Ledger) -> Iterator[Finding]:
    """A reader can tell from an address whose page it is; a copy is kept by an archive."""
    for name in ("url", "archived_url"):
        if name in record.values:
            yield from _check_host(name, cells.host_of(record.values[name]))
    archived = record.values.get("archived_url")
    if archived is not None and not _is_archive(cells.host_of(archived)):
        yield Finding(
            f"archived_url {shorten(archived)} is at none of the web archives we know: "
            "write a copy at web.archive.org, archive.ph, perma.cc or another archive",
            "warning",
        )


def _check_host(column: str, host: str) -> Iterator[Finding]:
    shown = cells.shown_host(host)
    if fault := mixed_word(shown, LOOK_ALIKES):
        yield Finding(f"{column} has the host {host}, which {fault}")
    elif shown != host:
        yield Finding(
            f"{column} has the host {host}, which a browser may show as {shorten(shown)}: "
            "make sure that it is the site you mean",
            "warning",
        )
    if cells.is_numeric(host):
        yield Finding(
            f"{column} has the number {host} in place of a host: write the name of the site",
            "warning",
        )


def _is_archive(host: str) -> bool:
    """Whether a host is that of a web archive, or below it."""
    labels = host.split(".")
    return any(".".join(labels[place:]) in WEB_ARCHIVES for place in range(len(labels)))


# Questions and claims


def check_question(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """A question has the scope and the unit that its measure needs; record it."""
    values = record.values
    measure = values.get("measure")
    ledger.questions[record.id] = {k: values.get(k) for k in ("event", "measure", "scope")}
    if measure is None:
        return
    if measure in SCOPED_MEASURES and record.is_blank("scope"):
        yield Finding(f"scope is blank: say whom the answers about {measure} count")
    if measure not in SCOPED_MEASURES and "scope" in values:
        yield Finding(
            f"scope goes with {' and '.join(sorted(SCOPED_MEASURES))} only: leave it blank"
        )
    if measure in COUNTED_MEASURES and record.is_blank("unit"):
        yield Finding("unit is blank: say what one of the number is, such as people")


def check_claim(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """A claim is short, and answers what its question asks; record its answer."""
    values = record.values
    yield from check_bounds(values, *BOUNDS)
    words = len(values.get("said", "").split())
    if words > MOST_WORDS_SAID:
        yield Finding(f"said has {words} words: paraphrase it in at most {MOST_WORDS_SAID}")
    question = ledger.questions.get(values.get("question", ""))
    if question is None:
        return
    ledger.answered.add(values["question"])
    if question["measure"] is not None:
        yield from check_answer(record, question["measure"])
    _note_answer(record, question, ledger)


def check_answer(record: Record, measure: str) -> Iterator[Finding]:
    """A claim has what the measure of its question calls for: a count, a date or words."""
    values = record.values
    numbers = [bound for bound in BOUNDS if bound in values]
    value = values.get("value")
    if values.get("relation") == "other-measure":
        return
    if measure not in COUNTED_MEASURES and numbers:
        yield Finding(f"a question about {measure} is not answered by a number: use value")
    if record.is_blank(*BOUNDS, "value"):
        what = "low, best or high" if measure in COUNTED_MEASURES else "value"
        yield Finding(f"a question about {measure} is answered in {what}: fill it")
    if numbers and value is not None:
        yield Finding("value is for answers that are no number: leave it blank")
    if measure in DATED_MEASURES and value is not None:
        try:
            cells.parse_edtf(value)
        except CellError as error:
            yield Finding(f"value: {error}")


def _note_answer(record: Record, question: dict[str, Any], ledger: Ledger) -> None:
    values = record.values
    if values.get("relation") != "answers" or values.get("standing") not in COUNTING_STANDINGS:
        return
    if question["event"] is None:
        return
    if question["measure"] in DATED_MEASURES:
        _note_date_answer(record, question, ledger)
    if question["measure"] not in SCOPED_MEASURES:
        return
    high = values.get("high", values.get("best", values.get("low")))
    open_above = record.is_blank("best", "high")
    answer = Answer(record.id, values.get("low", values.get("best")), high, open_above)
    of_event = ledger.answers.setdefault(question["event"], {})
    of_event.setdefault((question["measure"], question["scope"] or ""), []).append(answer)


def _note_date_answer(record: Record, question: dict[str, Any], ledger: Ledger) -> None:
    value = record.values.get("value", "")
    try:
        parse_date(value)
    except DateError:
        return
    of_event = ledger.date_answers.setdefault(question["event"], {})
    key = (question["measure"], record.values["question"])
    of_event.setdefault(key, []).append(DateAnswer(record.id, value))


# Withdrawn


def note_withdrawn(record: Record, ledger: Ledger) -> Iterator[Finding]:
    """Record the name of a withdrawn actor, because events refer to actors by name."""
    if record.values.get("kind") == "actor" and "title" in record.values:
        ledger.withdrawn_names.setdefault(record.values["title"], record.line)
    yield from ()


RULES: dict[str, tuple[Rule, ...]] = {
    EVENTS.name: (
        check_event_id,
        check_location,
        check_figures,
        check_figures_against_claims,
        check_date_against_claims,
        check_part,
        check_happening,
        check_aliases,
    ),
    ACTORS.name: (check_actor, check_aliases),
    SOURCES.name: (check_source, check_hosts),
    QUESTIONS.name: (check_question,),
    CLAIMS.name: (check_claim,),
    WITHDRAWN.name: (note_withdrawn,),
}
