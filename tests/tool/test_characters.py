"""Characters that no cell should hold, and the one form of those that it may."""

import pytest

from event_timeline.curated.characters import (
    bad_characters,
    fix_mojibake,
    is_clean,
    lost_letters,
    normalize,
)

LOST = (
    "letters were lost when the file was saved in an encoding without them: "
    "write them again, save as CSV UTF-8"
)
ERROR_VALUES = ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Bardo", ""),
        ("می\N{ZERO WIDTH NON-JOINER}خواهم", ""),
        ("=SUM(A1)", "starts with =, which spreadsheets run as a formula: begin with a word"),
        ("@user", "starts with @, which spreadsheets run as a formula: begin with a word"),
        ("\tBardo", "holds the hidden character U+0009: delete it"),
        ("Bar\x00do", "holds the hidden character U+0000: delete it"),
        ("Bar\N{SOFT HYPHEN}do", "holds the hidden character U+00AD: delete it"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}odraB", "holds the hidden character U+202E: delete it"),
        ("Bardo\N{ZERO WIDTH SPACE}", "holds the hidden character U+200B: delete it"),
        ("caf\N{REPLACEMENT CHARACTER}", f"holds U+FFFD: {LOST}"),
        *(
            (value, f"is a spreadsheet's error value, {value}: write what should be there")
            for value in ERROR_VALUES
        ),
        ("#1 on the list", ""),
        ("caf\udce9", "holds the hidden character U+DCE9: delete it"),
        ("\N{TAG LATIN SMALL LETTER A}", "holds the hidden character U+E0061: delete it"),
    ],
)
def test_a_blemish_is_named(text, fault):
    assert bad_characters(text) == fault
    assert is_clean([text]) is (fault == "" and text.isascii() and text[0] != "#")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("????", LOST), ("Al-??? brigade", LOST), ("Why??", ""), ("Who? What? When?", "")],
)
def test_question_marks_in_place_of_letters(text, remedy):
    assert lost_letters(text) == remedy
    assert is_clean([text]) is not bool(remedy)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cafÃ©", "café"),
        ("Itâ€™s", "It’s"),
        ("Ø§Ù„", "ال"),
        ("café", ""),
        ("État", ""),
        ("cafe", ""),
    ],
)
def test_a_text_read_in_the_wrong_encoding_is_seen(text, meant):
    assert fix_mojibake(text) == meant
    assert is_clean([text]) is not bool(meant)


@pytest.mark.parametrize("blank", ["\u3164", "\u2800\u2800", "\u115f\u1160", "\uffa0", "\u00a0", "\u200c\u200d", "\u3000 \u2800"])  # fmt: skip
def test_what_shows_nothing_is_no_text(blank):
    assert bad_characters(blank) == ("holds only invisible characters: write what should be there")
    assert not is_clean([blank])
    assert bad_characters(f"a{blank}b") == ""


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  One   two ", "One two"),
        ("\N{NO-BREAK SPACE}One\N{NO-BREAK SPACE}", "One"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "café"),
    ],
)
def test_a_text_is_normalised(text, normal):
    assert normalize(text) == normal
    assert normalize(normal) == normal
    assert not is_clean([text])


def test_piled_marks_are_refused_and_not_normalised():
    acute, below = "\u0301", "\u0323"
    bearable, piled = "e" + acute * 30, "e" + (acute + below) * 15 + acute
    assert bad_characters(bearable) == ""
    assert normalize(bearable) == "é" + acute * 29
    assert bad_characters(piled) == "holds more than 30 combining marks in a row: delete them"
    assert normalize(piled) == piled
    assert not is_clean([piled])
    assert bad_characters(" ".join(["e" + acute] * 100)) == ""
    assert bad_characters("«—»…" * 100) == ""
