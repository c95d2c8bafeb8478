"""Words that were probably meant."""

from event_timeline.curated.spelling import nearest


def test_a_slip_is_guessed_by_the_letters_that_differ():
    assert nearest("Lybia", ["Liberia", "Libya"]) == '; did you mean "Libya"?'
    assert nearest("xyz", ["Liberia", "Libya"]) == ""
    assert nearest("a" * 201, ["a" * 200]) == ""


def test_long_words_are_not_compared():
    assert nearest("a" * 80, ["a" * 79 + "b"]) != ""
    assert nearest("a" * 81, ["a" * 80]) == ""
    assert nearest("a" * 80, ["a" * 81]) == ""
