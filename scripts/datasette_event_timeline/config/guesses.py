"""Guesses which column of a table plays which part, by its name and by what it holds."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from edtf_dates.cells import ROLES, looks_like_dates

if TYPE_CHECKING:
    from datasette_event_timeline.config.columns import Sample

# Of the cells that are filled, so many must be dates, or numbers, for a column to be one of these.
_LEAST_SHARE = 0.5
# Where no name says that a column holds dates, its cells must.
_LEAST_SHARE_WITHOUT_NAME = 0.9
# A column with more values than this is no kind of anything, and makes no lanes.
MOST_KINDS = 60

# The names of each part's column, the surest first, in lower case with underscores.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "date": (
        *("date", "event_date", "date_start", "start_date", "incident_date", "date_from", "start"),
        *("datetime", "date_time", "start_time", "start_datetime", "started", "started_at"),
        *("begin", "begin_date", "begins", "began", "from_date", "from", "timestamp", "when"),
        *("occurred", "occurred_at", "date_occurred", "day_of_event", "opened", "opening"),
        *("born", "birth", "birth_date", "date_of_birth", "published", "date_published"),
        *("publication_date", "created", "created_at", "dated", "start_year", "year_start"),
        *("year", "years", "time", "datum", "fecha"),
    ),
    "end": (
        *("end", "end_date", "date_end", "date_to", "to_date", "until", "end_time", "end_datetime"),
        *("ended", "ended_at", "ends", "finish", "finished", "closed", "closing", "died", "death"),
        *("death_date", "date_of_death", "end_year", "year_end", "to"),
    ),
    "earliest": ("earliest", "earliest_start", "start_min", "start_time_min", "not_before"),
    "latest": ("latest", "latest_start", "start_max", "start_time_max", "not_after"),
    "earliest_end": ("earliest_end", "end_min", "end_time_min"),
    "latest_end": ("latest_end", "end_max", "end_time_max"),
    "year": ("year", "iyear", "start_year"),
    "month": ("month", "imonth", "start_month"),
    "day": ("day", "iday", "start_day"),
    "end_year": ("end_year",),
    "end_month": ("end_month",),
    "end_day": ("end_day",),
    "precision": ("date_prec", "time_precision", "date_precision", "precision"),
    "title": (
        *("title", "name", "headline", "event", "event_name", "label", "subject", "heading"),
        *("summary", "description", "what", "source_headline", "notes", "text", "titel", "titre"),
    ),
    "place": (
        *("place", "location", "location_name", "venue", "city", "town", "locality", "where"),
        *("where_description", "where_coordinates", "address", "site", "admin1", "adm_1"),
    ),
    "latitude": ("latitude", "lat", "geo_lat", "lat_dd", "decimal_latitude", "y_coord"),
    "longitude": (
        "longitude",
        "lon",
        "lng",
        "long",
        "geo_lon",
        "geo_lng",
        "lon_dd",
        "long_dd",
        "decimal_longitude",
        "x_coord",
    ),
    "country": ("country", "country_txt", "country_name", "nation"),
    "kind": ("type", "kind", "category", "event_type", "type_of_event", "class", "genre"),
    "low": ("low",),
    "size": ("best",),
    "high": ("high",),
}
# What a name that is none of these has in it if its column holds dates.
_DATE_WORD = re.compile(r"(?:^|_)(?:date|day|year|time|datetime)(?:_|$)|_(?:at|on)$")
# Where a name has one of these, a number of any size is a year.
_YEAR_WORD = re.compile(r"year|date|born|died|birth|death")
_ALONGSIDE = ("region", "status", "state", "province", "department", "theme", "source")
# Codes of precision whose meaning the name of their column settles.
_CODES = {"date_prec": "ucdp", "time_precision": "acled", "date_precision": "wikidata"}

Columns = Mapping[str, "Sample"]
# Whether what a column holds, and its name in lower case, fit a part.
Fits = Callable[["Sample", str], bool]


@dataclass(frozen=True)
class Guess:
    """The column of each part that one was found for, and columns that would make lanes."""

    parts: Mapping[str, str]
    lanes: tuple[str, ...] = ()
    codes: str = ""


def guess(columns: Columns, known: Mapping[str, str | None]) -> Guess:
    """Return the parts of a table's columns, given what some of their cells hold.

    `known`: the parts that settings or the address name; None where they say that there is none.
    They stand as they are, and no column plays two parts.
    """
    found = {part: column for part, column in known.items() if column}
    for parts in (_dates, _sizes, _points, _others):
        free = {name: held for name, held in columns.items() if name not in found.values()}
        guessed = parts(free, found.keys() | known.keys())
        found |= {part: column for part, column in guessed.items() if part not in known}
    lanes = _lanes(columns, found)
    return Guess(found, lanes, _CODES.get(_plain(found.get("precision", "")), ""))


def _plain(name: str) -> str:
    """Return a name in lower case, its words joined by underscores."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _by_name(part: str, columns: Columns, fits: Fits) -> str | None:
    names = {_plain(column): column for column in reversed([*columns])}
    for name in _NAMES[part]:
        if name in names and fits(columns[names[name]], name):
            return names[name]
    return None


def _all_by_name(parts: Iterable[str], columns: Columns, fits: Fits) -> dict[str, str]:
    found = {part: _by_name(part, columns, fits) for part in parts}
    return {part: column for part, column in found.items() if column}


# Dates


def _dates(columns: Columns, known: Iterable[str]) -> dict[str, str]:
    if not {*known}.isdisjoint({*ROLES} - {"end", "precision", "time", "end_time"}):
        return _all_by_name(("end",), columns, _are_dates) if "date" in known else {}
    bounds = _all_by_name(("earliest", "latest", "earliest_end", "latest_end"), columns, _are_dates)
    if {"earliest", "latest"} <= bounds.keys():
        return bounds
    date = _by_name("date", columns, _are_dates)
    apart = _all_by_name(("year", "month", "day"), columns, _are_numbers)
    if "month" in apart and "year" in apart and (date is None or date == apart["year"]):
        ends = _all_by_name(("end_year", "end_month", "end_day"), columns, _are_numbers)
        return apart | ends
    date = date or _date_by_cells(columns)
    if date is None:
        return {}
    others = {name: held for name, held in columns.items() if name != date}
    end = _by_name("end", others, _are_dates)
    precision = _by_name("precision", others, _are_numbers)
    return {
        part: name
        for part, name in (("date", date), ("end", end), ("precision", precision))
        if name
    }


def _date_by_cells(columns: Columns) -> str | None:
    """Return a column whose name speaks of time, or else one that has nothing but dates."""
    for name, held in columns.items():
        if _DATE_WORD.search(_plain(name)) and _are_dates(held, _plain(name)):
            return name
    for name, held in columns.items():
        is_text = any(isinstance(cell, str) for cell in held.cells)
        if is_text and looks_like_dates(held.cells) >= _LEAST_SHARE_WITHOUT_NAME:
            return name
    return None


def _are_dates(held: "Sample", name: str = "") -> bool:
    is_year = bool(_YEAR_WORD.search(name))
    return looks_like_dates(held.cells, is_year) >= _LEAST_SHARE


# Numbers


def _are_numbers(held: "Sample", name: str = "") -> bool:
    filled = _filled(held)
    numbers = [number for number in held.numbers if number is not None]
    return bool(filled) and len(numbers) >= _LEAST_SHARE * len(filled)


def _filled(held: "Sample") -> list[object]:
    return [cell for cell in held.cells if cell not in (None, "")]


def _sizes(columns: Columns, known: Iterable[str]) -> dict[str, str]:
    """Return the columns of a lowest, a best and a highest number: only all three together."""
    found = _all_by_name(("low", "size", "high"), columns, _are_numbers)
    return found if len(found) == len(("low", "size", "high")) else {}


def _points(columns: Columns, known: Iterable[str]) -> dict[str, str]:
    found = _all_by_name(("latitude", "longitude"), columns, _are_numbers)
    has_both = {"latitude", "longitude"} <= found.keys() | {*known}
    return found if has_both else {}


# Words


def _others(columns: Columns, known: Iterable[str]) -> dict[str, str]:
    found = _all_by_name(("place",), columns, _are_words)
    found |= _all_by_name(("country", "kind"), columns, _repeat)
    left = {name: held for name, held in columns.items() if name not in found.values()}
    title = _by_name("title", left, _are_words) or next(
        (name for name, held in left.items() if _are_titles(held)), None
    )
    return found | ({"title": title} if title else {})


def _are_words(held: "Sample", name: str = "") -> bool:
    return any(isinstance(cell, str) and cell.strip() for cell in held.cells)


def _are_titles(held: "Sample") -> bool:
    """Tell whether most of the cells are texts that are no numbers and no addresses."""
    texts = [
        cell
        for cell, number in zip(held.cells, held.numbers, strict=True)
        if isinstance(cell, str) and cell and number is None and "://" not in cell
    ]
    return bool(texts) and len(texts) >= _LEAST_SHARE * len(_filled(held))


def _repeat(held: "Sample", name: str = "") -> bool:
    """Tell whether the cells are few values, some of them more than once."""
    filled = _filled(held)
    return len({*map(str, filled)}) < min(len(filled), MOST_KINDS)


def _lanes(columns: Columns, parts: Mapping[str, str]) -> tuple[str, ...]:
    named = [parts.get("kind"), parts.get("country")]
    alongside = [name for name in columns if _plain(name) in _ALONGSIDE]
    candidates = dict.fromkeys(name for name in chain(named, alongside) if name in columns)
    return tuple(name for name in candidates if name and _repeat(columns[name]))
