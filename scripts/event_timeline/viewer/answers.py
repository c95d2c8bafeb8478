"""A question with what sources answer, ready to be shown side by side."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from math import inf
from typing import Any

from event_timeline.columns import COMPATIBLE_MEASURES, DATED_MEASURES, RELATIONS
from event_timeline.dates import EventDate
from event_timeline.viewer import drawings
from event_timeline.viewer.functions import read_date
from event_timeline.viewer.words import date_words, figure

Row = dict[str, Any]

ANSWERS = "answers"


def with_answers(question: Row, claims: Iterable[Row]) -> Row:
    """Return a question with its `answers` on one scale and what stands `beside` them.

    Answers are in the order in which they were given; numbers share `scale`, dates `times`.
    Each has `words`, and `mark` or `drawn` where it can be drawn. `beside` are the claims
    that do not share the scale, by relation, with the reason.
    """
    told = [_told(claim, question) for claim in sorted(claims, key=_said_on)]
    answers = [claim for claim in told if claim["relation"] == ANSWERS]
    return {
        **question,
        **_on_one_scale(answers, question),
        "beside": list(_beside(claim for claim in told if claim["relation"] != ANSWERS)),
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


def _told(claim: Row, question: Row) -> Row:
    """Return a claim with its answer in words; an answer of no kind that is known has none."""
    words = str(claim["value"]) if claim.get("value") is not None else ""
    if _bounds(claim) != (None, None, None):
        words = figure(*_bounds(claim))
    elif question.get("measure") in DATED_MEASURES:
        words = date_words(claim.get("value"))
    return {**claim, "words": words}


def _bounds(claim: Row) -> tuple[float | None, float | None, float | None]:
    low, best, high = (
        value if isinstance(value, int | float) else None
        for value in (claim.get("low"), claim.get("best"), claim.get("high"))
    )
    return low, best, high


def _on_one_scale(answers: list[Row], question: Row) -> Row:
    values = [value for claim in answers for value in _bounds(claim) if value is not None]
    scale = drawings.number_scale(values)
    if scale is not None:
        return {"answers": _drawn(answers, "mark", _mark_on(scale)), "scale": scale, "times": None}
    dates = []
    if question.get("measure") in DATED_MEASURES:
        dates = [date for claim in answers if (date := read_date(claim.get("value")))]
    times = drawings.time_scale(dates)
    if times is not None:
        drawn = _drawn(answers, "drawn", _date_on(times))
        return {"answers": drawn, "scale": None, "times": times}
    return {"answers": answers, "scale": None, "times": None}


def _drawn(answers: list[Row], name: str, draw: Callable[[Row], object]) -> list[Row]:
    return [{**claim, name: draw(claim)} for claim in answers]


def _mark_on(scale: drawings.Scale) -> Callable[[Row], drawings.Mark | None]:
    return lambda claim: drawings.draw_figure(*_bounds(claim), claim["words"], scale)


def _date_on(times: drawings.TimeScale) -> Callable[[Row], Row | None]:
    def draw(claim: Row) -> Row | None:
        date: EventDate | None = read_date(claim.get("value"))
        if date is None:
            return None
        drawn = drawings.draw_date(date, times)
        arrows = (drawings.ARROW * drawn.open_start, drawings.ARROW * drawn.open_end)
        words = drawings.place_words(claim["words"], drawn.start, drawn.end, arrows)
        return {"date": drawn, "words": words}

    return draw


def _beside(claims: Iterable[Row]) -> Iterator[Row]:
    order = [*RELATIONS]
    told = sorted(
        claims,
        key=lambda claim: order.index(claim["relation"]) if claim["relation"] in order else -1,
    )
    for relation, group in groupby(told, key=lambda claim: claim["relation"]):
        name = str(relation or "not said how it bears on the question")
        reason = RELATIONS.get(name, "")
        yield {"relation": name.replace("-", " "), "reason": reason, "claims": list(group)}
