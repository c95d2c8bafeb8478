"""Dates in the cells of a table that nobody prepared, as people and programs write them.

`decide_reading` looks at all rows and settles what no cell says by itself: whether 03/04/1991 is in
April or in March, and whether midnight is a time of day. `read_cells` then reads one row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from edtf_dates import DateError, EventDate, from_ordinal, parse_date, spell_year
from edtf_dates.guesses import guess_edtf

# What a cell can be. With a year, a month and a day apart, the latter two may be blank or 0.
ROLES = (
    *("date", "end", "year", "month", "day", "end_year", "end_month", "end_day"),
    *("earliest", "latest", "earliest_end", "latest_end", "precision"),
)
ORDERS = ("day first", "month first")
YEARS = ("astronomical", "historical")
# How exact a date is. Of what is not exact to the day, two cells are bounds, not a duration.
PRECISIONS = ("day", "days", "week", "month", "year", "decade", "century", "millennium")
# What the codes of published sets mean.
READY_CODES: Mapping[str, Mapping[str, str]] = {
    # UCDP Georeferenced Event Dataset, date_prec.
    "ucdp": {"1": "day", "2": "days", "3": "week", "4": "month", "5": "year"},
    # Armed Conflict Location and Event Data, time_precision.
    "acled": {"1": "day", "2": "week", "3": "month"},
    # Wikibase, the precision of a time.
    "wikidata": {
        **{"11": "day", "10": "month", "9": "year"},
        **{"8": "decade", "7": "century", "6": "millennium"},
    },
}

_LONGEST = 200
# A day of the calendar as written, and what may follow it.
_DAY_AND_TIME = re.compile(
    r"(?P<day>[+-]?\d{4,}-\d\d-\d\d)"
    r"(?:[T ]\s*(?P<time>\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
)
_TIME_AT_END = re.compile(
    r"(?P<day>.*?\d.*?)(?:,| at)?\s+(?P<time>\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?)"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"(\d\d?)([-/. ])(\d\d?)\2(\d{4}|\d\d)")
_YEAR = re.compile(r"[+-]?\d{1,4}|-\d+")
_DIGITS = re.compile(r"\d+(?:\.0*)?")
_COMPLETE = re.compile(r"(-?\d{4})-(\d\d)-(\d\d)")
_NO_END = frozenset({"..", "ongoing", "present", "now", "open"})
# The digits of a year that a precision leaves.
_DIGITS_LEFT = {"decade": 3, "century": 2, "millennium": 1}
_DAYS_AROUND = {"days": 1, "week": 3}


@dataclass(frozen=True)
class Reading:
    """How the cells of a row are read.

    `roles`: what each cell is. `order`: "day first" or "month first". `years`: "historical" if a
    year of -44 is 44 BCE, and not 45 BCE as in EDTF. `precisions`: pairs of a code and a
    precision. `has_times`: whether a time of day is one; if not, all are midnight.
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
    given = {
        role: cell
        for role, cell in zip(reading.roles, cells, strict=True)
        if not (cell is None or (isinstance(cell, str) and not cell.strip()))
    }
    code = given.pop("precision", None)
    if not given:
        return None
    try:
        return _read(reading, given, code)
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
        for numeric in filter(None, map(_numeric, row)):
            has_numeric = True
            above |= {n for n, part in enumerate(numeric) if part > 12}
        has_times = has_times or any(_times(reading, row))
    found = order or (ORDERS[1] if above == {1} else ORDERS[0])
    notes = Notes(has_numeric and not order and len(above) != 1, has_times)
    return replace(reading, order=found, has_times=has_times), notes


def _times(reading: Reading, row: Sequence[object]) -> tuple[int | None, int | None]:
    """Return the times of a row; without any if it cannot be read, or has none."""
    if not any(isinstance(cell, str) and ":" in cell for cell in row):
        return None, None
    try:
        found = read_cells(reading, row)
    except CellError:
        return None, None
    return found.times if found else (None, None)


def looks_like_dates(cells: Iterable[object], is_year: bool = False) -> float:
    """Return which share of the cells that are filled a person would take for dates.

    `is_year`: a number of any size may be a year; else one from 1000 to 2100.
    """
    filled = [cell for cell in cells if cell is not None and str(cell).strip()]
    reading = Reading(("date",))
    dates = sum(_looks_like_date(reading, cell, is_year) for cell in filled)
    return dates / len(filled) if filled else 0.0


def _looks_like_date(reading: Reading, cell: object, is_year: bool) -> bool:
    text = str(cell).strip()
    if not is_year and re.fullmatch(r"[+-]?\d{1,6}(?:\.\d*)?", text):
        return text.partition(".")[2].strip("0") == "" and 1000 <= float(text) <= 2100
    try:
        found = read_cells(reading, [cell])
    except CellError:
        return False
    # A month alone is also a name.
    return found is not None and not found.text.startswith("XXXX")


# A row


def _read(reading: Reading, given: dict[str, object], code: object) -> CellDate:
    if not given.keys().isdisjoint(("earliest", "latest", "earliest_end", "latest_end")):
        return _between_bounds(reading, given)
    start = _side(reading, given, "date", "")
    end = _side(reading, given, "end", "end_")
    _check_names_a_day(one.text for one in (start, end) if one)
    precision = dict(reading.precisions).get(_plain_code(code), "day")
    if end is None:
        return _alone(start or CellDate(".."), precision)
    if start is not None and end.text != ".." and precision != "day":
        return CellDate(_one_between(parse_date(start.text), parse_date(end.text)))
    return _from_to(start or CellDate(".."), end)


def _check_names_a_day(texts: Iterable[str]) -> None:
    if {*texts} <= {".."}:
        raise CellError("there is neither a beginning nor an end")


def _plain_code(code: object) -> str:
    """Return a code as its list has it: a column with blanks comes out of many tools as 2.0."""
    text = "" if code is None else str(code).strip()
    return text.partition(".")[0] if _DIGITS.fullmatch(text) else text


def _side(reading: Reading, given: dict[str, object], whole: str, prefix: str) -> CellDate | None:
    if whole in given:
        return _read_cell(reading, given[whole])
    parts = [given.get(f"{prefix}{part}") for part in ("year", "month", "day")]
    if parts[0] is None:
        if any(part is not None for part in parts[1:]):
            raise CellError("there is a month or a day, and no year")
        return None
    numbers = [_number(part) for part in parts if part is not None]
    # A month or a day of 0 or below is not known, and nothing after it is.
    known = [f"{number:02}" for number in _before_unknown(numbers[1:])]
    return CellDate(_valid("-".join([_spelled(reading, numbers[0]), *known])))


def _before_unknown(numbers: Sequence[int]) -> Iterable[int]:
    for number in numbers:
        if number <= 0:
            return
        yield number


def _number(cell: object) -> int:
    text = str(cell).strip()
    if not re.fullmatch(r"[+-]?\d+(?:\.0*)?", text):
        raise CellError(f"{text[:_LONGEST]!r} is no whole number")
    return int(text.partition(".")[0])


def _spelled(reading: Reading, year: int) -> str:
    return spell_year(year + 1 if reading.years == "historical" and year < 0 else year)


def _alone(date: CellDate, precision: str) -> CellDate:
    """Return a date that is as exact as its precision."""
    complete = _COMPLETE.fullmatch(date.text)
    if complete is None or precision == "day":
        return date
    year, month, _ = complete.groups()
    if precision == "month":
        return CellDate(f"{year}-{month}")
    if precision == "year":
        return CellDate(year)
    if precision in _DIGITS_LEFT:
        left = _DIGITS_LEFT[precision] + year.startswith("-")
        return CellDate(year[:left] + "X" * (len(year) - left))
    day, around = parse_date(date.text).earliest_start or 0, _DAYS_AROUND[precision]
    return CellDate(_range_text(day - around, day + around))


def _from_to(start: CellDate, end: CellDate) -> CellDate:
    """Return the date of what lasts from one to the other."""
    times = (start.times[0], end.times[0])
    if start.text == end.text:
        if None not in times and times[1] < times[0]:  # type: ignore[operator]
            raise CellError("it ends before it begins")
        return CellDate(start.text, times)
    if not {start.text[0], end.text[0]} & {"[", "{"}:
        return CellDate(_valid(f"{start.text}/{end.text}"), times)
    return CellDate(_four_days(_side_of(start.text), _side_of(end.text)), times)


def _between_bounds(reading: Reading, given: dict[str, object]) -> CellDate:
    """Return the date of what began between two dates, and ended between two others."""
    texts = {
        role: _read_cell(reading, given[role]).text
        for role in ("earliest", "latest", "earliest_end", "latest_end")
        if role in given
    }
    _check_names_a_day(texts.values())
    if texts.keys() <= {"earliest", "latest"}:
        first, last = (texts.get(role, "..") for role in ("earliest", "latest"))
        return CellDate(first if first == last else _one_between_texts(first, last))
    start = _side_between(texts.get("earliest", ".."), texts.get("latest", ".."))
    end = _side_between(texts.get("earliest_end", ".."), texts.get("latest_end", ".."))
    return CellDate(_four_days(start, end))


def _side_of(text: str) -> str:
    """Return EDTF as one side of a date by its four days."""
    if text[0] == "[" and "," not in text and ".." in text:
        return _side_between(*(part or ".." for part in text[1:-1].split("..")))
    return _side_between(text, text)


def _side_between(first: str, last: str) -> str:
    """Return the side of what lies between two dates, of which `..` is none."""
    if first == last != ".." and _is_plain(first):
        return first
    return f"{_bound(first, 'earliest_start')}..{_bound(last, 'latest_end')}"


def _bound(text: str, edge: str) -> str:
    """Return a date as a bound: one that is no plain date by its first or its last day."""
    if text == ".." or _is_plain(text):
        return text.removeprefix("..")
    day: int | None = getattr(parse_date(text), edge)
    return "" if day is None else _day_text(day)


def _is_plain(text: str) -> bool:
    date = parse_date(text)
    is_marked = date.approximate or date.uncertain
    return not is_marked and date.precision not in ("interval", "set")


def _four_days(start: str, end: str) -> str:
    """Return the text of a date by its four days (edtf_dates.four_days) of its two sides."""
    (first, latest), (earliest, last) = (_days_of(side) for side in (start, end))
    in_order = ((first, latest), (earliest, last), (first, last))
    if any(a is not None and b is not None and a > b for a, b in in_order):
        raise CellError("it ends before it begins")
    return f"{start}/{end}"


def _days_of(side: str) -> tuple[int | None, int | None]:
    first, dots, last = side.partition("..")
    last = last if dots else first
    return (
        parse_date(first).earliest_start if first else None,
        parse_date(last).latest_end if last else None,
    )


def _one_between_texts(first: str, last: str) -> str:
    if ".." in (first, last):
        return _valid(f"[{'' if first == '..' else first}..{'' if last == '..' else last}]")
    return _one_between(parse_date(first), parse_date(last))


def _one_between(first: EventDate, last: EventDate) -> str:
    """Return the EDTF of one date that is not before the first, and not after the last."""
    earliest, latest = first.earliest_start, last.latest_end
    if earliest is None or latest is None:
        raise CellError("one of the two dates has no bound")
    if latest < earliest:
        raise CellError("it ends before it begins")
    return _range_text(earliest, latest)


def _range_text(first: int, last: int) -> str:
    """Return the EDTF of one day from the first to the last; of far years, of one year."""
    texts = [_day_text(day) for day in (first, last)]
    if any(text.startswith("Y") for text in texts):
        texts = [spell_year(from_ordinal(day)[0]) for day in (first, last)]
    return texts[0] if texts[0] == texts[1] else f"[{'..'.join(texts)}]"


def _day_text(day: int) -> str:
    year, month, number = from_ordinal(day)
    # A year of more than four digits has no months in EDTF.
    return f"{spell_year(year)}-{month:02}-{number:02}" if abs(year) <= 9999 else spell_year(year)


# A cell


def _read_cell(reading: Reading, cell: object) -> CellDate:
    if isinstance(cell, bytes):
        raise CellError("this is no text")
    if isinstance(cell, float) and not cell.is_integer():
        raise CellError(f"{cell} is no whole number")
    text = str(int(cell) if isinstance(cell, float) else cell).strip()
    if len(text) > _LONGEST:
        raise CellError(f"it is longer than {_LONGEST} characters")
    found = _DAY_AND_TIME.fullmatch(text)
    if found:
        return _timed(reading, _without_zeros(found["day"].removeprefix("+")), found["time"])
    if text.casefold() in _NO_END:
        return CellDate("..")
    if _YEAR.fullmatch(text):
        return CellDate(_valid(_spelled(reading, int(text))))
    try:
        return _cut(parse_date(text))
    except DateError as error:
        return _guessed(reading, text, error)


def _cut(date: EventDate) -> CellDate:
    """Return EDTF with its time apart."""
    if date.precision != "time":
        return CellDate(date.text)
    day, _, time = date.text.partition("T")
    return CellDate(day, (_seconds(time[:8]), None))


def _guessed(reading: Reading, text: str, error: DateError) -> CellDate:
    found = _TIME_AT_END.fullmatch(text)
    day = found["day"].strip() if found else text
    numeric = _NUMERIC.fullmatch(day)
    guesses = guess_edtf(day)
    if numeric and reading.order == ORDERS[1]:
        swapped = f"{numeric[3]}{numeric[2]}{numeric[1]}{numeric[2]}{numeric[4]}"
        guesses = guess_edtf(swapped) or guesses
    # A guess that has a time is of a whole stamp, which was taken apart above.
    days = [guess for guess in guesses if "T" not in guess]
    if not days:
        raise CellError(_reason(text, error))
    return _timed(reading, days[0], found["time"] if found else None, found and found["half"])


def _reason(text: str, error: DateError) -> str:
    """Return why a text is no date: what EDTF says of it, if it is nearly that."""
    is_nearly_edtf = re.fullmatch(r"[-\d./?~%X\[\]{},]+", text)
    return error.message if is_nearly_edtf else "it is no date that is understood"


def _timed(reading: Reading, day: str, time: str | None, half: str | None = None) -> CellDate:
    text = _valid(day)
    if time is None or not reading.has_times:
        return CellDate(text)
    return CellDate(text, (_seconds(time, half or ""), None))


def _seconds(time: str, half: str = "") -> int:
    """Return a time of day in seconds, whole ones."""
    hours, minutes, seconds = (*map(int, re.split("[:.,]", time)[:3]), 0)[:3]
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    if hours > 23 or minutes > 59 or seconds > 60:
        raise CellError(f"there is no time {time}")
    return (hours * 60 + minutes) * 60 + seconds


def _without_zeros(day: str) -> str:
    """Return a day of Wikidata's without the parts that are 0 because they are not known."""
    return re.sub(r"(?:-00)+$", "", day)


def _valid(text: str) -> str:
    """Return EDTF; raises DateError for what is none."""
    return parse_date(text).text


def _numeric(cell: object) -> tuple[int, int] | None:
    """Return the two numbers of a cell such as 26/06/2015 whose order is in question."""
    if not isinstance(cell, str) or len(cell) > _LONGEST:
        return None
    found = _NUMERIC.match(cell.strip())
    return (int(found[1]), int(found[3])) if found else None
