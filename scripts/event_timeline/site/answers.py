"""A question with what sources answer, ready to be shown side by side."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import Any

from datasette_event_timeline.queries.query import Row
from datasette_event_timeline.render import figures
from datasette_event_timeline.sql.date_cells import read_date
from edtf_dates import EventDate
from event_timeline.curated.columns import COMPATIBLE_MEASURES, DATED_MEASURES, RELATIONS
from event_timeline.site.words import date_words, figure

ANSWERS = "answers"
_BOUNDS = ("low", "best", "high")

# How a source says that a number is not exact, if its paraphrase begins with that, and as which
# of a claim's numbers such a one may stand: a word that names no side would hide a bound.
_HEDGES = {
    **dict.fromkeys(("about", "around", "approximately", "roughly", "some"), ("best",)),
    **dict.fromkeys(("nearly", "almost", "fewer than", "less than"), ("best", "high")),
    **dict.fromkeys(("more than", "over"), ("low", "best")),
}
_HEDGED = re.compile(
    rf"({'|'.join(_HEDGES)})"
    r" +(\d[\d,]*(?:\.\d+)?(?![\d,.]*\d)|[a-z]+)\b(?! (?:hundred|thousand|million|billion)\b)",
    re.IGNORECASE,
)
_NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_TENS = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBER_WORDS = {word: n for n, word in enumerate(_NUMBERS, 1)} | {
    word: n * 10 for n, word in enumerate(_TENS, 3)
}


def with_answers(question: Row, claims: Iterable[Row]) -> Row:
    """Return a question with its `answers` on one scale and what stands `beside` them.

    Answers are in the order in which they were given; numbers share `scale`, dates `times`.
    Each has `words`, with the word by which its source says that a number is not exact
    ("about 50"), and `mark` or `drawn` where it can be drawn. Answers that are all the same
    number share no scale: they are `agreed` on it. `beside` are the claims that do not share
    the scale, by relation, with the reason.
    """
    worded = [_with_words(claim, question) for claim in sorted(claims, key=_said_on)]
    answers = [claim for claim in worded if claim["relation"] == ANSWERS]
    return {
        **question,
        **_on_one_scale(answers, question),
        "beside": list(_beside(claim for claim in worded if claim["relation"] != ANSWERS)),
        "can_all_be_true": question.get("measure") in COMPATIBLE_MEASURES,
    }


def questions_with_answers(questions: Iterable[Row], claims: Iterable[Row]) -> list[Row]:
    """Return questions, each with those of the claims that speak to it."""
    by_question: dict[Any, list[Row]] = {}
    for claim in claims:
        by_question.setdefault(claim["question"], []).append(claim)
    return [with_answers(question, by_question.get(question["id"], [])) for question in questions]


def _said_on(claim: Row) -> tuple[float, str]:
    date = read_date(claim.get("reported"))
    if date is None:
        return inf, ""
    return -inf if date.earliest_start is None else date.earliest_start, date.text


def _with_words(claim: Row, question: Row) -> Row:
    """Return a claim with its answer in words; an answer of no kind that is known has none."""
    words = str(claim["value"]) if claim.get("value") is not None else ""
    hedged = _hedged(claim)
    if hedged:
        words = hedged
    elif _bounds(claim) != (None, None, None):
        words = figure(*_bounds(claim)).words
    elif question.get("measure") in DATED_MEASURES:
        words = date_words(claim.get("value"))
    return {**claim, "words": words, "is_approximate": bool(hedged)}


def _hedged(claim: Row) -> str:
    """Return a claim's only number with the word by which its source hedges it, if any."""
    found = _HEDGED.match(str(claim.get("said") or "").strip())
    numbers = {
        name: number
        for name, number in zip(_BOUNDS, _bounds(claim), strict=True)
        if number is not None
    }
    if found is None or len(numbers) != 1:
        return ""
    ((name, number),) = numbers.items()
    hedge, said = found[1].lower(), found[2].lower()
    value = _NUMBER_WORDS.get(said) if said.isalpha() else float(said.replace(",", ""))
    return f"{hedge} {number:,}" if value == number and name in _HEDGES[hedge] else ""


def _bounds(claim: Row) -> tuple[float | None, float | None, float | None]:
    low, best, high = (
        value if isinstance(value, int | float) else None for value in map(claim.get, _BOUNDS)
    )
    return low, best, high


def _on_one_scale(answers: list[Row], question: Row) -> Row:
    agreed = _agreed(answers)
    if agreed:
        return {"answers": answers, **_scales(agreed=agreed)}
    values = [value for claim in answers for value in _bounds(claim) if value is not None]
    scale = figures.number_scale(values)
    if scale is not None:
        return {"answers": _drawn(answers, "mark", _mark_on(scale)), **_scales(scale=scale)}
    dates = []
    if question.get("measure") in DATED_MEASURES:
        dates = [date for claim in answers if (date := read_date(claim.get("value")))]
    times = figures.time_scale(dates)
    if times is not None:
        drawn = _drawn(answers, "drawn", _date_on(times))
        return {"answers": drawn, **_scales(times=times)}
    return {"answers": answers, **_scales()}


def _scales(
    scale: figures.Scale | None = None,
    times: figures.TimeScale | None = None,
    agreed: str = "",
) -> Row:
    return {"scale": scale, "times": times, "agreed": agreed}


def _agreed(answers: list[Row]) -> str:
    """Return the number that several answers all give as it is, in words; otherwise nothing."""
    numbers = {_bounds(claim) for claim in answers}
    if len(answers) < 2 or len(numbers) > 1 or any(map(itemgetter("is_approximate"), answers)):
        return ""
    ((low, best, high),) = numbers
    return str(answers[0]["words"]) if best is not None and low is high is None else ""


def _drawn(answers: list[Row], name: str, draw: Callable[[Row], object]) -> list[Row]:
    return [{**claim, name: draw(claim)} for claim in answers]


def _mark_on(scale: figures.Scale) -> Callable[[Row], figures.Mark | None]:
    return lambda claim: figures.draw_figure(*_bounds(claim), claim["words"], scale)


def _date_on(times: figures.TimeScale) -> Callable[[Row], Row | None]:
    def draw(claim: Row) -> Row | None:
        date: EventDate | None = read_date(claim.get("value"))
        if date is None:
            return None
        drawn = figures.draw_date(date, times)
        arrows = (figures.ARROW * drawn.open_start, figures.ARROW * drawn.open_end)
        words = figures.place_words(claim["words"], drawn.start, drawn.end, arrows)
        return {"date": drawn, "words": words}

    return draw


def _beside(claims: Iterable[Row]) -> Iterator[Row]:
    order = [*RELATIONS]
    ordered = sorted(
        claims,
        key=lambda claim: order.index(claim["relation"]) if claim["relation"] in order else -1,
    )
    for relation, group in groupby(ordered, key=lambda claim: claim["relation"]):
        name = str(relation or "not said how it bears on the question")
        reason = RELATIONS.get(name, "")
        yield {"relation": name.replace("-", " "), "reason": reason, "claims": list(group)}
