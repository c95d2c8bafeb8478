"""An event as schema.org has it, for search engines."""

from typing import Any

from datasette_event_timeline.queries.query import Row
from datasette_event_timeline.sql.date_cells import read_date
from edtf_dates import EventDate
from event_timeline.site.days import spell_day
from event_timeline.site.web_links import web_address


def json_ld(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what the page on an event says of it; only a day that is certain is its date."""
    row, date = entry["row"], entry["read"]
    said = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": _text(row["title"]),
        "description": _text(row["summary"]),
        "url": entry["canonical"],
        "startDate": date and _certain_day(date, date.earliest_start, date.latest_start),
        "endDate": date and _certain_day(date, date.earliest_end, date.latest_end),
        "location": _place(entry),
        "citation": [_work(source) for source in entry["sources"]],
    }
    return {name: value for name, value in said.items() if value}


def _text(value: object) -> str | None:
    """Return what is text; a database that this tool did not build may hold anything."""
    return value if isinstance(value, str) else None


def _certain_day(date: EventDate, first: int | None, last: int | None) -> str | None:
    if first is None or first != last or date.approximate or date.uncertain:
        return None
    return spell_day(first)


def _place(entry: dict[str, Any]) -> dict[str, Any] | None:
    row = entry["row"]
    place: dict[str, Any] = {"@type": "Place"}
    if _text(row.get("place")):
        place["name"] = row["place"]
    if entry.get("country"):
        country = _text(row["country"])
        place["address"] = {"@type": "PostalAddress", "addressCountry": country}
    if entry["map"]:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": row["latitude"],
            "longitude": row["longitude"],
        }
    return place if len(place) > 1 else None


def _work(source: Row) -> dict[str, Any]:
    date = read_date(source["published"])
    said = {
        "@type": "CreativeWork",
        "name": _text(source["title"]),
        "url": web_address(source["url"]),
        "publisher": {"@type": "Organization", "name": _text(source["publisher"])},
        "datePublished": date and _certain_day(date, date.earliest_start, date.latest_start),
        "inLanguage": _text(source["language"]),
    }
    return {name: value for name, value in said.items() if value}
