"""Characters that no cell should hold, and the one form of those that it may."""

import pytest

from event_timeline.curated.characters import (
    GREEK,
    bad_characters,
    fix_mojibake,
    is_clean,
    lost_letters,
    mixed_word,
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
    "text",
    [
        "Al-Qa\N{ZERO WIDTH JOINER}eda",
        "Al-Qaeda\N{ZERO WIDTH NON-JOINER}",
        "\N{ZERO WIDTH JOINER}Al-Qaeda",
        "É\N{ZERO WIDTH JOINER}\N{ZERO WIDTH JOINER}tat",
        "Unit 1\N{COMBINING GRAPHEME JOINER}7",
        "ISIS\N{VARIATION SELECTOR-1}",
        "IS\N{HANGUL FILLER}IS",
        "Мос\N{ZERO WIDTH NON-JOINER}ква",
    ],
)
def test_a_joiner_in_letters_that_need_none_is_hidden(text):
    assert bad_characters(text).startswith("holds the hidden character U+")
    assert bad_characters(text).endswith(": delete it")
    assert not is_clean([text])


@pytest.mark.parametrize(
    "text",
    [
        "می\N{ZERO WIDTH NON-JOINER}خواهم",
        "PDF\N{ZERO WIDTH NON-JOINER}ها",
        "ه\N{ZERO WIDTH JOINER} 1436",
        "क्\N{ZERO WIDTH JOINER}ष",
        "👩\N{ZERO WIDTH JOINER}👧 ❤\N{VARIATION SELECTOR-16}Tunis, 1\N{VARIATION SELECTOR-16}\u20e3",
    ],
)
def test_a_joiner_stays_where_a_script_needs_it(text):
    assert bad_characters(text) == ""


@pytest.mark.parametrize(
    ("text", "word", "letter"),
    [
        ("\u0410l-Qaeda", "\u0410l", "U+0410 is CYRILLIC CAPITAL LETTER A"),
        ("A group, Is\u0430mic", "Is\u0430mic", "U+0430 is CYRILLIC SMALL LETTER A"),
        ("\u0555sama", "\u0555sama", "U+0555 is ARMENIAN CAPITAL LETTER OH"),
        ("\u13aansar", "\u13aansar", "U+13AA is CHEROKEE LETTER GO"),
    ],
)
def test_a_letter_that_looks_like_a_latin_one_is_named(text, word, letter):
    assert bad_characters(text) == (
        f'holds "{word}", in which {letter} among Latin letters: write the word in one script'
    )
    assert not is_clean([text])


def test_a_word_of_greek_and_latin_letters_can_be_meant():
    assert bad_characters("\u039fsama") == ""
    assert mixed_word("\u039fsama", GREEK) == (
        'holds "\u039fsama", in which U+039F is GREEK CAPITAL LETTER OMICRON '
        "among Latin letters: write the word in one script"
    )
    assert not is_clean(["\u039fsama"])


@pytest.mark.parametrize(
    "text",
    [
        "القاعدة (Al-Qaeda)",
        "Évêché d’Alger, 5 °C, 3 µm, m²",
        "ⵜⴰⵎⴰⵣⵉⵖⵜ Tamaziɣt, Lɛerbi",
        "Исламское государство (ISIS), Т-72",
        "IS组织, ISIS는, AK銃",
        "Ελλάδα and Libya",
        "الـISIS",
    ],
)
def test_honest_scripts_side_by_side_pass(text):
    assert bad_characters(text) == mixed_word(text, GREEK) == ""


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
    assert bad_characters(f"ب{blank}ت") == ""


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
