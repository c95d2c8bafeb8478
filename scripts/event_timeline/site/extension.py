"""What the timeline is told of a chronology's events (datasette_event_timeline/hookspecs.py)."""

from dataclasses import replace

from datasette_event_timeline.config.declaration import Declaration, Extension
from datasette_event_timeline.queries.query import Row, finite
from event_timeline.curated.columns import EVENT_WEIGHT, TYPES
from event_timeline.curated.countries import country_label
from event_timeline.site.words import figure

_BOUNDS = ("killed_low", "killed_best", "killed_high")
_FIGURE = (*_BOUNDS, "killed_scope", "killed_open")
# Figures of different scopes are not of one size.
_SCOPE_OF_SIZES = "victims"


def extend(declaration: Declaration) -> Declaration:
    """Return the declaration with what this tool knows of its table."""
    has_status = declaration.derived and "status" in declaration.columns
    columns = ("status",) if has_status else ()
    if not {*declaration.columns} >= {*_FIGURE}:
        extension = Extension(columns=columns, marks=_further)
    else:
        extension = Extension(
            weight=EVENT_WEIGHT,
            columns=(*columns, *_FIGURE),
            marks=_with_figure,
            size_words=f"{_SCOPE_OF_SIZES} killed",
            kinds=tuple(TYPES),
        )
    return replace(
        declaration,
        extension=replace(
            extension, country_label=country_label, event_path="event/", spreadsheets=True
        ),
    )


def _further(row: Row) -> Row:
    return {"status": row["status"]} if "status" in row else {}


def _with_figure(row: Row) -> Row:
    """Return what an event's mark has of the people killed."""
    counts_victims = row["killed_scope"] == _SCOPE_OF_SIZES
    return {
        **_further(row),
        **{name: finite(row[name]) for name in _BOUNDS},
        "killed_scope": row["killed_scope"],
        "figure": figure(
            row["killed_low"], row["killed_best"], row["killed_high"], row["killed_open"]
        ).words,
        "size": finite(row["weight"]) if counts_victims else None,
    }
