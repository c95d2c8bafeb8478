"""Canonical text: what means the same is written the same, and parses to an equal date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edtf_dates.bounds import lower, upper
from edtf_dates.syntax import (
    CanonicalForm,
    CanonicalSet,
    Date,
    Element,
    Form,
    Interval,
    Member,
    Run,
    Set,
    Traits,
)
from edtf_dates.units import is_plain, kind_of, number_of, run_range, spell_unit, unit_at

# --- Order -----------------------------------------------------------------------------------


def canonical_form(form: Form) -> CanonicalForm:
    """The form with its set, if it is one, in canonical order."""
    return CanonicalSet(tuple(_elements(form.members))) if isinstance(form, Set) else form


def _elements(members: Iterable[Member]) -> list[Element]:
    runs: dict[str, list[Run]] = {}
    others: dict[str, Member] = {}
    for member in members:
        first, last = member
        known = first or last
        if known is not None and is_plain(first) and is_plain(last):
            kind = kind_of(known)
            run = Run(
                kind,
                None if first is None else number_of(first),
                None if last is None else number_of(last),
            )
            runs.setdefault(kind, []).append(run)
        else:
            others.setdefault(_render_element(member), member)
    joined = [run for of_one_kind in runs.values() for run in _join_runs(of_one_kind)]
    return sorted([*joined, *others.values()], key=_order_of)


def _join_runs(runs: Iterable[Run]) -> Iterator[Run]:
    """Runs of one kind in order, those that overlap or follow each other joined."""
    current: Run | None = None
    for run in sorted(runs, key=lambda run: (lower(run.first), upper(run.last))):
        if current is None:
            current = run
        elif lower(run.first) <= upper(current.last) + 1 and (
            current.first is not None or run.last is not None
        ):  # EDTF has no range that is open on both sides
            last = None if run.last is None or current.last is None else max(run.last, current.last)
            current = current._replace(last=last)
        else:
            yield current
            current = run
    if current is not None:
        yield current


def _order_of(element: Element) -> tuple[bool, int, int, str]:
    """A sort key: by first and last day; an open end stands last, as EDTF demands."""
    if isinstance(element, Run):
        low, high = run_range(element)
    else:
        low = element.first and element.first.low
        high = element.last and element.last.high
    return high is None, lower(low), upper(high), _render_element(element)


# --- Text ------------------------------------------------------------------------------------


def render_edtf(form: CanonicalForm, traits: Traits) -> str:
    """The canonical text of a form."""
    if isinstance(form, Date):
        return _render_date(form)
    if isinstance(form, Interval):
        start = _render_date(form.start) if form.start else ".." if traits.start_open else ""
        end = _render_date(form.end) if form.end else ".." if traits.end_open else ""
        return f"{start}/{end}"
    body = ",".join(map(_render_element, form.elements))
    return f"[{body}]" if traits.relation == "one of" else f"{{{body}}}"


def _render_date(date: Date) -> str:
    """The text of one date, each mark in one place, an exponent worked in."""
    day, mark, time = date.text.partition("T")
    if mark:
        return f"{day}T{_render_time(time)}"
    if not date.flags and date.level == 0:
        return date.text
    negative, year, significant, month, day_of_month, flags = date.components
    year = f"{'Y' if len(year) > 4 else ''}{'-' if negative else ''}{year}"
    if significant is not None:
        year += f"S{significant}"
    return _marked([part for part in (year, month, day_of_month) if part], flags)


def _render_time(time: str) -> str:
    """The time with its offset as Z where it is zero, else as hours and minutes."""
    if len(time) == 11:
        time += ":00"
    return time[:8] + "Z" if time[8:] == "+00:00" else time


def _marked(components: list[str], flags: tuple[int, int, int]) -> str:
    """The components with their marks.

    The year's mark stands on the right of the last component in a row that shares it, and there
    holds for all on its left (Level 2, Qualification). Any other stands on the left of its own.
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


_MARKS = ("", "?", "~", "%")  # by flags


def _render_element(element: Element) -> str:
    """The text of an element of a set; a run of two is written as two members."""
    if isinstance(element, Run):
        kind, first, last = element
        low = "" if first is None else spell_unit(unit_at(kind, first))
        high = "" if last is None else spell_unit(unit_at(kind, last))
        if first is not None and last is not None and last - first == 1:
            return f"{low},{high}"
    else:
        low = _render_date(element.first) if element.first else ""
        high = _render_date(element.last) if element.last else ""
        if element.first is not element.last:
            return f"{low}..{high}"
    return low if low == high else f"{low}..{high}"
