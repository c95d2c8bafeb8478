"""Filters by time: ?_possibly=EDTF and ?_certainly=EDTF on the table of events.

An event is possibly in a window if some reading of its date overlaps it,
certainly if every reading does, with components marked ?, ~ or % taken as
unspecified. Both are Datasette's own kind of filter, so that they hold for the
table, its facets, JSON and streamed CSV. SQLite answers from `event_spans` what
`EventDate.possibly` and `EventDate.certainly` would; of a table without derived days
they are asked row by row.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasette.filters import FilterArguments
from datasette.utils import escape_sqlite, path_with_removed_args
from datasette.utils.asgi import BadRequest

from event_timeline.curated.cells import CellError, parse_edtf
from event_timeline.database.schema import OPEN_END, OPEN_START

if TYPE_CHECKING:
    from datasette.utils.asgi import Request

    from datasette_event_timeline.config import Declaration
    from edtf_dates import EventDate

PARAMETERS = ("_possibly", "_certainly")
# Seasons 21 to 24 are of no hemisphere, 25 to 28 of the northern, 29 to 32 of the southern.
_EITHER_HEMISPHERE = re.compile(r"(.*-[?~%]?)(2[1-4])([?~%]?)")
# A window of more stretches makes a query too long to be answered.
MOST_STRETCHES = 50

_OVERLAPS = "(earliest_start <= :{last} and latest_end >= :{first})"

# A span has a reading that lies wholly in a gap of the window.
_EVADES = (
    "(max(earliest_start, :{first}) <= latest_start"
    " and max(earliest_end, earliest_start, :{first}) <= min(latest_end, :{last}))"
)

# The hull of a date decides, as columns of an index hold it, unless the date has several spans:
# then the window may lie between them. Those are few, and looked up by themselves.
_HULL_OVERLAPS = (
    f"(coalesce(earliest_start, {OPEN_START}) <= :{{last}}"
    f" and coalesce(latest_end, {OPEN_END}) >= :{{first}})"
)

# A date of which no day is known, such as `[..2010, 2020..]`, has spans; what is no date has none.
_POSSIBLY = """(
  ({hull_overlaps})
  and (
    coalesce(earliest_start, latest_start, earliest_end, latest_end) is not null
    or {key} in (
      select undated.{key}
      from {table} as undated
      where undated.earliest_start is null and undated.latest_start is null
        and undated.earliest_end is null and undated.latest_end is null
        and undated.id in (select event from event_spans)
    )
  )
  and {key} not in (
    select several.{key}
    from event_spans as second
    join {table} as several on several.id = second.event
    where second.span = 2 and second.possible = 1
      and not exists (
        select 1 from event_spans where event = second.event and possible and ({overlaps})
      )
  )
)"""

_CERTAINLY = """(
  id in (select event from event_spans where certain and joint and not ({evades}))
  or id in (
    select event from event_spans where certain and not joint
    group by event having max({evades}) = 0
  )
)"""


@dataclass
class TimeFilters:
    """The time filters of a request, as SQL and in words."""

    declaration: "Declaration"
    clauses: list[str] = field(default_factory=list)
    values: dict[str, int | str] = field(default_factory=dict)
    chips: list[dict[str, str]] = field(default_factory=list)

    def add(self, parameter: str, window: "EventDate") -> None:
        if not self.declaration.derived:
            name = f"window_{len(self.values)}"
            self.values[name] = window.text
            self.clauses.append(f"edtf{parameter}({self.declaration.date_sql}, :{name})")
        elif parameter == "_possibly":
            clause = _POSSIBLY.format(
                hull_overlaps=self._any_of(_HULL_OVERLAPS, window.stretches),
                overlaps=self._any_of(_OVERLAPS, window.stretches),
                table=escape_sqlite(self.declaration.table),
                # Which every index holds, so that no row need be looked up.
                key="rowid" if self.declaration.has_rowid else "id",
            )
            self.clauses.append(clause)
        else:
            evades = self._any_of(_EVADES, window.gaps)
            self.clauses.append(_CERTAINLY.format(evades=evades))

    def _any_of(self, condition: str, ranges: tuple[tuple[float, float], ...]) -> str:
        return (
            " or ".join(
                condition.format(first=self._bind(first), last=self._bind(last))
                for first, last in ranges
            )
            or "0"
        )

    def _bind(self, day: float) -> str:
        name = f"day_{len(self.values)}"
        # One day beyond the sentinels, so that an infinite gap holds open ends too.
        self.values[name] = int(min(max(day, OPEN_START - 1), OPEN_END + 1))
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
        window = parse_edtf(text)
    except CellError as error:
        raise BadRequest(f"{parameter}: {error}") from None
    for date in window.named:
        _check_season(parameter, date)
    if window.is_hull or len(window.stretches) > MOST_STRETCHES:
        raise BadRequest(f"{parameter}: {text} has more than {MOST_STRETCHES} parts: name fewer")
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
