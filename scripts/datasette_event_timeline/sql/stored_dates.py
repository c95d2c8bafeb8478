"""Dates stored once for each distinct text, so that SQL can filter and count without reading any.

A table of events with a column `date_number` refers to `dates`; `date_stretches` has the
stretches of each (see `edtf_dates.stretches`). Whoever builds a database fills both from `row_of`
and `stretch_rows`.
"""

from collections.abc import Iterator

from edtf_dates import OPEN_START, EventDate, count_once

# The column of a table of events that holds the number of each event's date.
NUMBER = "date_number"
DATES, STRETCHES = "dates", "date_stretches"
# The columns that hold the four days of each event's date.
DAYS = ("earliest_start", "latest_start", "earliest_end", "latest_end")

# `first_day` and `last_day` are the first and the last day that anything says of the date; null
# if it names none.
DATE_COLUMNS = ("number", "text", "marked", "first_day", "last_day")
# Open ends are edtf_dates.OPEN_START and OPEN_END. The rows of weight 1 are the date's stretches;
# with those of weight -1, each date counts once in a window that several reach.
STRETCH_COLUMNS = ("date", "stretch", "first", "last", "certain", "weight")

# The plus keeps SQLite from looking up each event by its date: a window can hold most of them, and
# what is counted or comes first stands in other indexes (https://www.sqlite.org/optoverview.html).
_BY_VALUE = f"+{NUMBER}"
_REACHED = "(first <= :{last} and last >= :{first})"


def row_of(number: int, date: EventDate) -> tuple[int, str, int, int | None, int | None]:
    """The row of `dates` for a date."""
    marked = int(date.approximate or date.uncertain)
    return (number, date.text, marked, first_day(date), last_day(date))


def stretch_rows(number: int, date: EventDate) -> Iterator[tuple[int, ...]]:
    """The rows of `date_stretches` for a date."""
    for n, (stretch, weight) in enumerate(count_once(date.stretches), 1):
        yield number, n, stretch.first, stretch.last, int(stretch.certain), weight


def first_day(date: EventDate) -> int | None:
    """The first day that anything says of a date, as an ordinal; None if it names none."""
    return min(known_days(date), default=None)


def last_day(date: EventDate) -> int | None:
    """The last day that anything says of a date, as an ordinal; None if it names none."""
    return max(known_days(date), default=None)


def known_days(date: EventDate) -> list[int]:
    """Those of a date's four days that are known."""
    days = (date.earliest_start, date.latest_start, date.earliest_end, date.latest_end)
    return [day for day in days if day is not None]


def order_of_time(start: str, end: str, key: str = "", time: str = "") -> str:
    """The SQL of the order in which events can first have begun; what has no day is last.

    `time` is the SQL of the time of day, if there are any: what has none comes first on its day.
    """
    has_no_day = f"{start} is null and {end} is null"
    first = [f"coalesce({start}, {OPEN_START})", f"coalesce({time}, -1)" if time else ""]
    return ", ".join(filter(None, [has_no_day, *first, end, key]))


def reached_sql(certain: bool, windows: list[tuple[str, str]]) -> str:
    """The SQL condition that an event is possibly, or certainly, under way in one of the windows.

    A window is a pair of names of parameters: of its first and of its last day.
    """
    reached = " or ".join(_REACHED.format(first=first, last=last) for first, last in windows)
    dates = f"select date from {STRETCHES} where certain = {int(certain)} and weight = 1"  # noqa: S608  # names of ours
    return f"{_BY_VALUE} in ({dates} and ({reached}))"


def certainly_sql(window: str) -> str:
    """The SQL condition that an event is certainly under way in a window of any shape.

    `window` is the name of the parameter that holds its text. Each distinct date is read.
    """
    return f"{_BY_VALUE} in (select number from {DATES} where edtf_certainly(text, :{window}))"  # noqa: S608  # names of ours
