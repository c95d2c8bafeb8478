"""Filters by time: ?_possibly=EDTF and ?_certainly=EDTF on a table of events.

An event is possibly in a window if some reading of its date overlaps it,
certainly if every reading does, with components marked ?, ~ or % taken as
unspecified. Both are Datasette's own kind of filter, so that they hold for the
table, its facets, JSON and streamed CSV. SQLite answers from stored stretches what
`EventDate.possibly` and `EventDate.certainly` would; of a table without them they are
asked row by row.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasette.filters import FilterArguments
from datasette.utils import path_with_removed_args
from datasette.utils.asgi import BadRequest

from datasette_event_timeline.sql.stored_dates import certainly_sql, reached_sql
from edtf_dates.suggestions import parse_or_suggest

if TYPE_CHECKING:
    from datasette.utils.asgi import Request

    from datasette_event_timeline.config.declaration import Declaration
    from edtf_dates import EventDate

PARAMETERS = ("_possibly", "_certainly")
# Seasons 21 to 24 are of no hemisphere, 25 to 28 of the northern, 29 to 32 of the southern.
_EITHER_HEMISPHERE = re.compile(r"(.*-[?~%]?)(2[1-4])([?~%]?)")
# A window of more ranges makes a query too long to be answered.
MOST_RANGES = 50


@dataclass
class TimeFilters:
    """The time filters of a request, as SQL and in words."""

    declaration: "Declaration"
    clauses: list[str] = field(default_factory=list)
    values: dict[str, int | str] = field(default_factory=dict)
    chips: list[dict[str, str]] = field(default_factory=list)

    def add(self, parameter: str, window: "EventDate") -> None:
        certain = parameter == "_certainly"
        if not self.declaration.derived:
            date, name = self.declaration.date_sql, self._bind(window.text)
            self.clauses.append(f"edtf{parameter}({date}, :{name})")
        elif certain and len(window.ranges) > 1:
            # One reading may lie in one part of the window, another in another.
            self.clauses.append(certainly_sql(self._bind(window.text)))
        else:
            bound = [(self._bind(first), self._bind(last)) for first, last in window.ranges]
            self.clauses.append(reached_sql(certain, bound))

    def _bind(self, value: int | str) -> str:
        name = f"window_{len(self.values)}"
        self.values[name] = value
        return name


def from_request(request: "Request", declaration: "Declaration") -> FilterArguments:
    """Return the time filters that a request asks for; raises BadRequest for what is not EDTF."""
    found = TimeFilters(declaration)
    for parameter in PARAMETERS:
        for text in request.args.getlist(parameter):
            if not text.strip():
                continue
            window = read_window(parameter, text.strip())
            found.add(parameter, window)
            removed = {parameter: text, "_next": request.args.get("_next")}
            found.chips.append(
                {
                    "words": in_words(parameter, window),
                    "remove_url": path_with_removed_args(request, removed),
                }
            )
    context: dict[str, Any] = {"time_filters": found.chips, "time_parameters": PARAMETERS}
    words = [chip["words"] for chip in found.chips]
    return FilterArguments(found.clauses, found.values, words, context)


def read_window(parameter: str, text: str) -> "EventDate":
    """Return the date that a parameter gives as a window; raises BadRequest for what is none."""
    try:
        window = parse_or_suggest(text)
    except ValueError as error:
        raise BadRequest(f"{parameter}: {error}") from None
    for date in window.named:
        _check_season(parameter, date)
    if window.is_hull or len(window.ranges) > MOST_RANGES:
        raise BadRequest(f"{parameter}: {text} has more than {MOST_RANGES} parts: name fewer")
    return window


def _check_season(parameter: str, date: "EventDate") -> None:
    if date.precision == "season" and (found := _EITHER_HEMISPHERE.fullmatch(date.text)):
        year, season, mark = found[1], int(found[2]), found[3]
        raise BadRequest(
            f"{parameter}: {date.text} is at another time in each hemisphere: "
            f"write {year}{season + 4}{mark} for the northern one, "
            f"{year}{season + 8}{mark} for the southern"
        )


def in_words(parameter: str, window: "EventDate") -> str:
    """Return a filter as its chip says it: `possibly in June 2015`."""
    linking = {"day": "on", "time": "on", "interval": "within", "set": "within"}
    preposition = linking.get(window.precision, "in")
    return f"{parameter.removeprefix('_')} {preposition} {window.describe()}"
