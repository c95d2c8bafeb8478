"""What a text was parsed into: components, dates, intervals, sets, and what holds for all of it."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

# Flags of a marked component: `?` is uncertain, `~` approximate, `%` both (Level 1, Qualification
# of a date).
UNCERTAIN = 1
APPROXIMATE = 2


# --- One date --------------------------------------------------------------------------------


class Components(NamedTuple):
    """Year, month and day of one date as written, `X` for an unspecified digit."""

    negative: bool
    year: str  # digits; an exponent is worked in, so that Y17E7 has 170000000
    significant: int | None  # how many digits are; None where all are
    month: str | None  # a month, or the code of a part of the year
    day: str | None
    flags: tuple[int, int, int]  # of year, month and day

    @property
    def sub_year(self) -> int | None:
        """The code of its part of the year, such as 21 for spring; None for a month or none."""
        month = self.month
        return None if month is None or month <= "12" or "X" in month else int(month)

    @property
    def year_number(self) -> int:
        """The year, which must not have unspecified digits."""
        return -int(self.year) if self.negative else int(self.year)


class Date(NamedTuple):
    """One date, and the first and the last day it can be on."""

    text: str
    low: int
    high: int
    level: int
    precision: str
    flags: int = 0
    is_imprecise: bool = False  # has digits that are unspecified or not significant
    parsed: Components | None = None  # None where the text is YYYY, YYYY-MM or YYYY-MM-DD

    @property
    def components(self) -> Components:
        """Its year, month and day."""
        if self.parsed is not None:
            return self.parsed
        year, month, day = self.text[:4], self.text[5:7], self.text[8:10]
        return Components(False, year, None, month or None, day or None, (0, 0, 0))


# --- Several dates ---------------------------------------------------------------------------

# As it was written, and in canonical order.
Form: TypeAlias = "Date | Interval | Set"
CanonicalForm: TypeAlias = "Date | Interval | CanonicalSet"


class Interval(NamedTuple):
    """From one date to another; None is an open or unknown end, which Traits tells apart."""

    start: Date | None
    end: Date | None


class Set(NamedTuple):
    """The members of a set, as written."""

    members: tuple[Member, ...]


class Member(NamedTuple):
    """A date of a set, twice, or a range of dates, open where one is None."""

    first: Date | None
    last: Date | None


class CanonicalSet(NamedTuple):
    """A set in order of time without duplicates, consecutive plain dates joined into runs."""

    elements: tuple[Element, ...]


Element: TypeAlias = "Run | Member"


class Run(NamedTuple):
    """Consecutive plain dates of one kind, by their numbers (see units.py); open where None."""

    kind: str
    first: int | None
    last: int | None


def named_in(form: Form) -> tuple[Date, ...]:
    """The dates that a form names, in the order of the text, without duplicates."""
    if isinstance(form, Date):
        return (form,)
    pairs = form.members if isinstance(form, Set) else (form,)
    return tuple(dict.fromkeys(date for pair in pairs for date in pair if date is not None))


# --- Traits ----------------------------------------------------------------------------------

Relation = Literal["one", "one of", "all of"]


class Traits(NamedTuple):
    """What a date has besides its days. One serves for many dates."""

    level: int
    precision: str
    relation: Relation = "one"
    flags: int = 0
    start_open: bool = False
    start_unknown: bool = False
    end_open: bool = False
    end_unknown: bool = False
