"""A question with its answers: what shares a scale, what stands beside it and why."""

import pytest

from event_timeline.site.answers import questions_with_answers, with_answers

BLANK = {"low": None, "best": None, "high": None, "value": None, "reported": None}
KILLED = {"id": "q", "measure": "killed"}


def claim(**values):
    return {**BLANK, "question": "q", "relation": "answers", **values}


def test_answers_stand_in_the_order_in_which_they_were_given_undated_last():
    question = with_answers(
        KILLED,
        [
            claim(id="undated", best=3),
            claim(id="later", best=2, reported="2016-03-08"),
            claim(id="earlier", best=1, reported="2016-03"),
        ],
    )
    assert [answer["id"] for answer in question["answers"]] == ["earlier", "later", "undated"]


def test_only_answers_share_the_scale():
    question = with_answers(
        KILLED,
        [
            claim(best=22),
            claim(best=900, relation="wider"),
            claim(best=5, relation="narrower"),
            claim(best=7, relation="other-date"),
        ],
    )
    assert question["scale"].last == 25
    assert [answer["words"] for answer in question["answers"]] == ["22"]
    assert [(group["relation"], group["reason"]) for group in question["beside"]] == [
        ("wider", "counts a larger area, period or population"),
        ("narrower", "counts a smaller area, period or population"),
        ("other date", "answers it for another day"),
    ]
    assert [claim["words"] for group in question["beside"] for claim in group["claims"]] == [
        "900",
        "5",
        "7",
    ]


def test_dates_share_days():
    question = with_answers(
        {"id": "q", "measure": "date"},
        [claim(value="2015-06-09"), claim(value="2015-06"), claim(value="after the fall")],
    )
    assert question["scale"] is None
    assert [answer["words"] for answer in question["answers"]] == [
        "9 June 2015",
        "June 2015",
        "after the fall",
    ]
    assert [answer["drawn"] is not None for answer in question["answers"]] == [True, True, False]


def test_an_answer_without_a_number_is_not_drawn_among_those_with_one():
    question = with_answers(KILLED, [claim(best=3), claim(value="hundreds")])
    assert [answer["mark"] is not None for answer in question["answers"]] == [True, False]
    assert question["answers"][1]["words"] == "hundreds"


def test_answers_in_words_have_no_scale():
    question = with_answers({"id": "q", "measure": "responsibility"}, [claim(value="nobody")])
    assert (question["scale"], question["times"]) == (None, None)
    assert not question["can_all_be_true"]


def test_motives_can_all_be_true():
    assert with_answers({"id": "q", "measure": "motive"}, [])["can_all_be_true"]


def test_each_question_gets_its_own_claims():
    questions = [{"id": "a", "measure": "killed"}, {"id": "b", "measure": "killed"}]
    found = questions_with_answers(
        questions, [claim(question="b", best=1), claim(question="gone", best=2)]
    )
    assert [len(question["answers"]) for question in found] == [0, 1]


def test_a_relation_that_is_not_known_says_so():
    (group,) = with_answers(KILLED, [claim(best=1, relation=None)])["beside"]
    assert group["relation"] == "not said how it bears on the question"


@pytest.mark.parametrize(
    ("said", "bounds", "words"),
    [
        ("about fifty, by a first estimate", {"best": 50}, "about 50"),
        ("around 30", {"best": 30}, "around 30"),
        ("About 4,000 people left", {"best": 4000}, "about 4,000"),
        ("some 1,700 soldiers killed", {"best": 1700}, "some 1,700"),
        ("nearly 80", {"high": 80}, "nearly 80"),
        ("almost 50", {"high": 50}, "almost 50"),
        ("more than 1,600 civilians", {"low": 1600}, "more than 1,600"),
        ("fewer than 2,000", {"high": 2000}, "fewer than 2,000"),
        ("more than 30", {"best": 30}, "more than 30"),
        ("nearly 80", {"best": 80}, "nearly 80"),
    ],
)
def test_a_number_keeps_the_word_by_which_its_source_hedges_it(said, bounds, words):
    (answer,) = with_answers(KILLED, [claim(said=said, **bounds)])["answers"]
    assert (answer["words"], answer["is_approximate"]) == (words, True)


@pytest.mark.parametrize(
    ("said", "bounds", "words"),
    [
        ("50 killed", {"best": 50}, "50"),
        (None, {"best": 50}, "50"),
        ("the total is about 50", {"best": 50}, "50"),
        ("about half, 50 in all", {"best": 50}, "50"),
        ("about 12 on a beach, 30 in all", {"best": 30}, "30"),
        ("about 50 thousand", {"best": 50}, "50"),
        ("about 1.5 million", {"best": 1}, "1"),
        ("about 30 to 50", {"low": 30, "high": 50}, "30 to 50"),
        ("somewhere near 50", {"best": 50}, "50"),
    ],
)
def test_nothing_else_is_guessed_to_be_a_hedge(said, bounds, words):
    (answer,) = with_answers(KILLED, [claim(said=said, **bounds)])["answers"]
    assert (answer["words"], answer["is_approximate"]) == (words, False)


@pytest.mark.parametrize(
    ("said", "bounds", "words"),
    [
        ("about 50 or more", {"low": 50}, "at least 50"),
        ("some 50, and more after", {"low": 50}, "at least 50"),
        ("around 50 at most", {"high": 50}, "at most 50"),
        ("Nearly 50 in a first count, which rose", {"low": 50}, "at least 50"),
        ("over 50 were feared dead, at most that", {"high": 50}, "at most 50"),
    ],
)
def test_a_hedge_that_does_not_say_which_side_hides_no_bound(said, bounds, words):
    (answer,) = with_answers(KILLED, [claim(said=said, **bounds)])["answers"]
    assert (answer["words"], answer["is_approximate"]) == (words, False)


def test_a_hedged_number_has_its_words_beside_the_scale_too():
    question = with_answers(KILLED, [claim(best=300, said="about 300", relation="wider")])
    assert question["beside"][0]["claims"][0]["words"] == "about 300"


def test_answers_that_are_one_number_share_no_scale():
    question = with_answers(KILLED, [claim(best=7), claim(best=7), claim(best=8, relation="wider")])
    assert (question["agreed"], question["scale"]) == ("7", None)


@pytest.mark.parametrize(
    "claims",
    [
        [claim(best=7)],
        [claim(best=7), claim(best=8)],
        [claim(best=7), claim(best=7, said="about 7")],
        [claim(best=7), claim(low=7)],
        [claim(low=7), claim(low=7)],
        [claim(best=7, high=9), claim(best=7, high=9)],
        [claim(best=7), claim(value="seven")],
    ],
    ids=["one", "two numbers", "hedged", "a bound", "bounds", "ranges", "words"],
)
def test_other_answers_keep_their_scale(claims):
    question = with_answers(KILLED, claims)
    assert question["agreed"] == ""
    assert question["scale"] is not None
