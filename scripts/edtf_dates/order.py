"""The canonical order of a set: by time, plain dates that follow each other joined, none twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edtf_dates.forms import Form, Member, Ordered, Piece, Run, Series, Set, lower, upper
from edtf_dates.spans import piece_range
from edtf_dates.units import is_plain, kind_of, number_of
from edtf_dates.writing import write_piece


def put_in_order(form: Form) -> Ordered:
    """The form with a set as a series; any other form as it is."""
    return Series(tuple(_pieces(form.members))) if isinstance(form, Set) else form


def _pieces(members: Iterable[Member]) -> list[Piece]:
    runs: dict[str, list[Run]] = {}
    odd: dict[str, Member] = {}
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
            odd.setdefault(write_piece(member), member)
    joined = [run for alike in runs.values() for run in _joined(alike)]
    return sorted([*joined, *odd.values()], key=_piece_order)


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Runs of one kind, those that meet or overlap made one."""
    current: Run | None = None
    for run in sorted(runs, key=lambda run: (lower(run.first), upper(run.last))):
        if current is None:
            current = run
        elif lower(run.first) <= upper(current.last) + 1 and (
            current.first is not None or run.last is not None
        ):  # never open on both sides, which no text can say
            last = None if run.last is None or current.last is None else max(run.last, current.last)
            current = current._replace(last=last)
        else:
            yield current
            current = run
    if current is not None:
        yield current


def _piece_order(piece: Piece) -> tuple[bool, int, int, str]:
    """What is open at the end stands last, as `..` must; else by first and last day."""
    low, high = piece_range(piece, certain=False)
    return high is None, lower(low), upper(high), write_piece(piece)
