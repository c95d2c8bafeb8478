"""Dates in plain English, with all that is not known about them."""

from __future__ import annotations

from collections.abc import Sequence

from edtf_dates.days import MONTH_NAMES, SEASONS, month_days, year_words
from edtf_dates.forms import (
    APPROXIMATE,
    UNCERTAIN,
    Date,
    Interval,
    Member,
    Ordered,
    Parts,
    Piece,
    Relation,
    Series,
    Traits,
)
from edtf_dates.parts import is_season, split_date
from edtf_dates.patterns import matching, year_bounds
from edtf_dates.units import (
    UnitParts,
    is_plain,
    kind_of,
    plain_unit,
    plain_year,
    unit_parts,
)
from edtf_dates.writing import write_date


def describe(form: Ordered, traits: Traits) -> str:
    """The words for a form."""
    if isinstance(form, Date):
        return _date_words(form)
    if isinstance(form, Interval):
        return _interval_words(form, traits)
    return _set_words(form, traits.relation)


# --- Dates -----------------------------------------------------------------------------------


def _date_words(date: Date) -> str:
    day, _, time = date.text.partition("T")
    parts, _ = split_date(day)
    if parts.significant is not None:
        words = _estimate_words(parts)
    elif date.loose:
        words = _loose_words(parts)
    else:
        words = _unit_words(plain_unit(parts))
    if time:
        zone = " UTC" if time.endswith("Z") else f" UTC{time[8:]}" if time[8:] else ""
        return f"{words}, {time[:8]}{zone}"
    return _qualified(words, parts) if date.flags else words


def _estimate_words(parts: Parts) -> str:
    first, last = year_bounds(parts)
    estimate = _unit_words(plain_unit(parts))
    return f"some time from {_years_words(first, last)}, estimated to be {estimate}"


def _loose_words(parts: Parts) -> str:
    """A date with unspecified digits."""
    if parts.month is None:
        if parts.year == "XXXX" and not parts.negative:
            return "some year, not known which"
        if "X" in parts.year.rstrip("X"):
            return f"some year written {parts.year}"
        return f"some time {_stretch_words(parts, 'in', 'from')}"
    year = _year_or_some_year(parts)
    if is_season(parts.month):
        return _season_words(int(parts.month), year)
    within = year if year.startswith("in ") else f"in {year}"
    if parts.month == "XX":
        return _any_month_words(parts, within)
    months = matching(parts.month, 12)
    names = _listed([MONTH_NAMES[month] for month in months], "or")
    if parts.day is None:
        return f"{names} {year}"
    longest = max(month_days(2000, month) for month in months)  # 2000 was a leap year
    return f"{_days_words(parts.day, longest, 'in ')} {names} {year}"


def _year_or_some_year(parts: Parts) -> str:
    """ "2015", or "in some year of the 1890s"."""
    if "X" not in parts.year:
        return year_words(plain_year(parts))
    if parts.year == "XXXX" and not parts.negative:
        return "in some year"
    if "X" in parts.year.rstrip("X"):
        return f"in some year written {parts.year}"
    return f"in some year {_stretch_words(parts, 'of', 'from')}"


def _season_words(code: int, year: str) -> str:
    """ "spring in some year", "the first half of some year"."""
    words = SEASONS[code].words
    return words.format(year.removeprefix("in ") if words.endswith("of {}") else year)


def _stretch_words(parts: Parts, within: str, between: str) -> str:
    """ "in the 1890s", or "from 1800 to 1899", which a name would leave in doubt."""
    first, last = year_bounds(parts)
    if first >= 1000 and last - first == 9 and first % 100:
        return f"{within} the {first}s"
    return f"{between} {_years_words(first, last)}"


def _any_month_words(parts: Parts, within: str) -> str:
    if parts.day is None:
        return f"some month {within}"
    if parts.day == "XX":
        return f"some day {within}"
    if "X" not in parts.day:
        return f"the {_nth(int(parts.day))} of some month {within}"
    return f"{_days_words(parts.day, 31, '')} of some month {within}"


def _nth(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _days_words(pattern: str, longest: int, within: str) -> str:
    if pattern == "XX":
        return f"some day {within}".strip()
    days = [day for day in matching(pattern, 31) if day <= longest]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"one day from {days[0]} to {days[-1]}"
    return _listed([str(day) for day in days], "or")


def _qualified(words: str, parts: Parts) -> str:
    """The words with what is uncertain and approximate about them."""
    present = [part for part in (parts.year, parts.month, parts.day) if part is not None]
    flags = parts.flags[: len(present)]
    if len(set(flags)) > 1:
        return f"{words} ({_component_words(_component_names(parts), flags)})"
    if _is_loose(parts):
        return f"{words} ({_FLAG_WORDS[flags[0]]})"
    about = "about " if flags[0] & APPROXIMATE else ""
    return f"{about}{words}{' (uncertain)' if flags[0] & UNCERTAIN else ''}"


def _is_loose(parts: Parts) -> bool:
    return parts.significant is not None or "X" in parts.year + (parts.month or "") + (
        parts.day or ""
    )


def _component_names(parts: Parts) -> tuple[str, str, str]:
    """What its year, month and day are called."""
    if parts.month is None or not is_season(parts.month):
        return "year", "month", "day"
    return "year", _run_name(str(SEASONS[int(parts.month)].family)), "day"


def _component_words(names: Sequence[str], flags: Sequence[int]) -> str:
    """ "year and month approximate, day uncertain"."""
    said = []
    for flag in dict.fromkeys(flag for flag in flags if flag):
        alike = [name for name, own in zip(names, flags, strict=False) if own == flag]
        said.append(f"{_listed(alike, 'and')} {_FLAG_WORDS[flag]}")
    return ", ".join(said)


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
    if write_date(start) == write_date(end):
        words = _date_words(start)
        return words if start.low == start.high else f"within {words}"
    if is_plain(start) and is_plain(end):
        units = (plain_unit(split_date(start.text)[0]), plain_unit(split_date(end.text)[0]))
        return _to_words(*units)
    return f"from {_date_words(start)} to {_date_words(end)}"


# --- Sets ------------------------------------------------------------------------------------


def _set_words(form: Series, relation: Relation) -> str:
    joint = relation == "all of"
    pieces = form.pieces
    joining = "and" if joint else "or"
    if len(pieces) == 1 and not joint:
        words = _piece_words(pieces[0], joint)
        if words[0].startswith("one "):
            return f"{'on' if words[0].startswith('one day') else 'in'} {words[0]}"
    units = [unit for piece in pieces for unit in _single_units(piece)]
    if units and all(piece_units for piece_units in map(_single_units, pieces)):
        return _units_words(units, joining)
    return _listed([word for piece in pieces for word in _piece_words(piece, joint)], joining)


def _single_units(piece: Piece) -> list[UnitParts]:
    """The one or two plain dates of a piece; none if it is more than that."""
    if isinstance(piece, Member) or piece.first is None or piece.last is None:
        return []
    if piece.last - piece.first > 1:
        return []
    return [unit_parts(piece.kind, number) for number in range(piece.first, piece.last + 1)]


def _units_words(units: Sequence[UnitParts], joining: str) -> str:
    """Plain dates, what they all share said once: "19, 24 and 29 September 2019"."""
    *others, last = units
    year, month, day = last
    alike = all(unit[0] == year and (unit[1] or 0) < 13 for unit in units)
    words = [_unit_words(unit) for unit in others]
    if alike and day and all(unit[2] and unit[1] == month for unit in others):
        words = [str(unit[2]) for unit in others]
    elif alike and month and not day and all(unit[1] and not unit[2] for unit in others):
        words = [MONTH_NAMES[unit[1] or 0] for unit in others]
    return _listed([*words, _unit_words(last)], joining)


def _piece_words(piece: Piece, joint: bool) -> list[str]:
    if isinstance(piece, Member):
        return [_member_words(piece, joint)]
    kind, first, last = piece
    if first is not None and last is not None:
        if last - first < 2:
            return [_unit_words(unit) for unit in _single_units(piece)]
        between = _to_words(unit_parts(kind, first), unit_parts(kind, last))
        return [f"{'every' if joint else 'one'} {_run_name(kind)} from {between}"]
    known, side = (first, "later") if last is None else (last, "earlier")
    return [_open_words(_unit_words(unit_parts(kind, known or 0)), kind, side, joint)]


def _member_words(member: Member, joint: bool) -> str:
    first, last = member
    if first is not None and last is not None:
        if first is last:
            return _date_words(first)
        between = f"from {_date_words(first)} to {_date_words(last)}"
        return f"{'every' if joint else 'one'} {_run_name(kind_of(first))} {between}"
    known, side = (first, "later") if first is not None else (last, "earlier")
    return _open_words(_date_words(known), kind_of(known), side, joint) if known else ""


def _open_words(words: str, kind: str, side: str, joint: bool) -> str:
    """ "1984 or an earlier year", "1984 and every later year"."""
    word = "and every" if joint else "or a" if side == "later" else "or an"
    return f"{words} {word} {side} {_run_name(kind)}"


def _run_name(kind: str) -> str:
    return _RUN_NAMES.get(kind, kind if kind.isalpha() else "season")


_RUN_NAMES = {"33": "quarter", "37": "four months", "40": "half-year"}


# --- Units -----------------------------------------------------------------------------------


def _unit_words(unit: UnitParts) -> str:
    year, month, day = unit
    if month is None:
        return year_words(year) if year <= 9999 else f"the year {year_words(year)}"
    if month > 12:
        return SEASONS[month].words.format(year_words(year))
    words = f"{MONTH_NAMES[month]} {year_words(year)}"
    return words if day is None else f"{day} {words}"


def _to_words(first: UnitParts, last: UnitParts) -> str:
    """From one to the other, what they share said once: "9 to 13 June 2015"."""
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
    """Words in a row: "a, b or c"."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
