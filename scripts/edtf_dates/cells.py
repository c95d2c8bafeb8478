"""Dates in the cells of a table that nobody prepared, as people and programs write them.

`decide_reading` looks at all rows and settles what no cell says by itself: whether 03/04/1991 is in
April or in March, and whether midnight is a time of day. `read_cells` then reads one row.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from edtf_dates import TEXT_LIMIT, YEAR_LIMIT, DateError, parse_date, spell_year
from edtf_dates.bounds import Bound
from edtf_dates.clock import take_time
from edtf_dates.guesses import explain_refusal, guess_edtf
from edtf_dates.parser import common_days
from edtf_dates.units import spell_range

_BOUNDS = ("earliest", "latest", "earliest_end", "latest_end")
# What a cell can be. Where a month or a day is blank, 0 or below, it is not known. Beside an
# earliest and a latest beginning, `date` stands for the one that is blank, and `end` likewise.
ROLES = (
    *("date", "end", "year", "month", "day", "end_year", "end_month", "end_day"),
    *("time", "end_time", *_BOUNDS, "precision"),
)
ORDERS = ("day first", "month first")
YEARS = ("astronomical", "historical")
# How exact a date is. Of what is not exact to the day, two cells are bounds, not a duration:
# "bounds" says only that. The "nth century" ends with a round year: 1900 is in the 19th.
PRECISIONS = (
    *("day", "days", "week", "month", "year", "decade", "century", "millennium"),
    *("nth century", "nth millennium", "bounds"),
)
# What the codes of published sets mean.
READY_CODES: Mapping[str, Mapping[str, str]] = {
    # UCDP Georeferenced Event Dataset, date_prec.
    "ucdp": {"1": "day", "2": "days", "3": "week", "4": "month", "5": "year"},
    # Armed Conflict Location and Event Data, time_precision.
    "acled": {"1": "day", "2": "week", "3": "month"},
    # Wikibase, the precision of a time.
    "wikidata": {
        **{"11": "day", "10": "month", "9": "year"},
        **{"8": "decade", "7": "nth century", "6": "nth millennium"},
    },
}

_ALONE = ("date",)
# What many programs write where nothing is known.
_BLANK = frozenset({"", "na", "n/a", "nan", "null"})
_LONGEST_BLANK = max(map(len, _BLANK))
_NO_END = frozenset({"..", "ongoing", "present", "now", "open"})
_NUMBER = re.compile(r"[+-]?\d+(?:\.0*)?")
# A number of more digits without a sign is a day without hyphens, or a spreadsheet's day.
_YEAR = re.compile(r"([+-]\d+|\d{1,4})(?:\.0*)?")
# Wikibase writes +2015-00-00 for a year alone.
_ISO_DAY = re.compile(r"(\d{4}|[+-]\d{4,})-(\d\d)-(\d\d)")
_TIMED_INTERVAL = re.compile(r"(\d{4}-\d\d-\d\d[^/]*:[^/]*)/(\d{4}-\d\d-\d\d[^/]*)")
_NUMERIC = re.compile(r"(?<!\d)(\d\d?)([-/. ])(\d\d?)\2(\d{4}|\d\d)(?!\d)")
_NOT_MIDNIGHT = re.compile(r"[1-9]\d?:|:\d?[1-9]")
_NUMERIC_DAY = re.compile(r"(\d\d?)[-/.](\d\d?)[-/.](\d{4})")
# Seconds since 1970, or an identifier.
_NO_YEAR = re.compile(r"\d{10,}")
_EDTF_DATE = re.compile(r"(-?\d{4})(-\d\d)?(-\d\d)?([?~%]?)")
# The digits of a year that a precision leaves; the years of what is numbered from 1.
_DIGITS_LEFT = {"year": 4, "decade": 3, "century": 2, "millennium": 1}
_YEARS_NUMBERED = {"nth century": 100, "nth millennium": 1000}
_DAYS_AROUND = {"days": 1, "week": 3}


@dataclass(frozen=True)
class Reading:
    """How the cells of a row are read.

    `roles`: what each cell is. `order`: "day first" or "month first". `years`: "historical" if a
    year of -44, or a day of -0044-03-15, is in 44 BCE, and not in 45 BCE as in EDTF. `precisions`:
    pairs of a code and a precision. `has_times`: whether a time of day is one; if not, all are
    midnight.
    """

    roles: tuple[str, ...]
    order: str = "day first"
    years: str = "astronomical"
    precisions: tuple[tuple[str, str], ...] = ()
    has_times: bool = False

    def to_json(self) -> str:
        """Return the reading as a text that `from_json` reads."""
        return json.dumps(vars(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Reading:
        """Return the reading of which `to_json` made a text."""
        given = json.loads(text)
        pairs = tuple((code, precision) for code, precision in given.pop("precisions"))
        return cls(**given | {"roles": tuple(given["roles"]), "precisions": pairs})


@dataclass(frozen=True)
class Notes:
    """What was seen of a table: whether its order was settled by nothing, and if it has times."""

    order_is_a_guess: bool = False
    has_times: bool = False


@dataclass(frozen=True)
class CellDate:
    """A date as text that `four_days.read_text` reads, with the times of its beginning and end.

    Times are seconds of the day, None if not known.
    """

    text: str
    times: tuple[int | None, int | None] = (None, None)


class CellError(ValueError):
    """Cells that are no date. The message says why."""


def read_cells(reading: Reading, cells: Sequence[object]) -> CellDate | None:
    """Return the date of a row, None if its cells are blank.

    Raises CellError for what cannot be read.
    """
    if reading.roles == _ALONE and isinstance(cells[0], str) and common_days(cells[0]):
        return CellDate(cells[0])
    given = {
        role: cell for role, cell in zip(reading.roles, cells, strict=True) if not _is_blank(cell)
    }
    if given.keys() <= {"precision", "time", "end_time"}:
        return None
    try:
        return _read(reading, given)
    except DateError as error:
        raise CellError(error.message) from None


def decide_reading(
    roles: Sequence[str],
    rows: Iterable[Sequence[object]],
    order: str = "",
    years: str = "",
    codes: Mapping[str, str] | None = None,
) -> tuple[Reading, Notes]:
    """Return how the rows of a table are read, and what was seen of them.

    `order` and `years` are settled if given. Without an order, one number above 12 settles it.
    """
    pairs = tuple((codes or {}).items())
    reading = Reading(tuple(roles), order or ORDERS[0], years or YEARS[0], pairs, has_times=True)
    above: set[int] = set()
    has_numeric = has_times = False
    for row in rows:
        for numbers in _numeric_dates(row):
            has_numeric = True
            above |= {place for place, number in enumerate(numbers) if number > 12}
        has_times = has_times or _has_time(reading, row)
    found = order or (ORDERS[1] if above == {1} else ORDERS[0])
    notes = Notes(has_numeric and not order and len(above) != 1, has_times)
    return replace(reading, order=found, has_times=has_times), notes


def _numeric_dates(row: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Yield the first two numbers of each date such as 26/06/2015, whose order is in question."""
    for cell in row:
        if isinstance(cell, str):
            for found in _NUMERIC.finditer(cell[:TEXT_LIMIT]):
                yield int(found[1]), int(found[3])


def _has_time(reading: Reading, row: Sequence[object]) -> bool:
    """Whether a row has a date that can be read, with a time of day that is not midnight."""
    if not any(isinstance(cell, str) and _NOT_MIDNIGHT.search(cell) for cell in row):
        return False
    try:
        found = read_cells(reading, row)
    except CellError:
        return False
    return found is not None and any(found.times)


# Columns


def looks_like_dates(cells: Iterable[object], is_year: bool = False) -> float:
    """Return which share of the cells that are filled a person would take for dates.

    `is_year`: a number of any size may be a year; else one from 1000 to 2100.
    """
    filled = [cell for cell in cells if not _is_blank(cell)]
    dates = sum(_looks_like_date(cell, is_year) for cell in filled)
    return dates / len(filled) if filled else 0.0


# What stands beside numbers that are no dates too: "about 12", "10 or 12", "4th".
_COMMON_WORDS = re.compile(
    r"\b(?:about|around|approx|ca?|circa|before|after|until|from|between|since|to|and|or|the|of)\b"
    r"|(?<=\d)(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")


def _looks_like_date(cell: object, is_year: bool) -> bool:
    try:
        text = _text_of(cell)
        edtf = _read_cell(Reading(_ALONE), cell).text
    except ValueError:
        return False
    if _NUMBER.fullmatch(text):
        is_day = len(text) == 8 and "-" in edtf
        return is_year or is_day or 1000 <= _whole(text) <= 2100
    # A month alone is also a name.
    if edtf == ".." or edtf.startswith("XXXX"):
        return False
    return bool(_LETTER.search(_COMMON_WORDS.sub("", text))) or _are_of_dates(text)


def _are_of_dates(text: str) -> bool:
    """Whether the numbers of a text are those of a day, or all its long ones are years."""
    if _NUMERIC.search(text) or re.match(r"[+-]?\d{4,}-\d\d-\d\d", text):
        return True
    years = [int(digits) for digits in re.findall(r"\d{3,}", text)]
    return bool(years) and all(1000 <= year <= 2100 for year in years)


# A row


def _read(reading: Reading, given: Mapping[str, object]) -> CellDate:
    start = _side(reading, given, "date", "")
    end = _side(reading, given, "end", "end_")
    if start and end is None:
        end = _end_by_time(reading, start, given.get("end_time"))
    bounds = {role: _read_cell(reading, given[role]) for role in _BOUNDS if role in given}
    precision = dict(reading.precisions).get(_plain_code(given.get("precision")), "day")
    if bounds:
        start = _one_between(*(bounds.get(role, start) for role in _BOUNDS[:2]))
        end = _one_between(*(bounds.get(role, end) for role in _BOUNDS[2:]))
    elif precision != "day" and start and end and len({start.text, end.text, ".."}) == 3:
        start, end = _one_between(start, end), None
    else:
        start, end = (one and _as_exact(one, precision) for one in (start, end))
    if {one.text for one in (start, end) if one} <= {".."}:
        raise CellError("there is neither a beginning nor an end")
    return _from_to(start, end)


def _plain_code(code: object) -> str:
    """Return a code as its list has it: a column with blanks comes out of many tools as 2.0."""
    if isinstance(code, int) and abs(code) > YEAR_LIMIT:
        return ""
    text = str(code).strip()
    return text.partition(".")[0] if _NUMBER.fullmatch(text) else text


def _side(
    reading: Reading, given: Mapping[str, object], whole: str, prefix: str
) -> CellDate | None:
    """Return the beginning or the end: of one cell, or of a year, a month and a day."""
    found = _read_cell(reading, given[whole]) if whole in given else None
    found = found or _joined(reading, *(given.get(prefix + part) for part in _PARTS))
    time = given.get(f"{prefix}time")
    if found is None or found.times[0] is not None or not isinstance(time, str):
        return found
    return _timed(reading, found.text, _take_time(time)[1])


def _end_by_time(reading: Reading, start: CellDate, time: object) -> CellDate | None:
    """Return the end of what has only a time for it: on the same day, or in the night after it."""
    end = _timed(reading, start.text, _take_time(time)[1]) if isinstance(time, str) else start
    (begun, _), (ended, _) = start.times, end.times
    if end is start or ended is None:
        return None
    if begun is None or begun <= ended:
        return end
    night = (_days_of(start.text)[1] or 0) + 1
    return CellDate(spell_range(night, night), end.times)


_PARTS = ("year", "month", "day")


def _joined(reading: Reading, year: object, month: object, day: object) -> CellDate | None:
    """Return the date of a year, a month and a day, each of a cell of its own."""
    known = [*takewhile(bool, map(_known, (month, day)))]
    if year is None:
        if _known(month) or _known(day):
            raise CellError("there is a month or a day, and no year")
        return None
    parts = [_text_of(year), *known]
    if all(map(_NUMBER.fullmatch, parts)):
        return CellDate(_spelled(reading, *map(_whole, parts)))
    return _read_cell(reading, " ".join(reversed(parts)))


def _known(part: object) -> str:
    """Return a month or a day as text, nothing if it is not known."""
    text = "" if part is None else _text_of(part)
    return "" if _NUMBER.fullmatch(text) and _whole(text) <= 0 else text


def _whole(text: str) -> int:
    return int(text.partition(".")[0])


def _spelled(reading: Reading, year: int, *rest: int) -> str:
    """Return a year, month and day in EDTF, as far as they are known."""
    if reading.years == "historical" and year <= 0:
        if not year:
            raise CellError("there is no year 0: -1 is 1 BCE, and 1 follows it")
        year += 1
    # A year of more than four digits has no months in EDTF.
    known = takewhile(lambda part: part > 0, rest if abs(year) <= 9999 else ())
    return _valid("-".join([spell_year(year), *(f"{part:02}" for part in known)]))


def _as_exact(date: CellDate, precision: str) -> CellDate:
    """Return a date that is as exact as its precision, and not more exact than it was."""
    found = _EDTF_DATE.fullmatch(date.text)
    if found is None or precision in ("day", "bounds"):
        return date
    year, month, day, mark = found.groups(default="")
    if precision == "month":
        return CellDate(f"{year}{month}{mark}")
    if precision in _DIGITS_LEFT:
        left = _DIGITS_LEFT[precision] + year.startswith("-")
        return CellDate(f"{year[:left].ljust(len(year), 'X')}{mark}")
    if precision in _YEARS_NUMBERED:
        step = _YEARS_NUMBERED[precision]
        first = (int(year) - 1) // step * step + 1
        return CellDate(f"[{spell_year(first)}..{spell_year(first + step - 1)}]")
    if not day or mark:
        return date
    middle, around = parse_date(date.text).earliest_start or 0, _DAYS_AROUND[precision]
    return CellDate(_between_days(middle - around, middle + around))


def _from_to(start: CellDate | None, end: CellDate | None) -> CellDate:
    """Return the date of what lasts from a beginning to an end; the beginning if there is none."""
    start = start or CellDate("..")
    if end is None:
        return start
    times = (start.times[0], end.times[0] if end.times[1] is None else end.times[1])
    if start.text == end.text:
        if times[0] is not None and times[1] is not None and times[0] > times[1]:
            raise CellError("it ends before it begins")
        return CellDate(start.text, times)
    first, last = start.text.partition("/")[0], end.text.rpartition("/")[2]
    if not {first[:1], last[:1]} & {"[", "{"}:
        return CellDate(_valid(f"{first}/{last}"), times)
    return CellDate(_by_four_days(*_days_of(first), *_days_of(last)), times)


def _by_four_days(*days: Bound) -> str:
    """Return what `four_days.read_text` reads as a date with these four days."""
    if days[0] is not None and days[3] is not None and days[0] > days[3]:
        raise CellError("it ends before it begins")
    return f"{spell_range(*days[:2])}/{spell_range(*days[2:])}"


def _one_between(first: CellDate | None, last: CellDate | None) -> CellDate | None:
    """Return one date that is not before the first, and not after the last."""
    if first is None and last is None:
        return None
    if first == last:
        return first
    earliest, latest = (_days_of(one.text if one else "..") for one in (first, last))
    return CellDate(_between_days(earliest[0], latest[1]))


def _between_days(first: Bound, last: Bound) -> str:
    """Return the EDTF of one date from the first day to the last."""
    if first is not None and last is not None and first > last:
        raise CellError("the latest day is before the earliest")
    text = spell_range(first, last)
    return f"[{text}]" if ".." in text and text != ".." else text


def _days_of(text: str) -> tuple[Bound, Bound]:
    """Return the first and the last day of a date, of which `..` and a blank are none."""
    if text in ("", ".."):
        return None, None
    date = parse_date(text)
    return date.earliest_start, date.latest_end


# A cell


def _is_blank(cell: object) -> bool:
    if not isinstance(cell, str):
        return cell is None
    return len(text := cell.strip()) <= _LONGEST_BLANK and text.casefold() in _BLANK


def _text_of(cell: object) -> str:
    """Return a cell as text, in the digits of EDTF."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise CellError("this is no text")
    if isinstance(cell, float):
        if not cell.is_integer():
            raise CellError(f"{cell} is no whole number")
        cell = int(cell)
    if isinstance(cell, int):
        if abs(cell) > YEAR_LIMIT:
            raise CellError("the number is too large for a year")
        return str(cell)
    text = cell.strip()
    if len(text) > TEXT_LIMIT:
        raise CellError(f"it is longer than {TEXT_LIMIT:,} characters")
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def _read_cell(reading: Reading, cell: object) -> CellDate:
    text = _text_of(cell)
    if "/" in text and (interval := _TIMED_INTERVAL.fullmatch(text)):
        return _from_to(*(_read_cell(reading, end) for end in interval.groups()))
    day, seconds = _take_time(text)
    return _timed(reading, _read_day(reading, day), seconds)


def _take_time(text: str) -> tuple[str, int | None]:
    try:
        return take_time(text)
    except ValueError as error:
        raise CellError(str(error)) from None


def _timed(reading: Reading, text: str, seconds: int | None) -> CellDate:
    """Return a date with its time of day, if it is one day and times are kept."""
    is_day = seconds is not None and (found := _EDTF_DATE.fullmatch(text)) and found[3]
    return CellDate(text, (seconds, None) if is_day and reading.has_times else (None, None))


def _read_day(reading: Reading, text: str) -> str:
    if common_days(text):
        return text
    if text.casefold() in _NO_END:
        return ".."
    if found := _YEAR.fullmatch(text) or _ISO_DAY.fullmatch(text):
        return _spelled(reading, *(int(part) for part in found.groups() if part))
    if _NO_YEAR.fullmatch(text):
        raise CellError("the number is too large for a year")
    try:
        return parse_date(text).text
    except DateError as error:
        return _guessed(reading, text, error)


def _guessed(reading: Reading, text: str, error: DateError) -> str:
    """Return what a person meant by a text that is not EDTF."""
    if reading.order == ORDERS[1]:
        text = _NUMERIC.sub(r"\3\2\1\2\4", text)
    if found := _NUMERIC_DAY.fullmatch(text):
        # The commonest of what a person writes, without the many patterns of a guess.
        first, second, year = (number.zfill(2) for number in found.groups())
        for day in (f"{year}-{second}-{first}", f"{year}-{first}-{second}"):
            if common_days(day):
                return day
    guesses = guess_edtf(text)
    if guesses:
        return guesses[0]
    # A day that the calendar does not have is written with two numbers at least.
    no_such_day = explain_refusal(text) if len(re.findall(r"\d+", text)) > 1 else None
    is_nearly_edtf = re.fullmatch(r"[-\dXY./?~%]+", text)
    why = error.message if is_nearly_edtf else "it is no date that is understood"
    raise CellError(no_such_day or why)


def _valid(text: str) -> str:
    """Return EDTF; raises DateError for what is none."""
    return parse_date(text).text
