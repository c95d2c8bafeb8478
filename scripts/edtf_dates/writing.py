"""Canonical text: what means the same is written the same, and reads as an equal date."""

from __future__ import annotations

from edtf_dates.days import spell_year
from edtf_dates.forms import Date, Interval, Ordered, Piece, Run, Traits
from edtf_dates.parts import split_date
from edtf_dates.units import unit_parts


def write(form: Ordered, traits: Traits) -> str:
    """The canonical text of a form."""
    if isinstance(form, Date):
        return write_date(form)
    if isinstance(form, Interval):
        start = write_date(form.start) if form.start else ".." if traits.start_open else ""
        end = write_date(form.end) if form.end else ".." if traits.end_open else ""
        return f"{start}/{end}"
    body = ",".join(map(write_piece, form.pieces))
    return f"[{body}]" if traits.relation == "one of" else f"{{{body}}}"


def write_date(date: Date) -> str:
    """The text of a single date: each mark in one place, zeros and exponents worked in."""
    day, mark, time = date.text.partition("T")
    if mark:
        return f"{day}T{_time_text(time)}"
    if not date.flags and date.level == 0:
        return date.text
    parts, _ = split_date(day)
    year = ("-" if parts.negative else "") + parts.year
    if len(parts.year) > 4:
        year = "Y" + year
    if parts.significant is not None:
        year += f"S{parts.significant}"
    return _flagged([part for part in (year, parts.month, parts.day) if part], parts.flags)


def _time_text(time: str) -> str:
    """The time with its offset written one way: Z for none, else hours and minutes."""
    if len(time) == 11:
        time += ":00"
    return time[:8] + "Z" if time[8:] == "+00:00" else time


def _flagged(components: list[str], flags: tuple[int, int, int]) -> str:
    """The components with the year's mark on the right of the last that shares it.

    There it holds for all on its left (Level 2, Qualification, group qualification).
    """
    shared = 0
    while shared < len(components) and flags[shared] == flags[0]:
        shared += 1
    marked = [
        (_MARKS[flag] if number >= shared else "")
        + component
        + (_MARKS[flag] if number == shared - 1 else "")
        for number, (component, flag) in enumerate(zip(components, flags, strict=False))
    ]
    return "-".join(marked)


_MARKS = ("", "?", "~", "%")  # by their flags


def write_piece(piece: Piece) -> str:
    """The text of a member of a set, or of a run; a run of two is written as two members."""
    if isinstance(piece, Run):
        kind, first, last = piece
        low = "" if first is None else _unit_text(kind, first)
        high = "" if last is None else _unit_text(kind, last)
        if first is not None and last is not None and last - first == 1:
            return f"{low},{high}"
    else:
        low = write_date(piece.first) if piece.first else ""
        high = write_date(piece.last) if piece.last else ""
        if piece.first is not piece.last:
            return f"{low}..{high}"
    return low if low == high else f"{low}..{high}"


def _unit_text(kind: str, number: int) -> str:
    year, month, day = unit_parts(kind, number)
    return "-".join(
        [spell_year(year), *(f"{part:02}" for part in (month, day) if part is not None)]
    )
