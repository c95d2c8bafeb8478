"""Guesses what a person, or a spreadsheet, meant by a date that is not EDTF.

A guess is a suggestion for a person to accept: no date is changed by it. Numbers and English and
French words are understood.

Each parser takes a normalised text and yields guesses, which need not be valid EDTF.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from edtf_dates.days import from_ordinal, spell_year
from edtf_dates.errors import ParseError
from edtf_dates.parser import parse

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
_DASH = "\u2013"  # between the ends of a range in a normalised text

# Longer texts get no guesses: they take long and are seldom right.
_GUESS_LIMIT = 120


def guess_edtf(text: str) -> tuple[str, ...]:
    """The EDTF strings that a text in words or numbers can mean, the likeliest first.

    `parse_date` accepts each of them. Empty if nothing is understood, or if the text has more
    than 120 characters.
    """
    if len(text) > _GUESS_LIMIT:
        return ()
    return tuple(_valid(_guesses(_normalise(text))))


def explain_refusal(text: str) -> str | None:
    """What is wrong with the day that a text means, such as 31 June 2015; None if it means none."""
    if len(text) > _GUESS_LIMIT:
        return None
    for guess in _guesses(_normalise(text)):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", guess):
            try:
                parse(guess)
            except ParseError as error:
                return error.message
    return None


def _valid(guesses: Iterable[str]) -> Iterator[str]:
    """The guesses that are EDTF, without duplicates."""
    for guess in dict.fromkeys(guesses):
        try:
            parse(guess)
        except ParseError:
            continue
        yield guess


def _normalise(text: str) -> str:
    """Lower case, no accents, articles or weekdays, one form of each sign, a dash in ranges."""
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


def _guesses(text: str) -> Iterator[str]:
    """The guesses of all parsers for a normalised text, the most reliable first."""
    for parser in _PARSERS:
        yield from parser(text)


def _draft_edtf(text: str) -> Iterator[str]:
    """EDTF with spaces or in lower case, or as its draft of 2012 had it: `199u`, `2015/open`."""
    draft = text.upper().replace("U", "X").replace("?~", "%").replace("~?", "%")
    draft = draft.replace(_DASH, "/").replace(" ", "")
    draft = re.sub(r"(?<=/)(?:OPEN|NOW|PRESENT)$", "..", draft)
    draft = re.sub(r"(?<=/)XNKNOWN$|^XNKNOWN(?=/)", "", draft)
    if re.fullmatch(r"[-0-9XYES?~%.,/\[\]{}]*", draft) and not re.fullmatch(r"\d{1,3}", draft):
        yield draft


# --- Single dates ---------------------------------------------------------------------------


def _edtf(year: int, month: int, day: int | None = None) -> str:
    return f"{spell_year(year)}-{month:02}" + ("" if day is None else f"-{day:02}")


def _years_of(digits: str) -> list[int]:
    """The years that two digits can mean, as spreadsheets read them first: 00 to 29 are 2000 on."""
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
    day = _edtf(int(match[1]), int(match[2]), int(match[3]))
    time = f"{int(match[4]):02}:{match[5]}:{match[6] or '00'}"
    if time != "00:00:00":
        yield f"{day}T{time}{_offset(match[7])}"
    yield day


def _offset(text: str | None) -> str:
    if text is None:
        return ""
    return "Z" if text == "z" else f"{text[:3]}:{text[-2:]}"


def _numbers(text: str) -> Iterator[str]:
    """`18/03/2015`, `2015.3.18`: both the day first and the month first."""
    if match := re.fullmatch(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})", text):
        yield _edtf(int(match[1]), int(match[3]), int(match[4]))
    if match := re.fullmatch(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})", text):
        first, second = int(match[1]), int(match[3])
        for year in _years_of(match[4]):
            yield _edtf(year, second, first)
            yield _edtf(year, first, second)
    if match := re.fullmatch(r"(\d{4})[-/. ](\d{1,2})", text):
        yield _edtf(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{1,2})[-/. ](\d{4})", text):
        yield _edtf(int(match[2]), int(match[1]))
    if match := re.fullmatch(r"((?:1[5-9]|20)\d\d)(\d\d)(\d\d)?", text):
        yield _edtf(int(match[1]), int(match[2]), int(match[3]) if match[3] else None)


def _spreadsheet_serial(text: str) -> Iterator[str]:
    """`42081`: a spreadsheet's day number, in its 1900 and in its 1904 system."""
    match = re.fullmatch(r"(\d{5})(?:\.\d+)?", text)
    if match is not None and 10_000 <= int(match[1]) <= 80_000:
        for origin in (date(1899, 12, 30), date(1904, 1, 1)):
            yield (origin + timedelta(days=int(match[1]))).isoformat()


def _month_and_number(text: str) -> Iterator[str]:
    """`Mar-15`, `15-Mar`: how a spreadsheet shows a month of a year, or a day without its year."""
    match = re.fullmatch(rf"{_MONTH}[- ](?P<number>\d{{1,2}})", text)
    turned = re.fullmatch(rf"(?P<number>\d{{1,2}})[- ]{_MONTH}", text)
    found = match or turned
    if found is None:
        return
    month, number = _MONTH_OF[found["month"]], found["number"]
    of_month = [_edtf(_years_of(number)[0], month)] if len(number) == 2 else []
    of_day = [f"XXXX-{month:02}-{int(number):02}"]
    yield from of_month + of_day if match else of_day + of_month


def _with_month_name(text: str) -> Iterator[str]:
    """`18 March 2015`. Two digits of a year are a whole year too, but not in `18-Mar-64`."""
    is_from_spreadsheet = "-" in text
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
            as_written = [] if is_from_spreadsheet else [int(match["year"])]
            for full in dict.fromkeys(_years_of(match["year"]) + as_written):
                yield _edtf(full, _MONTH_OF[match["month"]], int(day) if day else None)
            return
    if match := re.fullmatch(_MONTH, text):
        yield f"XXXX-{_MONTH_OF[match['month']]:02}"


_BCE = r"b\.? ?c\.? ?(?:e\.?)?|av\.? ?j\.? ?-? ?c\.?|avant j\.? ?-? ?c\.?"
_CE = r"a\.? ?d\.?|c\.? ?e\.?|ap\.? ?j\.? ?-? ?c\.?"


def _with_era(text: str) -> Iterator[str]:
    """`44 BC`, which is the year -43; `AD 79`; the same in French."""
    if match := re.fullmatch(rf"(.*?\d(?:st|nd|rd|th|e|s)?(?: century)?) ?(?:{_BCE})", text):
        yield from filter(None, map(_to_bce, _with_short_year(match[1])))
    if match := re.fullmatch(rf"(?:{_CE}) ?(\d.*)|(.*\d) ?(?:{_CE})", text):
        yield from _with_short_year(match[1] or match[2])


def _range_bce(text: str) -> Iterator[str]:
    """`264-241 BC`: years BC count down."""
    match = re.fullmatch(rf"(\d{{1,4}})[-{_DASH}](\d{{1,4}}) ?(?:{_BCE})", text)
    if match is not None and int(match[1]) > int(match[2]):
        yield "/".join(spell_year(1 - int(year)) for year in match.groups())


def _with_short_year(text: str) -> Iterator[str]:
    """One date, its year written with one to four digits."""
    yield from _single_date(
        re.sub(r"(?<![-\d])(\d{1,3})$", lambda year: f"{int(year[1]):04}", text)
    )


def _to_bce(guess: str) -> str | None:
    """A guess for a date CE as the same date BCE; None if it is neither date nor century."""
    match = re.fullmatch(r"Y?(\d{4,})((?:-\d\d)*)([?~%]?)", guess)
    if match is not None:
        return f"{spell_year(1 - int(match[1]))}{match[2]}{match[3]}"
    return f"-{guess}" if re.fullmatch(r"\d\dXX", guess) else None


def _year_alone(text: str) -> Iterator[str]:
    if match := re.fullmatch(r"(-?)(\d{1,4})", text):
        yield f"{match[1]}{int(match[2]):04}"
    elif (match := re.fullmatch(r"(-?)(\d{6,12})", text)) and not any(_valid(_numbers(text))):
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
    yield _edtf(year, code)
    if code == 24 and text.endswith(match[2]):
        yield _edtf(year - 1, code)  # the winter that ended in that year
    yield _edtf(year, code + 4)


def _quarter_or_half(text: str) -> Iterator[str]:
    """`Q1 2015`, `first half of 2015`."""
    match = re.fullmatch(r"q([1-4])[ -/]?(\d{4})|(\d{4})[ -/]?q([1-4])", text)
    if match:
        yield _edtf(int(match[2] or match[3]), 32 + int(match[1] or match[4]))
    if match := re.fullmatch(r"(\d)(?:st|nd|rd|th) quarter (\d{4})", text):
        yield _edtf(int(match[2]), 32 + int(match[1]))
    if match := re.fullmatch(rf"({'|'.join(_NTH)}) (quarter|half) (\d{{4}})", text):
        number = _NTH[match[1]]
        code = 32 + number if match[2] == "quarter" else 39 + min(number, 2)
        yield _edtf(int(match[3]), code)


def _early_middle_late(text: str) -> Iterator[str]:
    """`early 2015`, `late 1890s`, `mid-March 2015`."""
    for number, words in enumerate((_EARLY, _MIDDLE, _LATE)):
        match = re.fullmatch(rf"(?:{words})[ -](?:d[eu]? )?(.+)", text)
        if match is None:
            continue
        for whole in _single_date(match[1]):
            yield from _third_of(whole, number)


def _third_of(whole: str, number: int) -> Iterator[str]:
    """The first (0), second (1) or last (2) part of a year, month, decade or century."""
    if re.fullmatch(r"\d{4}", whole):
        yield f"{whole}-{37 + number}"
        yield f"{whole}-{(33, 34, 36)[number]}"
    elif re.fullmatch(r"\d{4}-(?:0\d|1[0-2])", whole):
        last = from_ordinal(parse(whole)[1][3] or 0)[2]
        first_day, last_day = ((1, 10), (11, 20), (21, last))[number]
        yield f"[{whole}-{first_day:02}..{whole}-{last_day}]"
    elif re.fullmatch(r"\d{3}X", whole):
        first, last = ((0, 3), (4, 6), (7, 9))[number]
        yield f"[{whole[:3]}{first}..{whole[:3]}{last}]"
    elif re.fullmatch(r"\d\dXX", whole):
        first, last = ((0, 33), (34, 66), (67, 99))[number]
        yield f"[{whole[:2]}{first:02}..{whole[:2]}{last}]"


# --- Marks and open ranges -----------------------------------------------------------------

_ABOUT = r"(?:c\.?|ca\.?|circa|cca|about|around|approx\.?(?:imately)?|roughly|vers|env\.?(?:iron)?)"
_PERHAPS = r"(?:probably|possibly|perhaps|maybe|presumably|likely|probablement|peut-etre)"


def _about_or_perhaps(text: str) -> Iterator[str]:
    """`c. 1890`, `probably 1890`, `1890?`."""
    about, count = re.subn(rf"^{_ABOUT} ?(?=\S)|^~ ?|,? ?\((?:approx|about|circa)\)$|~$", "", text)
    plain, doubts = re.subn(
        rf"^{_PERHAPS} |\?$|,? ?\((?:\?|{_PERHAPS}|uncertain)\)$", "", about.strip()
    )
    if count and not doubts:
        plain, doubts = re.subn(r"\?$", "", plain)
    if doubts and not count:
        plain, count = re.subn(rf"^{_ABOUT} ?(?=\S)|~$", "", plain.strip())
    if not count and not doubts:
        return
    mark = "%" if count and doubts else "~" if count else "?"
    for guess in _guesses(plain.strip()):
        if re.fullmatch(r"[-Y0-9XES]+", guess):
            yield guess + mark
        elif re.fullmatch(r"[^\[\]{}T?~%]+/[^\[\]{}T?~%]+", guess):
            yield guess.replace("/", f"{mark}/") + mark


_OPEN_RANGES: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    (r"(?:since|from|starting|depuis|a partir d[eu]) (.+)", lambda day: f"{day}/.."),
    (
        rf"(.+?) ?(?:onwards?|-|{_DASH}|to|until) ?(?:present|now|today|ongoing)?",
        lambda day: f"{day}/..",
    ),
    (r"(?:until|till|up to|jusqu'(?:a|en)) ?(.+)", lambda day: f"../{day}"),
    (r"(?:by|no later than|not after) (.+)", lambda day: f"[..{day}]"),
    (r"(.+) or (?:earlier|before)", lambda day: f"[..{day}]"),
    (r"(.+) or (?:later|after)", lambda day: f"[{day}..]"),
    (r"(?:before|prior to|avant) (.+)", lambda day: _beyond(day, -1)),
    (r"(?:after|post|apres) (.+)", lambda day: _beyond(day, 1)),
)


def _open_range(text: str) -> Iterator[str]:
    """`before 1984`, `since 24 November 2015`, `1984 or later`."""
    for pattern, write in _OPEN_RANGES:
        match = re.fullmatch(pattern, text)
        if match is None or match[1] == text:
            continue
        for guess in _single_date(match[1]):
            written = write(guess)
            if written is not None:
                yield written


def _beyond(guess: str, step: int) -> str | None:
    """Any date after the given one (step 1) or before it (step -1), in the same precision."""
    if not re.fullmatch(r"-?\d{4}(?:-(?:0\d|1[0-2])(?:-\d\d)?)?", guess):
        return None
    try:
        _, days, _ = parse(guess)
    except ParseError:
        return None
    edge = days[3] if step > 0 else days[0]
    year, month, day = from_ordinal((edge or 0) + step)
    parts = (spell_year(year), f"{month:02}", f"{day:02}")
    nearest = "-".join(parts[: 1 + guess.lstrip("-").count("-")])
    return f"[{nearest}..]" if step > 0 else f"[..{nearest}]"


# --- Several dates --------------------------------------------------------------------------


def _between(text: str) -> Iterator[str]:
    """`between 843 and 848`: some time between them, or from one to the other."""
    match = re.fullmatch(r"(?:between|entre|sometime between) (.+) (?:and|et) (.+)", text)
    if match is None:
        return
    for first, last in _pairs(match[1], match[2]):
        yield f"[{first}..{last}]"
        yield f"{first}/{last}"


def _range(text: str) -> Iterator[str]:
    """`9 to 13 June 2015`, `1914-18`."""
    text = re.sub(r"^(?:from|de|du) ", "", text)
    divided = re.split(rf" ?{_DASH} ?| (?:to|until|till|through|au|a) ", text)
    if len(divided) != 2:
        divided = _split_at_hyphen(text)
    if len(divided) == 2:
        for first, last in _pairs(divided[0], divided[1]):
            yield f"{first}/{last}"


def _split_at_hyphen(text: str) -> list[str]:
    """The ends of a range with a hyphen or slash and no spaces; empty if it is none."""
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


def _pairs(first: str, last: str) -> Iterator[tuple[str, str]]:
    """Pairs of guesses for the ends of a range, alike in precision where there is a choice."""
    left, right = _complete_each_other(first.strip(), last.strip())
    ends = list(_valid(_single_date(right)))
    for start in _valid(_single_date(left)):
        for end in ends:
            if len(start) == len(end) or len(ends) == 1:
                yield start, end


def _complete_each_other(first: str, last: str) -> tuple[str, str]:
    """Both ends, with what one leaves out: `9` before `13 June 2015` becomes `9 June 2015`."""
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


def _several(text: str) -> Iterator[str]:
    """`2013 or 2014`, `19, 24 and 26 September 2019`."""
    for joining, brackets in ((r"or|ou", "[]"), (r"and|et|&", "{}")):
        pieces = re.split(rf" ?, ?| (?:{joining}) ", text)
        if len(pieces) < 2 or not re.search(rf" (?:{joining}) ", text):
            continue
        dates = [_complete_each_other(piece, pieces[-1])[0] for piece in pieces]
        whole = [next(_valid(_single_date(each)), "") for each in dates]
        if all(whole):
            yield f"{brackets[0]}{','.join(whole)}{brackets[1]}"


_SINGLE_DATE_PARSERS: tuple[Callable[[str], Iterator[str]], ...] = (
    _draft_edtf,
    _timestamp,
    _numbers,
    _month_and_number,
    _with_month_name,
    _with_era,
    _decade,
    _century,
    _season,
    _quarter_or_half,
    _year_alone,
)

_PARSERS: tuple[Callable[[str], Iterator[str]], ...] = (
    _draft_edtf,
    _timestamp,
    _numbers,
    _spreadsheet_serial,
    _month_and_number,
    _with_month_name,
    _with_era,
    _decade,
    _century,
    _season,
    _quarter_or_half,
    _early_middle_late,
    _between,
    _range_bce,
    _range,
    _open_range,
    _several,
    _about_or_perhaps,
    _year_alone,
)


def _single_date(text: str) -> Iterator[str]:
    """Guesses for a text that names one date."""
    for parser in _SINGLE_DATE_PARSERS:
        yield from parser(text)
