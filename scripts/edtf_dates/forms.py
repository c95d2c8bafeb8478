"""What a date was read as: components, dates, intervals, sets, and traits of them all."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

# An ordinal; None is no bound on that side.
Bound: TypeAlias = int | None
# First and last day.
Range: TypeAlias = tuple[Bound, Bound]
# The earliest and the latest it can have begun, the earliest and the latest it can have ended.
Days: TypeAlias = tuple[Bound, Bound, Bound, Bound]


# Where days are compared, these stand for no bound. Every day that a date can name lies between
# them: no year is further from zero than 10^12.
OPEN_START, OPEN_END = -(10**15), 10**15


def lower(bound: Bound) -> int:
    """A first day as a number: OPEN_START where there is no bound."""
    return OPEN_START if bound is None else bound


def upper(bound: Bound) -> int:
    """A last day as a number: OPEN_END where there is no bound."""
    return OPEN_END if bound is None else bound


# Flags, of which a component can have both (Level 1, Qualification of a date).
UNCERTAIN = 1
APPROXIMATE = 2


# --- One date --------------------------------------------------------------------------------


class Parts(NamedTuple):
    """The components of one date as written, `X` for an unspecified digit."""

    negative: bool
    year: str  # digits; without the exponent, which is worked in
    significant: int | None
    month: str | None  # a month or a sub-year grouping
    day: str | None
    flags: tuple[int, int, int]  # of year, month and day


class Date(NamedTuple):
    """One date: the first and the last day it can be on. Its parts are in its text."""

    text: str
    low: int
    high: int
    level: int
    precision: str
    flags: int
    loose: bool  # has digits that are unspecified or not significant


# --- Several dates ---------------------------------------------------------------------------

# As it was read, and in canonical order.
Form: TypeAlias = "Date | Interval | Set"
Ordered: TypeAlias = "Date | Interval | Series"


class Interval(NamedTuple):
    """From one date to another; None is an open or unknown end, which the traits tell apart."""

    start: Date | None
    end: Date | None


class Set(NamedTuple):
    members: tuple[Member, ...]


class Member(NamedTuple):
    """An element of a set; a range if the two differ, open where one is None."""

    first: Date | None
    last: Date | None


class Series(NamedTuple):
    """A set in order of time, plain dates that follow each other joined, none twice."""

    pieces: tuple[Piece, ...]


Piece: TypeAlias = "Run | Member"


class Run(NamedTuple):
    """Plain dates of one kind that follow each other, numbered as in units.py; open where None."""

    kind: str
    first: int | None
    last: int | None


def named_in(form: Form) -> tuple[Date, ...]:
    """The dates that a form names, in the order of the text, none twice."""
    if isinstance(form, Date):
        return (form,)
    pairs = form.members if isinstance(form, Set) else (form,)
    return tuple(dict.fromkeys(date for pair in pairs for date in pair if date is not None))


# --- Traits ----------------------------------------------------------------------------------

Relation = Literal["one", "one of", "all of"]


class Traits(NamedTuple):
    """What is true of a date whatever its days; all plain dates of a kind share them."""

    level: int
    precision: str
    relation: Relation = "one"
    flags: int = 0
    start_open: bool = False
    start_unknown: bool = False
    end_open: bool = False
    end_unknown: bool = False
