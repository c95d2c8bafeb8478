"""Prints what a date means, line by line."""

from edtf_dates import EventDate, describe_day

_RELATIONS = {"one of": ", one of which it is", "all of": ", all of which it covers"}


def render_date(date: EventDate) -> str:
    """The text of a date and, aligned below it, its words, level, precision, marks, days, spans.

    Days are in words and as ordinals.
    """
    facts = {
        "in words": date.describe(),
        "EDTF level": str(date.level),
        "precision": date.precision,
        "approximate": "yes" if date.approximate else "no",
        "uncertain": "yes" if date.uncertain else "no",
        "can have begun": _days(date.earliest_start, date.latest_start),
        "can have ended": _days(date.earliest_end, date.latest_end),
        "spans": _spans(date),
    }
    width = max(map(len, facts))
    return "\n".join([date.text, *(f"  {name:{width}}  {fact}" for name, fact in facts.items())])


def _days(first: int | None, last: int | None) -> str:
    """A range of days in words; None is no bound on that side."""
    if first is None and last is None:
        return "on any day"
    if first is None or last is None:
        return f"{_day(last)} or before" if first is None else f"{_day(first)} or after"
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def _day(number: int | None) -> str:
    return "" if number is None else f"{describe_day(number)} (day {number})"


def _spans(date: EventDate) -> str:
    number = len(date.spans)
    return "1" if number == 1 else f"{number}{_RELATIONS.get(date.relation, _RELATIONS['one of'])}"
