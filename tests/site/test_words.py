"""How dates, figures and languages are put into words."""

import pytest

from event_timeline.site.words import date_words, figure, language


@pytest.mark.parametrize(
    ("low", "best", "high", "words"),
    [
        (None, None, None, "no figure"),
        (0, 0, 0, "0"),
        (12, 19, 20, "12 to 20 (best 19)"),
        (12, None, 20, "12 to 20"),
        (19, 19, 19, "19"),
        (19, None, 19, "19"),
        (None, 6000, None, "6,000"),
        (2000, None, None, "at least 2,000"),
        (None, None, 2000, "at most 2,000"),
        (12, 19, None, "19, at least 12"),
        (None, 19, 20, "19, at most 20"),
        (19, 19, None, "19"),
    ],
)
def test_figure(low: int | None, best: int | None, high: int | None, words: str) -> None:
    assert figure(low, best, high).words == words


def test_a_figure_that_is_open_above_says_so() -> None:
    assert figure(10, 13, 17, True).words == "10 to 17 or more (best 13)"
    assert figure(17, None, 17, 1).words == "17 or more"
    assert figure(17, None, None, True).words == "at least 17"


def test_a_figure_is_in_parts_for_whoever_prints_it() -> None:
    within = figure(12, 19, 20, True)
    assert (within.range, within.best_within) == ("12 to 20 or more", "best 19")
    alone = figure(12, None, 20)
    assert (alone.range, alone.best_within) == ("12 to 20", "")
    assert bool(figure(0, None, None))
    assert not figure(None, None, "more")


def test_date_words() -> None:
    assert date_words("2016-03-07") == "7 March 2016"
    assert date_words("no date at all") == "no date at all"
    assert date_words(None) == ""


def test_language() -> None:
    assert language("ar") == "Arabic"
    assert language("ckb") == "ckb"


def test_a_date_too_long_to_be_read_stays_as_it_is():
    date = f"[{','.join(str(year) for year in range(1900, 1940))}]"
    assert len(date) == 201
    assert date_words(date) == date
    assert date_words(f"[{date[6:]}").startswith("in one year from 1901")


def test_what_a_hand_made_database_holds_is_shown():
    assert date_words(2015) == "2015"
    assert figure("many", 3, None).words == "3"
    assert figure("many", None, "more").words == "no figure"
