"""What a person, or a spreadsheet, probably meant by a date that is not EDTF.

Only suggestions: nothing here ever changes a date. Numbers and English or French words are
understood; where a text has several readings, all of them are given, the likeliest first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from edtf_dates import DateError, EventDate, from_ordinal, parse_date, spell_year
from edtf_dates.quoting import shorten

_MONTHS = (
    ("january", "jan", "janvier", "janv"),
    ("february", "feb", "febr", "fevrier", "fevr", "fev"),
    ("march", "mar", "mars"),
    ("april", "apr", "avril", "avr"),
    ("may", "mai"),
    ("june", "jun", "juin"),
    ("july", "jul", "juillet", "juil"),
    ("august", "aug", "aout"),
    ("september", "sep", "sept", "septembre"),
    ("october", "oct", "octobre"),
    ("november", "nov", "novembre"),
    ("december", "dec", "decembre"),
)
_MONTH_OF = {name: month for month, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})"
_ANY_MONTH = _MONTH.replace("?P<month>", "?:")
_WEEKDAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thu(?:rs)?|fri|sat|sun|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
_SEASON_OF = {
    **dict.fromkeys(("spring", "printemps"), 21),
    **dict.fromkeys(("summer", "ete"), 22),
    **dict.fromkeys(("autumn", "fall", "automne"), 23),
    **dict.fromkeys(("winter", "hiver"), 24),
}
_EARLY = r"early|beginning|start|debut"
_MIDDLE = r"mid|middle|mi|milieu"
_LATE = r"late|end|fin"
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_MAX_TEXT = 120
_LONGEST_SUGGESTED = 100
_DASH = "\u2013"  # stands between the ends of a range once a text is tidy


class NotEDTFError(ValueError):
    """A text that is not EDTF, with the EDTF that was probably meant."""


def parse_or_suggest(text: str) -> EventDate:
    """The date that a text is in EDTF.

    Raises NotEDTFError where it is easy to guess what was meant, otherwise DateError: both say
    what would be right, and are ValueErrors.
    """
    try:
        return parse_date(text)
    except DateError:
        guesses = guess_edtf(text) if len(text) <= _LONGEST_SUGGESTED else ()
        if not guesses:
            raise
        meant = " or ".join(guesses)
        raise NotEDTFError(f"{shorten(text)} is not EDTF: write {meant}") from None


def guess_edtf(text: str) -> tuple[str, ...]:
    """The EDTF strings the text probably means, best first; none if there is no telling.

    Every one of them is accepted by `parse_date`.
    """
    if len(text) > _MAX_TEXT:
        return ()
    return tuple(_valid(_readings(_tidy(text))))


def _valid(guesses: Iterable[str]) -> Iterator[str]:
    for guess in dict.fromkeys(guesses):
        try:
            parse_date(guess)
        except DateError:
            continue
        yield guess


def _tidy(text: str) -> str:
    """Small letters without accents, one kind of each sign, a dash for every sure range."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"[\u2010\u2011\u2212]", "-", plain)
    plain = re.sub(r"[\u2018\u2019]", "'", plain)
    plain = re.sub(r"\s*[\u2012\u2013\u2014]\s*|\s+-+\s+", _DASH, plain)
    plain = re.sub(rf"\b(?:{_WEEKDAY})\b[.,]?(?=\s*\w)", " ", plain)
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th|er)\b(?!\s*(?:century|siecle|quarter))", "", plain)
    plain = re.sub(r"\b(?:the|of|le|in|on|en)\b", " ", plain)
    plain = re.sub(rf"(?<=[a-z])\.|(?<={_DASH}),", " ", plain)
    plain = re.sub(
        rf"({_ANY_MONTH}(?: \d{{1,2}}(?:[-{_DASH}]\d{{1,2}})?)? ?),(?= ?\d{{4}}\b)", r"\1 ", plain
    )
    return re.sub(r"\s+", " ", plain).strip(" .;")


def _readings(text: str) -> Iterator[str]:
    """Every reading of a tidy text, from all readers in the order of their certainty."""
    for reader in _READERS:
        yield from reader(text)


def _already(text: str) -> Iterator[str]:
    """EDTF with spaces, small letters or the marks of its 2012 draft."""
    draft = text.upper().replace("U", "X").replace("?~", "%").replace("~?", "%")
    draft = draft.replace(_DASH, "/").replace(" ", "")
    draft = re.sub(r"(?<=/)(?:OPEN|NOW|PRESENT)$", "..", draft)
    draft = re.sub(r"(?<=/)XNKNOWN$|^XNKNOWN(?=/)", "", draft)
    if re.fullmatch(r"[-0-9XYES?~%.,/\[\]{}]*", draft) and not re.fullmatch(r"\d{1,3}", draft):
        yield draft


# --- Single dates ---------------------------------------------------------------------------


def _written(year: int, month: int, day: int | None = None) -> str:
    return f"{spell_year(year)}-{month:02}" + ("" if day is None else f"-{day:02}")


def _full_years(digits: str) -> list[int]:
    """The years two digits can mean, as spreadsheets read them first: 00 to 29 are 20.."""
    if len(digits) != 2:
        return [int(digits)]
    year = int(digits)
    return [2000 + year, 1900 + year] if year < 30 else [1900 + year, 2000 + year]


def _timestamp(text: str) -> Iterator[str]:
    match = re.fullmatch(
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ t]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?"
        r"\s*(z|[+-]\d{2}:?\d{2})?",
        text,
    )
    if match is None:
        return
    day = _written(int(match[1]), int(match[2]), int(match[3]))
    time = f"{int(match[4]):02}:{match[5]}:{match[6] or '00'}"
    if time != "00:00:00":
        yield f"{day}T{time}{_offset(match[7])}"
    yield day


def _offset(text: str | None) -> str:
    if text is None:
        return ""
    return "Z" if text == "z" else f"{text[:3]}:{text[-2:]}"


def _numeric(text: str) -> Iterator[str]:
    """Numbers between slashes, points or hyphens, with the day or the month first."""
    if match := re.fullmatch(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})", text):
        yield _written(int(match[1]), int(match[3]), int(match[4]))
    if match := re.fullmatch(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})", text):
        first, second = int(match[1]), int(match[3])
        for year in _full_years(match[4]):
            yield _written(year, second, first)
            yield _written(year, first, second)
    if match := re.fullmatch(r"(\d{4})[-/. ](\d{1,2})", text):
        yield _written(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{1,2})[-/. ](\d{4})", text):
        yield _written(int(match[2]), int(match[1]))
    if match := re.fullmatch(r"((?:1[5-9]|20)\d\d)(\d\d)(\d\d)", text):
        yield _written(int(match[1]), int(match[2]), int(match[3]))


def _serial(text: str) -> Iterator[str]:
    """A spreadsheet's day number, in the 1900 system and in the 1904 system."""
    match = re.fullmatch(r"(\d{5})(?:\.\d+)?", text)
    if match is not None and 10_000 <= int(match[1]) <= 80_000:
        for origin in (date(1899, 12, 30), date(1904, 1, 1)):
            yield (origin + timedelta(days=int(match[1]))).isoformat()


def _short(text: str) -> Iterator[str]:
    """`Mar-15`: a spreadsheet's month of a year, or a day whose year it lost; `15-Mar` too."""
    match = re.fullmatch(rf"{_MONTH}[- ](?P<number>\d{{1,2}})", text)
    turned = re.fullmatch(rf"(?P<number>\d{{1,2}})[- ]{_MONTH}", text)
    found = match or turned
    if found is None:
        return
    month, number = _MONTH_OF[found["month"]], found["number"]
    of_month = [_written(_full_years(number)[0], month)] if len(number) == 2 else []
    of_day = [f"XXXX-{month:02}-{int(number):02}"]
    yield from of_month + of_day if match else of_day + of_month


def _worded(text: str) -> Iterator[str]:
    """A date with the name of its month; `18-Mar-64` is a spreadsheet's, `18 March 64` a book's."""
    of_spreadsheet = "-" in text
    text = text.replace("-", " ")
    year = r"(?P<year>\d{4}|\d{2})"
    for pattern in (
        rf"(?P<day>\d{{1,2}}) ?{_MONTH} {year}",
        rf"{_MONTH} ?(?P<day>\d{{1,2}}) {year}",
        rf"(?P<year>\d{{4}}) {_MONTH}(?: (?P<day>\d{{1,2}}))?",
        rf"{_MONTH} (?P<year>\d{{4}})",
    ):
        if match := re.fullmatch(pattern, text):
            day = match.groupdict().get("day")
            as_written = [] if of_spreadsheet else [int(match["year"])]
            for full in dict.fromkeys(_full_years(match["year"]) + as_written):
                yield _written(full, _MONTH_OF[match["month"]], int(day) if day else None)
            return
    if match := re.fullmatch(_MONTH, text):
        yield f"XXXX-{_MONTH_OF[match['month']]:02}"


_BEFORE_CHRIST = r"b\.? ?c\.? ?(?:e\.?)?|av\.? ?j\.? ?-? ?c\.?|avant j\.? ?-? ?c\.?"
_AFTER_CHRIST = r"a\.? ?d\.?|c\.? ?e\.?|ap\.? ?j\.? ?-? ?c\.?"


def _era(text: str) -> Iterator[str]:
    """Years before and after Christ: 44 BC is the year -43."""
    if match := re.fullmatch(
        rf"(.*?\d(?:st|nd|rd|th|e|s)?(?: century)?) ?(?:{_BEFORE_CHRIST})", text
    ):
        yield from filter(None, map(_before_christ, _lengthened(match[1])))
    after = rf"(?:{_AFTER_CHRIST})"
    if match := re.fullmatch(rf"{after} ?(\d.*)|(.*\d) ?{after}", text):
        yield from _lengthened(match[1] or match[2])


def _years_before_christ(text: str) -> Iterator[str]:
    """`264-241 BC`: from one year to a later one, whose number is smaller."""
    match = re.fullmatch(rf"(\d{{1,4}})[-{_DASH}](\d{{1,4}}) ?(?:{_BEFORE_CHRIST})", text)
    if match is not None and int(match[1]) > int(match[2]):
        yield "/".join(spell_year(1 - int(year)) for year in match.groups())


def _lengthened(text: str) -> Iterator[str]:
    """Readings of a date whose year may have fewer than four digits, as eras have them."""
    yield from _single(re.sub(r"(?<![-\d])(\d{1,3})$", lambda year: f"{int(year[1]):04}", text))


def _before_christ(guess: str) -> str | None:
    """The same date before Christ; a century or a decade has the digits of its number."""
    match = re.fullmatch(r"Y?(\d{4,})((?:-\d\d)*)([?~%]?)", guess)
    if match is not None:
        return f"{spell_year(1 - int(match[1]))}{match[2]}{match[3]}"
    return f"-{guess}" if re.fullmatch(r"\d\dXX", guess) else None


def _lone_year(text: str) -> Iterator[str]:
    if match := re.fullmatch(r"(-?)(\d{1,4})", text):
        yield f"{match[1]}{int(match[2]):04}"
    elif (match := re.fullmatch(r"(-?)(\d{6,12})", text)) and not any(_valid(_numeric(text))):
        yield f"Y{match[1]}{match[2]}"


# --- Parts of years and centuries -----------------------------------------------------------

_CENTURY = r"(\d{1,2}|[ivx]+)(?:st|nd|rd|th|e|eme)? ?(?:century|siecle|c)"
_ROMAN = {"i": 1, "v": 5, "x": 10}


def _decade(text: str) -> Iterator[str]:
    match = re.fullmatch(r"(\d{3})0'?s|annees (\d{3})0", text)
    if match is None:
        return
    decade = match[1] or match[2]
    if decade.endswith("0"):
        yield f"{decade[:2]}XX"
    yield f"{decade}X"


def _century(text: str) -> Iterator[str]:
    match = re.fullmatch(_CENTURY, text)
    if match is not None:
        number = int(match[1]) if match[1].isdecimal() else _roman(match[1])
        if 1 <= number <= 99:
            yield f"{number - 1:02}XX"


def _roman(text: str) -> int:
    values = [_ROMAN[letter] for letter in text]
    signs = (
        -1 if value < following else 1
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )
    return sum(sign * value for sign, value in zip(signs, values, strict=True))


def _season(text: str) -> Iterator[str]:
    match = re.fullmatch(rf"({'|'.join(_SEASON_OF)}) (\d{{4}})(?:[-/{_DASH}]\d{{2,4}})?", text)
    if match is None:
        return
    code, year = _SEASON_OF[match[1]], int(match[2])
    yield _written(year, code)
    if code == 24 and text.endswith(match[2]):
        yield _written(year - 1, code)  # the winter that ended in that year
    yield _written(year, code + 4)


def _fraction(text: str) -> Iterator[str]:
    """Quarters and halves of a year."""
    match = re.fullmatch(r"q([1-4])[ -/]?(\d{4})|(\d{4})[ -/]?q([1-4])", text)
    if match:
        yield _written(int(match[2] or match[3]), 32 + int(match[1] or match[4]))
    if match := re.fullmatch(r"(\d)(?:st|nd|rd|th) quarter (\d{4})", text):
        yield _written(int(match[2]), 32 + int(match[1]))
    if match := re.fullmatch(rf"({'|'.join(_NTH)}) (quarter|half) (\d{{4}})", text):
        number = _NTH[match[1]]
        code = 32 + number if match[2] == "quarter" else 39 + min(number, 2)
        yield _written(int(match[3]), code)


def _portion(text: str) -> Iterator[str]:
    """The early, middle or late part of a year, a month or a decade."""
    for number, words in enumerate((_EARLY, _MIDDLE, _LATE)):
        match = re.fullmatch(rf"(?:{words})[ -](?:d[eu]? )?(.+)", text)
        if match is None:
            continue
        for whole in _single(match[1]):
            yield from _third(whole, number)


def _third(whole: str, number: int) -> Iterator[str]:
    if re.fullmatch(r"\d{4}", whole):
        yield f"{whole}-{37 + number}"
        yield f"{whole}-{(33, 34, 36)[number]}"
    elif re.fullmatch(r"\d{4}-(?:0\d|1[0-2])", whole):
        last = from_ordinal(parse_date(whole).latest_end or 0)[2]
        first_day, last_day = ((1, 10), (11, 20), (21, last))[number]
        yield f"[{whole}-{first_day:02}..{whole}-{last_day}]"
    elif re.fullmatch(r"\d{3}X", whole):
        first, last = ((0, 3), (4, 6), (7, 9))[number]
        yield f"[{whole[:3]}{first}..{whole[:3]}{last}]"
    elif re.fullmatch(r"\d\dXX", whole):
        first, last = ((0, 33), (34, 66), (67, 99))[number]
        yield f"[{whole[:2]}{first:02}..{whole[:2]}{last}]"


# --- What is said about a date --------------------------------------------------------------

_ABOUT = r"(?:c\.?|ca\.?|circa|cca|about|around|approx\.?(?:imately)?|roughly|vers|env\.?(?:iron)?)"
_DOUBT = r"(?:probably|possibly|perhaps|maybe|presumably|likely|probablement|peut-etre)"


def _marked(text: str) -> Iterator[str]:
    """About, or perhaps, some date."""
    about, count = re.subn(rf"^{_ABOUT} ?(?=\S)|^~ ?|,? ?\((?:approx|about|circa)\)$|~$", "", text)
    plain, doubts = re.subn(
        rf"^{_DOUBT} |\?$|,? ?\((?:\?|{_DOUBT}|uncertain)\)$", "", about.strip()
    )
    if count and not doubts:
        plain, doubts = re.subn(r"\?$", "", plain)
    if doubts and not count:
        plain, count = re.subn(rf"^{_ABOUT} ?(?=\S)|~$", "", plain.strip())
    if not count and not doubts:
        return
    mark = "%" if count and doubts else "~" if count else "?"
    for guess in _readings(plain.strip()):
        if re.fullmatch(r"[-Y0-9XES]+", guess):
            yield guess + mark
        elif re.fullmatch(r"[^\[\]{}T?~%]+/[^\[\]{}T?~%]+", guess):
            yield guess.replace("/", f"{mark}/") + mark


_LIMITS: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    (r"(?:since|from|starting|depuis|a partir d[eu]) (.+)", lambda day: f"{day}/.."),
    (
        rf"(.+?) ?(?:onwards?|-|{_DASH}|to|until) ?(?:present|now|today|ongoing)?",
        lambda day: f"{day}/..",
    ),
    (r"(?:until|till|up to|jusqu'(?:a|en)) ?(.+)", lambda day: f"../{day}"),
    (r"(?:by|no later than|not after) (.+)", lambda day: f"[..{day}]"),
    (r"(.+) or (?:earlier|before)", lambda day: f"[..{day}]"),
    (r"(.+) or (?:later|after)", lambda day: f"[{day}..]"),
    (r"(?:before|prior to|avant) (.+)", lambda day: _beside(day, -1)),
    (r"(?:after|post|apres) (.+)", lambda day: _beside(day, 1)),
)


def _limited(text: str) -> Iterator[str]:
    """Before, after, since or until a date."""
    for pattern, write in _LIMITS:
        match = re.fullmatch(pattern, text)
        if match is None or match[1] == text:
            continue
        for guess in _single(match[1]):
            written = write(guess)
            if written is not None:
                yield written


def _beside(guess: str, step: int) -> str | None:
    """On or after the next date of the same precision, or on or before the one before it."""
    if not re.fullmatch(r"-?\d{4}(?:-(?:0\d|1[0-2])(?:-\d\d)?)?", guess):
        return None
    try:
        found = parse_date(guess)
    except DateError:
        return None
    edge = found.latest_end if step > 0 else found.earliest_start
    year, month, day = from_ordinal((edge or 0) + step)
    parts = (spell_year(year), f"{month:02}", f"{day:02}")
    beside = "-".join(parts[: 1 + guess.lstrip("-").count("-")])
    return f"[{beside}..]" if step > 0 else f"[..{beside}]"


# --- Several dates --------------------------------------------------------------------------


def _between(text: str) -> Iterator[str]:
    """Some time between two dates; or, said loosely, from one to the other."""
    match = re.fullmatch(r"(?:between|entre|sometime between) (.+) (?:and|et) (.+)", text)
    if match is None:
        return
    for first, last in _paired(match[1], match[2]):
        yield f"[{first}..{last}]"
        yield f"{first}/{last}"


def _range(text: str) -> Iterator[str]:
    """From one date to another."""
    text = re.sub(r"^(?:from|de|du) ", "", text)
    divided = re.split(rf" ?{_DASH} ?| (?:to|until|till|through|au|a) ", text)
    if len(divided) != 2:
        divided = _hyphenated(text)
    if len(divided) == 2:
        for first, last in _paired(divided[0], divided[1]):
            yield f"{first}/{last}"


def _hyphenated(text: str) -> list[str]:
    """The halves of a range written with a hyphen or a slash and no spaces."""
    for pattern in (
        r"(\d{3,4})[-/](\d{3,4})",
        r"(\d{4})[-/](\d\d)",
        rf"(\d{{1,2}})-(\d{{1,2}} {_ANY_MONTH} \d{{4}})",
        rf"({_ANY_MONTH} \d{{1,2}})-(\d{{1,2}} \d{{4}})",
        rf"({_ANY_MONTH})[-/]({_ANY_MONTH} \d{{4}})",
        rf"(\d{{1,2}} {_ANY_MONTH})-(\d{{1,2}} {_ANY_MONTH} \d{{4}})",
    ):
        if match := re.fullmatch(pattern, text):
            return [match[1], match[2]]
    return []


def _paired(first: str, last: str) -> Iterator[tuple[str, str]]:
    """The readings of two dates, each completed from the other, in order of time."""
    left, right = _completed(first.strip(), last.strip())
    ends = list(_valid(_single(right)))
    for start in _valid(_single(left)):
        for end in ends:
            if len(start) == len(end) or len(ends) == 1:
                yield start, end


def _completed(first: str, last: str) -> tuple[str, str]:
    """`9` and `13 June 2015` are `9 June 2015` and `13 June 2015`."""
    month = re.fullmatch(rf"\d{{1,2}} ?({_ANY_MONTH}(?: \d{{4}})?)", last)
    if month and re.fullmatch(r"\d{1,2}", first):
        return f"{first} {month[1]}", last
    year = re.search(r" (\d{4})$", last)
    turned = re.fullmatch(rf"({_ANY_MONTH}) (\d{{1,2}})", first)
    if year and turned and re.fullmatch(r"\d{1,2} \d{4}", last):
        return f"{first}{year[0]}", f"{turned[1]} {last}"
    if year and (turned or re.fullmatch(rf"{_ANY_MONTH}|\d{{1,2}} ?{_ANY_MONTH}", first)):
        return f"{first}{year[0]}", last
    if re.fullmatch(r"\d{4}", first) and re.fullmatch(r"\d{2}", last):
        return first, first[:2] + last
    return first, last


def _listed(text: str) -> Iterator[str]:
    """One of several dates, or all of them."""
    for joining, brackets in ((r"or|ou", "[]"), (r"and|et|&", "{}")):
        pieces = re.split(rf" ?, ?| (?:{joining}) ", text)
        if len(pieces) < 2 or not re.search(rf" (?:{joining}) ", text):
            continue
        dates = [_completed(piece, pieces[-1])[0] for piece in pieces]
        whole = [next(_valid(_single(each)), "") for each in dates]
        if all(whole):
            yield f"{brackets[0]}{','.join(whole)}{brackets[1]}"


_SINGLE: tuple[Callable[[str], Iterator[str]], ...] = (
    _already,
    _timestamp,
    _numeric,
    _short,
    _worded,
    _era,
    _decade,
    _century,
    _season,
    _fraction,
    _lone_year,
)

_READERS: tuple[Callable[[str], Iterator[str]], ...] = (
    _already,
    _timestamp,
    _numeric,
    _serial,
    _short,
    _worded,
    _era,
    _decade,
    _century,
    _season,
    _fraction,
    _portion,
    _between,
    _years_before_christ,
    _range,
    _limited,
    _listed,
    _marked,
    _lone_year,
)


def _single(text: str) -> Iterator[str]:
    """Readings of a text that names one date."""
    for reader in _SINGLE:
        yield from reader(text)
