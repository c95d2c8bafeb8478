"""Reads the text of one cell as a value: ids, dates, numbers, addresses, lists.

The functions know nothing of columns; `parsing` chooses among them by the kind of a column.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from edtf_dates import EventDate, from_ordinal
from edtf_dates.quoting import shorten
from edtf_dates.suggestions import parse_or_suggest

LIST_SEPARATOR = "; "

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_IDS = re.compile(rf"-?{_ID.pattern}(?:; -?{_ID.pattern})*")
# The first word after the date has a letter: a number could be part of the date.
_EVENT_ID = re.compile(r"(-?\d{4,}(?:-\d\d(?:-\d\d)?)?)-[0-9]*[a-z][a-z0-9-]*")
_INTEGER = re.compile(r"\d{1,15}")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?")
_LANGUAGE_PREFIX = re.compile(r"([a-z]{2,3}):")
_BAD_IN_URL = re.compile(r"""[\s<>"\\^`{|}]|%(?![0-9A-Fa-f]{2})|[;,]https?:""")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?")
# Browsers read a host whose last part is a number as an IP address (https://url.spec.whatwg.org).
_NUMBER_AT_END = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
# RFC 6761, RFC 6762, and ICANN's resolution 2024.07.29.06.
_PRIVATE_NAMES = ("localhost", "local", "internal")
# RFC 3492: letters other than ASCII in a part of a host name, which has at most 63 characters.
_PUNYCODE = re.compile(r"(?<![^.])xn--([a-z0-9-]{1,59})(?![^.])")
_TRACKING = re.compile(r"(?:^|&)(utm_\w+|fbclid|gclid|ns_campaign|ns_mchannel|ITO)=")


class CellError(ValueError):
    """A cell cannot be read; the message says what is wrong and what would be right."""


def parse_text(text: str) -> str:
    """Return the text as it is: every text is one."""
    return text


def parse_id(text: str) -> str:
    """Return an id as it is: words of a-z and 0-9, joined by hyphens. Raises CellError."""
    if not _ID.fullmatch(text.removeprefix("-")):
        raise CellError(f"{shorten(text)} is not an id: write a-z, 0-9 and single hyphens")
    return text


def id_date(event_id: str) -> str:
    """Return the date that an event's id begins with: `2015-06` for `2015-06-derna`.

    Raises CellError if the id does not begin with a date, or has no words after it.
    """
    match = _EVENT_ID.fullmatch(event_id)
    if not match:
        raise CellError(
            f"{shorten(event_id)} is not an event's id: write its date and a few words, "
            "such as 2015-03-18-bardo-museum-attack"
        )
    return match[1]


def slug(name: str) -> str:
    """Return an id made from a name; a name without Latin letters or digits gives a hash."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_name.lower())
    return "-".join(words) or f"x-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def parse_edtf(text: str) -> EventDate:
    """Return the date that an EDTF text means.

    Raises CellError, with the EDTF that was probably meant if it can be guessed.
    Dates of up to 200 characters are cached.
    """
    return _cached_edtf(text) if len(text) <= _LONGEST_CACHED else _read_edtf(text)


_LONGEST_CACHED = 200


# events.csv is in the order of time, so that equal dates are near each other.
@lru_cache(maxsize=1_000)
def _cached_edtf(text: str) -> EventDate:
    return _read_edtf(text)


def _read_edtf(text: str) -> EventDate:
    try:
        return parse_or_suggest(text)
    except ValueError as error:
        raise CellError(str(error)) from None


def leading_date(date: EventDate) -> str:
    """Return the day, month or year in which a date begins, as the id of an event spells it.

    Raises CellError if the beginning is open or unknown.
    """
    first, last = date.earliest_start, date.latest_start
    if first is None or last is None:
        raise CellError(f"{date.text} has no known beginning: choose the id yourself")
    (year, month, day), latest = from_ordinal(first), from_ordinal(last)
    spelled = f"-{-year:04}" if year < 0 else f"{year:04}"
    if (year, month) != latest[:2]:
        return spelled
    return f"{spelled}-{month:02}" if first != last else f"{spelled}-{month:02}-{day:02}"


def parse_integer(text: str) -> int:
    """Return a count: up to 15 ASCII digits. Raises CellError."""
    if not _INTEGER.fullmatch(text) or not text.isascii():
        raise CellError(f"{shorten(text)} is not a whole number: write digits only, such as 1200")
    return int(text)


def parse_number(text: str) -> float:
    """Return a decimal number with a point and no exponent. Raises CellError."""
    if not _NUMBER.fullmatch(text) or not text.isascii():
        raise CellError(
            f"{shorten(text)} is not a number: write digits and a point, "
            "with at most 10 decimals, such as 33.1378"
        )
    return float(text)


def parse_url(text: str) -> str:
    """Return an http or https address as it is.

    Raises CellError if it is not well formed, or not an address on the public internet.
    """
    if not text.lower().startswith(("http://", "https://")):
        raise CellError(f"{shorten(text)} is not a web address: start it with http:// or https://")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if fault := _bad_host(host):
        raise CellError(f"{shorten(text)} {fault}")
    if not _HOST.fullmatch(host) or not text.isascii() or _BAD_IN_URL.search(text):
        raise CellError(
            f"{shorten(text)} is not one well-formed address: write a single one, "
            "with spaces and other letters percent-encoded"
        )
    if parts.username is not None or port == 0:
        raise CellError(f"{shorten(text)} holds a user name or a port 0: remove it")
    return text


def _bad_host(host: str) -> str:
    """Return why nobody should follow a link to a host; empty if nothing speaks against it."""
    name = host.removesuffix(".")
    if not host.isascii():
        return "has letters other than ASCII in its host: write it as browsers send it (xn--...)"
    if name.rpartition(".")[2] in _PRIVATE_NAMES:
        return _NOT_PUBLIC
    if not _NUMBER_AT_END.fullmatch(name):
        return ""
    try:
        public = IPv4Address(name).is_global
    except ValueError:
        return "has a number in place of a host: write the name of the site"
    return "" if public else _NOT_PUBLIC


_NOT_PUBLIC = "is an address of one machine or network: write a public one"


def host_of(url: str) -> str:
    """Return the host of an address that `parse_url` accepts, in small letters."""
    return (urlsplit(url).hostname or "").removesuffix(".")


def is_numeric(host: str) -> bool:
    """Whether a host is an IP address and not a name."""
    return _NUMBER_AT_END.fullmatch(host) is not None


def shown_host(host: str) -> str:
    """Return a host as browsers may show it: its parts in punycode with their own letters."""
    return _PUNYCODE.sub(_decoded, host) if "xn--" in host else host


def _decoded(match: re.Match[str]) -> str:
    try:
        return match[1].encode().decode("punycode")
    except UnicodeError:
        return match[0]


def same_address(url: str) -> str:
    """Return an address without its scheme and final slash, to compare it with others."""
    return _SCHEME.sub("", url).rstrip("/")


_SCHEME = re.compile("^https?://", re.IGNORECASE)


def tracking_parameters(url: str) -> tuple[str, ...]:
    """Return the parameters of an address that only serve to track readers."""
    return tuple(_TRACKING.findall(urlsplit(url).query))


def parse_list(text: str) -> tuple[str, ...]:
    """Return the items of a list cell. Raises CellError if one is blank or occurs twice."""
    items = tuple(text.split(LIST_SEPARATOR))
    for item in items:
        if not item.strip() or ";" in item:
            raise CellError(
                f'{shorten(text)} is not a list: write one "; " between two items, none at the end'
            )
    if len(set(items)) < len(items):
        twice = next(item for item, count in Counter(items).items() if count > 1)
        raise CellError(f"{shorten(twice)} occurs twice: delete one")
    return items


def parse_ids(text: str) -> tuple[str, ...]:
    """Return the ids of a list cell. Raises CellError if an item is not an id."""
    if _IDS.fullmatch(text) and "; " not in text:
        return (text,)
    items = parse_list(text)
    if _IDS.fullmatch(text):
        return items
    for item in items:
        if _ID.fullmatch(item.removeprefix("-")):
            continue
        pieces = [piece.strip() for piece in item.split(",")]
        if len(pieces) > 1 and all(_ID.fullmatch(piece) for piece in pieces):
            raise CellError(not_one_item(item, pieces))
        raise CellError(f"{shorten(item)} is not an id: write {slug(item)}")
    return items


def not_one_item(item: str, pieces: Sequence[str]) -> str:
    """Return the message for an item that is really several, separated by commas."""
    return f'{shorten(item)} is not one item: separate with "; ", {"; ".join(pieces)}'


def split_language(alias: str) -> tuple[str, str]:
    """Return the language code before an alias, if any, and the name.

    `ar:الزهاوي` gives `ar` and the name, `ISIS` an empty string and `ISIS`.
    """
    match = _LANGUAGE_PREFIX.match(alias)
    return (match[1], alias[match.end() :]) if match else ("", alias)
