"""The geometry of the server's drawings: scales, figures, dates."""

import pytest

from datasette_event_timeline.render.figures import (
    DrawnDate,
    Mark,
    Piece,
    Tick,
    Words,
    draw_date,
    draw_figure,
    number_scale,
    place_words,
    time_scale,
)
from edtf_dates import parse_date


def drawn(text: str) -> DrawnDate:
    date = parse_date(text)
    scale = time_scale([date])
    assert scale is not None
    return draw_date(date, scale)


# Figures


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([22, 20], ["0", "5", "10", "15", "20", "25"]),
        ([7], ["0", "2", "4", "6", "8"]),
        ([2], ["0", "1", "2"]),
        ([0], ["0", "1"]),
        ([0.5, 2.5], ["0", "0.5", "1", "1.5", "2", "2.5"]),
        ([-5, 3], ["-6", "-4", "-2", "0", "2", "4"]),
        ([67_376], ["0", "20,000", "40,000", "60,000", "80,000"]),
    ],
)
def test_a_scale_holds_zero_and_every_value_in_round_steps(values, labels):
    scale = number_scale(values)
    assert [tick.label for tick in scale.ticks] == labels
    assert (scale.ticks[0].at, scale.ticks[-1].at) == (0, 100)
    assert all(0 <= scale.at(value) <= 100 for value in values)


@pytest.mark.parametrize("values", [[], [float("inf")], [float("nan")], [1e300]])
def test_what_no_scale_can_hold_has_none(values):
    assert number_scale(values) is None


SCALE = number_scale([100])


@pytest.mark.parametrize(
    ("figure", "mark"),
    [
        ((None, 50, None), Mark(50, 50, 50, False, False, Words(50, "start", False))),
        ((40, 50, 60), Mark(40, 60, 50, False, False, Words(60, "start", False))),
        ((40, None, 60), Mark(40, 60, None, False, False, Words(60, "start", False))),
        ((50, None, 50), Mark(50, 50, 50, False, False, Words(50, "start", False))),
        ((50, None, None), Mark(50, 50, None, False, True, Words(50, "start", False))),
        ((None, None, 50), Mark(50, 50, None, True, False, Words(50, "start", False))),
        ((40, 50, None), Mark(40, 50, 50, False, False, Words(50, "start", False))),
    ],
    ids=["best", "all", "bounds", "equal bounds", "at least", "at most", "best and low"],
)
def test_a_figure_is_a_line_a_dot_and_arrows_where_it_is_open(figure, mark):
    assert draw_figure(*figure, "fifty", SCALE) == mark


def test_no_figure_is_not_drawn_at_zero():
    assert draw_figure(None, None, None, "no figure", SCALE) is None


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        (10, 20, Words(20, "start", False)),
        (80, 95, Words(80, "end", False)),
        (20, 90, Words(20, "start", True)),
        (60, 70, Words(60, "end", False)),
    ],
)
def test_words_stand_where_there_is_room(left, right, words):
    assert place_words("twenty letters, long", left, right) == words


def test_words_longer_than_the_drawing_begin_at_its_edge():
    assert place_words("w" * 200, 30, 60) == Words(0.0, "start", True)


# Dates


def test_a_day_stands_among_its_days():
    scale = time_scale([parse_date("2016-03-07")])
    assert [tick.label for tick in scale.ticks if tick.label] == ["1", "4", "7", "10", "13"]
    assert scale.eras == (Tick(11.76, "Mar 2016"),)
    assert drawn("2016-03-07").pieces == (Piece(47.06, 5.88, True),)


def test_months_stand_in_their_years_and_years_alone():
    months = time_scale([parse_date("2013")])
    assert [tick.label for tick in months.ticks if tick.label][:3] == ["Oct", "Jan", "Apr"]
    assert [era.label for era in months.eras] == ["2013", "2014"]
    years = time_scale([parse_date("-0043/-0033")])
    assert years.eras == ()
    assert "44 BCE" in [tick.label for tick in years.ticks]


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("2015-06", [False]),
        ("2015-06-09/2015-06-13", [True]),
        ("2011/2018", [False, True, False]),
        ("[2018-12-16,2018-12-17]", [False]),
        ("[2014-10-03..2014-10-05]", [False]),
        ("[2014-10-03,2014-10-05]", [False, False]),
        ("2017-10-12/2017-10-14~", [True, False]),
        ("2014-06-01~/2015", [False]),
        ("{2019-09-19,2019-09-24}", [True, True]),
        ("2015-11-24/..", [True, False]),
        ("../2015-11-24", [False, True]),
    ],
)
def test_what_is_certain_is_told_from_what_is_possible(text, certain):
    assert [piece.is_certain for piece in drawn(text).pieces] == certain


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("2016-03-07", ()),
        ("2014~", ("soft_start", "soft_end")),
        ("2017-10-12/2017-10-14~", ("soft_end",)),
        ("2017-10-12~/2017-10-14", ("soft_start",)),
        ("2013?", ("questioned",)),
        ("2013%", ("soft_start", "soft_end", "questioned")),
        ("2015-11-24/..", ("open_end",)),
        ("../2015-11-24", ("open_start",)),
    ],
)
def test_doubt_is_drawn_where_it_lies(text, marks):
    date = drawn(text)
    names = ("soft_start", "soft_end", "questioned", "open_start", "open_end")
    assert tuple(name for name in names if getattr(date, name)) == marks


def test_an_open_end_runs_to_the_edge():
    assert drawn("2015-11-24/..").end == 100
    assert drawn("../2015-11-24").start == 0


def test_an_open_end_is_drawn_for_a_year_and_more():
    day = parse_date("2015-11-24").spans[0].earliest_start
    after, before = (
        time_scale([parse_date("2015-11-24/..")]),
        time_scale([parse_date("../2015-11-24")]),
    )
    assert after.last - day > 365 > day - after.first
    assert day - before.first > 365 > before.last - day


def test_a_date_without_any_bound_has_no_scale():
    assert time_scale([parse_date("../..")]) is None


def test_many_alternatives_that_follow_each_other_are_one_piece():
    assert len(drawn("[2014-01-01..2014-06-30]").pieces) == 1


def test_a_day_among_centuries_can_still_be_seen():
    scale = time_scale([parse_date("-0043-03-15"), parse_date("2015")])
    (piece,) = draw_date(parse_date("-0043-03-15"), scale).pieces
    assert piece.width == 0.8


@pytest.mark.parametrize(
    ("text", "soft"),
    [
        ("2014~", ["both"]),
        ("2017-10-12/2017-10-14~", ["", "end"]),
        ("2014-06-01~/2015-02-03", ["start", ""]),
        ("2015", [""]),
        ("[2014~,2016]", ["start", "end"]),
    ],
)
def test_what_is_only_about_right_is_soft_and_never_what_is_certain(text, soft):
    pieces = drawn(text).pieces
    assert [piece.soft for piece in pieces] == soft
    assert not any(piece.soft for piece in pieces if piece.is_certain)
