"""Dates in plain English, with all that is not known about them."""

from __future__ import annotations

from collections.abc import Sequence

from edtf_dates.days import MONTH_NAMES, SUB_YEARS, month_days, year_words
from edtf_dates.patterns import matching, year_bounds
from edtf_dates.syntax import (
    APPROXIMATE,
    UNCERTAIN,
    CanonicalForm,
    CanonicalSet,
    Components,
    Date,
    Element,
    Interval,
    Member,
    Relation,
    Traits,
)
from edtf_dates.units import Unit, is_plain, kind_of, unit_at, unit_of


def describe(form: CanonicalForm, traits: Traits) -> str:
    """A form in words."""
    if isinstance(form, Date):
        return _date_words(form)
    if isinstance(form, Interval):
        return _interval_words(form, traits)
    return _set_words(form, traits.relation)


# --- Dates -----------------------------------------------------------------------------------


def _date_words(date: Date) -> str:
    components = date.components
    if components.significant is not None:
        words = _estimate_words(components)
    elif date.is_imprecise:
        words = _unspecified_words(components)
    else:
        words = _unit_words(unit_of(components))
    _, _, time = date.text.partition("T")
    if time:
        zone = " UTC" if time.endswith("Z") else f" UTC{time[8:]}" if time[8:] else ""
        return f"{words}, {time[:8]}{zone}"
    return _marked_words(words, date) if date.flags else words


def _estimate_words(components: Components) -> str:
    """A year of which only some digits are significant."""
    first, last = year_bounds(components)
    estimate = _unit_words(unit_of(components))
    return f"some time from {_years_words(first, last)}, estimated to be {estimate}"


def _unspecified_words(components: Components) -> str:
    """A date with unspecified digits."""
    if components.month is None:
        return _unspecified_year_words(components)
    year = _year_or_some_year(components)
    if (code := components.sub_year) is not None:
        return _sub_year_words(code, year)
    within = year if year.startswith("in ") else f"in {year}"
    if components.month == "XX":
        return _any_month_words(components, within)
    months = matching(components.month, 12)
    names = _listed([MONTH_NAMES[month] for month in months], "or")
    if components.day is None:
        return f"{names} {year}"
    longest = max(month_days(2000, month) for month in months)  # 2000 was a leap year
    return f"{_days_words(components.day, longest, 'in ')} {names} {year}"


def _unspecified_year_words(components: Components) -> str:
    if components.year == "XXXX" and not components.negative:
        return "some year, not known which"
    if "X" in components.year.rstrip("X"):
        return f"some year written {components.year}"
    return f"some time {_year_range_words(components, 'in', 'from')}"


def _year_or_some_year(components: Components) -> str:
    """ "2015", or "in some year of the 1890s"."""
    if "X" not in components.year:
        return year_words(components.year_number)
    if components.year == "XXXX" and not components.negative:
        return "in some year"
    if "X" in components.year.rstrip("X"):
        return f"in some year written {components.year}"
    return f"in some year {_year_range_words(components, 'of', 'from')}"


def _year_range_words(components: Components, before_decade: str, before_range: str) -> str:
    """ "in the 1890s", or "from 1800 to 1899", since "the 1800s" can mean a decade or a century."""
    first, last = year_bounds(components)
    if first >= 1000 and last - first == 9 and first % 100:
        return f"{before_decade} the {first}s"
    return f"{before_range} {_years_words(first, last)}"


def _sub_year_words(code: int, year: str) -> str:
    """ "spring in some year", "the first half of some year"."""
    words = SUB_YEARS[code].words
    return words.format(year.removeprefix("in ") if words.endswith("of {}") else year)


def _any_month_words(components: Components, within: str) -> str:
    """A date whose month is unspecified, within "in 2015" or "in some year"."""
    if components.day is None:
        return f"some month {within}"
    if components.day == "XX":
        return f"some day {within}"
    if "X" not in components.day:
        return f"the {_nth(int(components.day))} of some month {within}"
    return f"{_days_words(components.day, 31, '')} of some month {within}"


def _nth(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _days_words(pattern: str, longest: int, within: str) -> str:
    """The days that match a pattern, in a month of so many days."""
    if pattern == "XX":
        return f"some day {within}".strip()
    days = [day for day in matching(pattern, 31) if day <= longest]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"one day from {days[0]} to {days[-1]}"
    return _listed([str(day) for day in days], "or")


def _marked_words(words: str, date: Date) -> str:
    """The words of a date with what its marks say: "about 2015", "2015 (uncertain)"."""
    components = date.components
    present = [part for part in (components.year, components.month, components.day) if part]
    flags = components.flags[: len(present)]
    if len(set(flags)) > 1:
        return f"{words} ({_component_marks(_component_names(components), flags)})"
    if date.is_imprecise:
        return f"{words} ({_FLAG_WORDS[flags[0]]})"
    about = "about " if flags[0] & APPROXIMATE else ""
    return f"{about}{words}{' (uncertain)' if flags[0] & UNCERTAIN else ''}"


def _component_names(components: Components) -> tuple[str, str, str]:
    """What its year, its month or part of the year, and its day are called."""
    code = components.sub_year
    return "year", "month" if code is None else _kind_name(SUB_YEARS[code].kind), "day"


def _component_marks(names: Sequence[str], flags: Sequence[int]) -> str:
    """ "year and month approximate, day uncertain"."""
    words = []
    for flag in dict.fromkeys(flag for flag in flags if flag):
        alike = [name for name, own in zip(names, flags, strict=False) if own == flag]
        words.append(f"{_listed(alike, 'and')} {_FLAG_WORDS[flag]}")
    return ", ".join(words)


_FLAG_WORDS = ("", "uncertain", "approximate", "uncertain and approximate")


# --- Intervals -------------------------------------------------------------------------------


def _interval_words(form: Interval, traits: Traits) -> str:
    start, end = form
    before = "no start given" if traits.start_open else "start not known"
    after = "no end given" if traits.end_open else "end not known"
    if start is None:
        return f"{before}, {after}" if end is None else f"until {_date_words(end)}, {before}"
    if end is None:
        return f"from {_date_words(start)}, {after}"
    return _closed_words(start, end)


def _closed_words(start: Date, end: Date) -> str:
    if start.components == end.components:
        words = _date_words(start)
        return words if start.low == start.high else f"within {words}"
    if is_plain(start) and is_plain(end):
        return _to_words(unit_of(start.components), unit_of(end.components))
    return f"from {_date_words(start)} to {_date_words(end)}"


# --- Sets ------------------------------------------------------------------------------------


def _set_words(form: CanonicalSet, relation: Relation) -> str:
    joint = relation == "all of"
    elements = form.elements
    joining = "and" if joint else "or"
    if len(elements) == 1 and not joint:
        words = _element_words(elements[0], joint)
        if words[0].startswith("one "):
            return f"{'on' if words[0].startswith('one day') else 'in'} {words[0]}"
    units = [unit for element in elements for unit in _single_units(element)]
    if units and all(element_units for element_units in map(_single_units, elements)):
        return _units_words(units, joining)
    return _listed(
        [word for element in elements for word in _element_words(element, joint)], joining
    )


def _single_units(element: Element) -> list[Unit]:
    """The dates of a run of one or two; none for any other element."""
    if isinstance(element, Member) or element.first is None or element.last is None:
        return []
    if element.last - element.first > 1:
        return []
    return [unit_at(element.kind, number) for number in range(element.first, element.last + 1)]


def _units_words(units: Sequence[Unit], joining: str) -> str:
    """Units, with what all share said once: "19, 24 and 29 September 2019"."""
    *others, last = units
    year, month, day = last
    alike = all(unit[0] == year and (unit[1] or 0) < 13 for unit in units)
    words = [_unit_words(unit) for unit in others]
    if alike and day and all(unit[2] and unit[1] == month for unit in others):
        words = [str(unit[2]) for unit in others]
    elif alike and month and not day and all(unit[1] and not unit[2] for unit in others):
        words = [MONTH_NAMES[unit[1] or 0] for unit in others]
    return _listed([*words, _unit_words(last)], joining)


def _element_words(element: Element, joint: bool) -> list[str]:
    """An element in words; two for a run of two."""
    if isinstance(element, Member):
        return [_member_words(element, joint)]
    kind, first, last = element
    if first is not None and last is not None:
        if last - first < 2:
            return [_unit_words(unit) for unit in _single_units(element)]
        between = _to_words(unit_at(kind, first), unit_at(kind, last))
        return [f"{'every' if joint else 'one'} {_kind_name(kind)} from {between}"]
    known, side = (first, "later") if last is None else (last, "earlier")
    return [_open_words(_unit_words(unit_at(kind, known or 0)), kind, side, joint)]


def _member_words(member: Member, joint: bool) -> str:
    first, last = member
    if first is not None and last is not None:
        if first is last:
            return _date_words(first)
        between = f"from {_date_words(first)} to {_date_words(last)}"
        return f"{'every' if joint else 'one'} {_kind_name(kind_of(first))} {between}"
    known, side = (first, "later") if first is not None else (last, "earlier")
    return _open_words(_date_words(known), kind_of(known), side, joint) if known else ""


def _open_words(words: str, kind: str, side: str, joint: bool) -> str:
    """ "1984 or an earlier year", "1984 and every later year"."""
    word = "and every" if joint else "or a" if side == "later" else "or an"
    return f"{words} {word} {side} {_kind_name(kind)}"


def _kind_name(kind: str) -> str:
    """What a unit of a kind is called (see units.py)."""
    return _KIND_NAMES.get(kind, kind if kind.isalpha() else "season")


_KIND_NAMES = {"33": "quarter", "37": "four-month period", "40": "half-year"}


# --- Units -----------------------------------------------------------------------------------


def _unit_words(unit: Unit) -> str:
    year, month, day = unit
    if month is None:
        return year_words(year) if year <= 9999 else f"the year {year_words(year)}"
    if month > 12:
        return SUB_YEARS[month].words.format(year_words(year))
    words = f"{MONTH_NAMES[month]} {year_words(year)}"
    return words if day is None else f"{day} {words}"


def _to_words(first: Unit, last: Unit) -> str:
    """From one unit to another, with what they share said once: "9 to 13 June 2015"."""
    (year, month, day), (last_year, last_month, last_day) = first, last
    shortened = _unit_words(first)
    if year == last_year and month and last_month and month < 13 and last_month < 13:
        if day and last_day and month == last_month:
            shortened = str(day)
        elif bool(day) == bool(last_day):
            shortened = f"{day} {MONTH_NAMES[month]}" if day else MONTH_NAMES[month]
    elif month is None is last_month and year <= 0 and last_year <= 0:
        shortened = year_words(year).removesuffix(" BCE")
    return f"{shortened} to {_unit_words(last)}"


def _years_words(first: int, last: int) -> str:
    return _to_words((first, None, None), (last, None, None)).replace("the year ", "")


def _listed(words: Sequence[str], last: str) -> str:
    """A list in words: "a, b or c"."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
