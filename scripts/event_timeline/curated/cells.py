"""What stands in a cell: its text read as the value its column calls for."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from typing import NamedTuple
from urllib.parse import urlsplit

import iso3166

from edtf_dates import DateError, EventDate, from_ordinal, parse_date
from edtf_dates.guesses import guess_edtf
from event_timeline.curated.columns import UNKNOWN, Column, Kind, Vocabulary
from event_timeline.curated.problems import closest, nearest, shorten

LIST_SEPARATOR = "; "

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_IDS = re.compile(rf"-?{_ID.pattern}(?:; -?{_ID.pattern})*")
# An id whose first word after the date has a letter, so that it is no part of the date.
_EVENT_ID = re.compile(r"(-?\d{4,}(?:-\d\d(?:-\d\d)?)?)-[0-9]*[a-z][a-z0-9-]*")
_INTEGER = re.compile(r"\d{1,15}")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?")
_LANGUAGE_PREFIX = re.compile(r"([a-z]{2,3}):")
# C0 and C1 controls, zero-width marks and bidirectional overrides: nobody
# types them on purpose, and the last can make a text read as another. Soft
# hyphens come with text copied from a web page. The zero-width joiners of
# Arabic script (U+200C, U+200D) are letters' business.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
_SPACES = re.compile(" {2,}")
# Letters and a sign that show nothing: Hangul fillers, the Braille pattern without dots.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
# No language stacks so many accents, and to put them in order takes time by their square.
_MOST_MARKS = 30
_PERHAPS_MARKS = re.compile(rf"[^\w\x00-\x7f]{{{_MOST_MARKS + 1},}}")
# What a spreadsheet writes for a formula that failed, and what an encoding without
# the letters leaves of them.
_ERROR_VALUE = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_LOST = re.compile(r"\?{3,}")
_LOST_REMEDY = (
    "letters were lost when the file was saved in an encoding without them: "
    "write them again, save as CSV UTF-8"
)
_BAD_IN_URL = re.compile(r"""[\s<>"\\^`{|}]|%(?![0-9A-Fa-f]{2})|[;,]https?:""")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?")
_TRACKING = re.compile(r"(?:^|&)(utm_\w+|fbclid|gclid|ns_campaign|ns_mchannel|ITO)=")


# ISO 3166 names countries as they name themselves; a heading or a facet wants
# the name that people look for.
_EVERYDAY_NAMES = {
    "BO": "Bolivia",
    "BN": "Brunei",
    "CD": "Congo (Kinshasa)",
    "CG": "Congo (Brazzaville)",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "GB": "United Kingdom",
    "IR": "Iran",
    "KP": "North Korea",
    "KR": "South Korea",
    "LA": "Laos",
    "MD": "Moldova",
    "NL": "Netherlands",
    "PS": "Palestine",
    "RU": "Russia",
    "SY": "Syria",
    "TR": "Turkey",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "United States",
    "VA": "Vatican City",
    "VE": "Venezuela",
    "VG": "British Virgin Islands",
    "VI": "US Virgin Islands",
    "VN": "Vietnam",
}


class CellError(ValueError):
    """What is wrong with a cell and what would be right, without its column's name."""


class Part(NamedTuple):
    """One actor's part in an event."""

    actor: str
    role: str


def parse_text(text: str) -> str:
    return text


def parse_id(text: str) -> str:
    if not _ID.fullmatch(text.removeprefix("-")):
        raise CellError(f"{shorten(text)} is not an id: write a-z, 0-9 and single hyphens")
    return text


def id_date(event_id: str) -> str:
    """Return the date before the words of an event's id (`2015-06` of `2015-06-derna`)."""
    match = _EVENT_ID.fullmatch(event_id)
    if not match:
        raise CellError(
            f"{shorten(event_id)} is not an event's id: write its date and a few words, "
            "such as 2015-03-18-bardo-museum-attack"
        )
    return match[1]


def slug(name: str) -> str:
    """Return an id made of a name: ASCII letters, digits and hyphens."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_name.lower())
    return "-".join(words) or f"x-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def parse_edtf(text: str) -> EventDate:
    """Return the date, or say what is wrong and which EDTF was probably meant.

    Dates of at most 200 characters are remembered.
    """
    return _remembered_edtf(text) if len(text) <= _LONGEST_REMEMBERED else _read_edtf(text)


_LONGEST_REMEMBERED = 200


# Events stand in the order of time, so equal dates are near each other.
@lru_cache(maxsize=1_000)
def _remembered_edtf(text: str) -> EventDate:
    return _read_edtf(text)


def _read_edtf(text: str) -> EventDate:
    try:
        return parse_date(text)
    except DateError as error:
        guesses = guess_edtf(text) if len(text) <= 100 else ()
        if not guesses:
            raise CellError(str(error)) from None
        meant = " or ".join(guesses)
        raise CellError(f"{shorten(text)} is not EDTF: write {meant}") from None


def leading_date(date: EventDate) -> str:
    """Return the day, month or year in which an event begins, as its id spells it."""
    first, last = date.earliest_start, date.latest_start
    if first is None or last is None:
        raise CellError(f"{date.text} has no known beginning: choose the id yourself")
    (year, month, day), latest = from_ordinal(first), from_ordinal(last)
    spelled = f"-{-year:04}" if year < 0 else f"{year:04}"
    if (year, month) != latest[:2]:
        return spelled
    return f"{spelled}-{month:02}" if first != last else f"{spelled}-{month:02}-{day:02}"


def parse_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not text.isascii():
        raise CellError(f"{shorten(text)} is not a whole number: write digits only, such as 1200")
    return int(text)


def parse_number(text: str) -> float:
    if not _NUMBER.fullmatch(text) or not text.isascii():
        raise CellError(
            f"{shorten(text)} is not a number: write digits and a point, "
            "with at most 10 decimals, such as 33.1378"
        )
    return float(text)


def parse_country(text: str) -> str:
    if text in iso3166.countries_by_alpha2:
        return text
    raise CellError(
        f"{shorten(text)} is not an ISO 3166-1 code of two capitals{_country_hint(text)}"
    )


def _country_hint(text: str) -> str:
    """Return `; did you mean ...?` with the codes of the countries probably meant."""
    codes = _countries_called(text.casefold())
    if not codes:
        return ": look it up, or leave it blank for no single country"
    return f"; did you mean {' or '.join(f'{code} ({country_name(code)})' for code in codes)}?"


def _countries_called(word: str) -> list[str]:
    names = _country_names()
    if word in names:
        return [names[word]]
    if len(word) < 4:
        return []
    starting = sorted({code for name, code in names.items() if name.startswith(word)})
    if starting:
        return starting[:4]
    long = [name for name in names if len(name) > 3]
    # A slip seldom touches the first letter: Lybia is nearer to Libya than to Syria.
    found = closest(word, [name for name in long if name[0] == word[0]]) or closest(word, long)
    return [names[found]] if found else []


@cache
def _country_names() -> dict[str, str]:
    """Return the codes of the countries by their names and codes, in small letters."""
    countries = iso3166.countries_by_alpha2.values()
    names = {"uk": "GB", "britain": "GB"}
    for country in countries:
        code = country.alpha2
        for name in (country_name(code), country.name, country.alpha3, code):
            names.setdefault(name.casefold(), code)
    return names


def country_name(code: str) -> str:
    """Return the everyday English name of an ISO 3166-1 code, such as Syria for SY."""
    return _EVERYDAY_NAMES.get(code) or iso3166.countries_by_alpha2[code].apolitical_name


def country_label(code: str) -> str:
    """Return a country as lists and tables say it, a code that is of no country as it is."""
    if code == UNKNOWN:
        return "no single country"
    return country_name(code) if code in iso3166.countries_by_alpha2 else code


def parse_url(text: str) -> str:
    """Return an http or https address, spelled as found."""
    if not text.lower().startswith(("http://", "https://")):
        raise CellError(f"{shorten(text)} is not a web address: start it with http:// or https://")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not _HOST.fullmatch(host) or not text.isascii() or _BAD_IN_URL.search(text):
        raise CellError(
            f"{shorten(text)} is not one well-formed address: write a single one, "
            "with spaces and other letters percent-encoded"
        )
    if parts.username is not None or port == 0:
        raise CellError(f"{shorten(text)} holds a user name or a port 0: remove it")
    return text


def same_address(url: str) -> str:
    """Return what is equal for two addresses of one page.

    Those that differ by http or https, or by a slash at the end.
    """
    return _SCHEME.sub("", url).rstrip("/")


_SCHEME = re.compile("^https?://", re.IGNORECASE)


def tracking_parameters(url: str) -> tuple[str, ...]:
    """Return the parameters of an address that only follow its reader about."""
    return tuple(_TRACKING.findall(urlsplit(url).query))


def parse_list(text: str) -> tuple[str, ...]:
    """Return the items of a list cell, in their order."""
    items = tuple(text.split(LIST_SEPARATOR))
    for item in items:
        if not item.strip() or ";" in item:
            raise CellError(
                f'{shorten(text)} is not a list: write one "; " between two items, none at the end'
            )
    if len(set(items)) < len(items):
        twice = next(item for item, count in Counter(items).items() if count > 1)
        raise CellError(f"{shorten(twice)} stands twice: delete one")
    return items


def parse_ids(text: str) -> tuple[str, ...]:
    """Return the ids of a list cell, in their order."""
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
            raise CellError(_separate(item, pieces))
        raise CellError(f"{shorten(item)} is not an id: write {slug(item)}")
    return items


def _separate(item: str, pieces: Sequence[str]) -> str:
    return f'{shorten(item)} is not one item: separate with "; ", {"; ".join(pieces)}'


def parse_actors(text: str, roles: Vocabulary) -> tuple[Part, ...]:
    """Return who took part; the role is the text in an item's last brackets."""
    return tuple(_parse_part(item, roles) for item in parse_list(text))


def _parse_part(item: str, roles: Vocabulary) -> Part:
    if ")," in item:
        pieces = re.split(r"(?<=\)),\s*", item)
        if all(_has_role(piece, roles) for piece in pieces):
            raise CellError(_separate(item, pieces))
    name, bracket, role = item.removesuffix(")").rpartition(" (")
    if not bracket or not item.endswith(")") or not name.strip():
        raise CellError(f"{shorten(item)} has no role: write Name (role); Name (role)")
    if role not in roles:
        raise CellError(_not_a_word(role, roles, "a role"))
    return Part(name, role)


def _has_role(piece: str, roles: Vocabulary) -> bool:
    return piece.endswith(")") and piece[:-1].rpartition(" (")[2] in roles


def parse_word(text: str, vocabulary: Vocabulary) -> str:
    if text not in vocabulary:
        raise CellError(_not_a_word(text, vocabulary, "one of its words"))
    return text


def _not_a_word(text: str, vocabulary: Vocabulary, what: str) -> str:
    return f"{shorten(text)} is not {what} ({', '.join(vocabulary)}){nearest(text, vocabulary)}"


def split_language(alias: str) -> tuple[str, str]:
    """Return the language before an alias (`ar` of `ar:الزهاوي`, or nothing) and the name."""
    match = _LANGUAGE_PREFIX.match(alias)
    return (match[1], alias[match.end() :]) if match else ("", alias)


def blemish(text: str) -> str:
    """Say what is wrong with the characters of a filled cell, whatever it means, or nothing."""
    if "\ufffd" in text:
        return f"holds U+FFFD: {_LOST_REMEDY}"
    if _has_piled_marks(text):
        return f"holds more than {_MOST_MARKS} combining marks in a row: delete them"
    if match := HIDDEN.search(text):
        return f"holds the hidden character U+{ord(match[0]):04X}: delete it"
    if text[0] in "=@":
        return f"starts with {text[0]}, which spreadsheets run as a formula: begin with a word"
    if _ERROR_VALUE.fullmatch(text):
        return f"is a spreadsheet's error value, {text}: write what should stand there"
    if not text.isascii() and all(map(_shows_nothing, text)):
        return "holds only characters that show nothing: write what should stand there"
    return ""


def _shows_nothing(character: str) -> bool:
    return character in _BLANK_LETTERS or unicodedata.category(character) in _BLANK_CATEGORIES


_BLANK_CATEGORIES = frozenset({"Cf", "Zs", "Zl", "Zp"})


def _has_piled_marks(text: str) -> bool:
    """Whether more than _MOST_MARKS combining marks stand in a row."""
    if text.isascii():
        return False
    for match in _PERHAPS_MARKS.finditer(text):
        run = "".join("m" if unicodedata.combining(c) else " " for c in match[0])
        if len(max(run.split(), key=len, default="")) > _MOST_MARKS:
            return True
    return False


def lost_letters(text: str) -> str:
    """Say what to do of a text in which question marks stand for letters, or nothing."""
    return _LOST_REMEDY if _LOST.search(text) else ""


def tidy(column: Column, text: str) -> str:
    """Return the cell as `event-timeline fmt` writes it.

    In Unicode normal form C, without spare spaces, list items separated by "; ". What
    holds more combining marks in a row than `blemish` lets pass is not normalised.
    """
    if not text.isascii() and not _has_piled_marks(text):
        text = unicodedata.normalize("NFC", text)
    if "  " in text or text[:1].isspace() or text[-1:].isspace():
        text = _SPACES.sub(" ", text).strip()
    if column.kind in ("list", "actors") and ";" in text:
        items = (item.strip() for item in text.split(";"))
        text = LIST_SEPARATOR.join(item for item in items if item)
    return text


def garbled(text: str) -> str:
    """Return what a text was before its UTF-8 was read as Windows-1252, or nothing."""
    if text.isascii():
        return ""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""


def spotless(row: Sequence[str]) -> bool:
    """Whether no cell of a row can have a blemish, be untidy, garbled or like a formula.

    One look at the whole row instead of four at each cell; when in doubt, no.
    """
    text = f"|{'|'.join(filter(None, row))}|"
    return (
        text.isprintable()
        and not _SUSPECT.search(text)
        and "???" not in text
        and text.count(";") == text.count("; ")
        and (text.isascii() or _is_plain_unicode(text))
    )


# Spare spaces, loose list separators, and cells that start as formulas and error values do.
_SUSPECT = re.compile("[ |][ |;=@+#-]")


def _is_plain_unicode(text: str) -> bool:
    return (
        not _has_piled_marks(text)
        and unicodedata.is_normalized("NFC", text)
        and not _ODD.search(text)
    )


# Two of the characters of HIDDEN count as printable, and so do blank letters; then what
# starts a garbled letter: the first byte of its UTF-8, and no ASCII letter after it.
_ODD = re.compile(f"[\ufff9-\uffff{_BLANK_LETTERS}]|[\u00c2-\u00f4][^\0-\x7f]")


_PARSERS: dict[Kind, Callable[[str], object]] = {
    "country": parse_country,
    "date": parse_edtf,
    "id": parse_id,
    "integer": parse_integer,
    "list": parse_list,
    "number": parse_number,
    "text": parse_text,
    "url": parse_url,
}


def parser(column: Column) -> Callable[[str], object]:
    """Return the function that reads a filled cell of this column; it raises CellError."""
    vocabulary = column.vocabulary
    if vocabulary is None:
        return parse_ids if column.kind == "list" and column.refers_to else _PARSERS[column.kind]
    if column.kind == "actors":
        return partial(parse_actors, roles=vocabulary)
    return partial(parse_word, vocabulary=vocabulary)
