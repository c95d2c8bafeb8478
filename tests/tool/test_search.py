"""What is written one way is found when it is asked for in another, by SQLite itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_timeline.database.search import TOKENIZER, fold, index_text, match_expression

ZAHAWI, ANSAR = "الزهاوي", "أنصار"


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    with closing(empty_index()) as db:
        yield db


def empty_index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(f"create virtual table texts using fts5 (text, tokenize='{TOKENIZER}')")
    return db


def found(db: sqlite3.Connection, text: str, query: str) -> bool:
    """Whether a query, as a person types it, finds a text."""
    db.execute("delete from texts")
    db.execute("insert into texts values (?)", (index_text(text),))
    sql = "select count(*) from texts where texts match ?"
    return bool(db.execute(sql, (match_expression(query),)).fetchone()[0])


# Arabic


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (f"محمد {ZAHAWI}", "زهاوي"),
        (f"محمد {ZAHAWI}", ZAHAWI),
        ("محمد زهاوي", ZAHAWI),
        (f"{ANSAR} الشريعة", "انصار"),
        ("انصار الشريعة", ANSAR),
        ("آمناس", "امناس"),
        ("إمارة", "اماره"),
        ("ٱلشريعة", "شريعة"),
        ("درنة", "درنه"),
        ("درنه", "درنة"),
        ("مصطفى", "مصطفي"),
        ("علی", "علي"),
        ("کتيبة", "كتيبة"),
        ("مسؤول", "مسوول"),
        ("رئيس", "رييس"),
        ("الفقهاء", "الفقها"),
        ("محـــمد", "محمد"),
        ("محمد", "محـمد"),
        ("مُحَمَّد", "محمد"),
        ("محمد", "مُحَمَّد"),
        ("(سرت)،", "سرت"),
    ],
)
def test_arabic_is_found_in_every_spelling(index, text, query):
    assert found(index, text, query)


@pytest.mark.parametrize(
    ("text", "query"), [("سرت", "درنة"), ("آل", "ال سعود"), ("الف", "باء"), (ZAHAWI, "زهاو")]
)
def test_other_words_are_not_found(index, text, query):
    assert not found(index, text, query)


def test_the_article_alone_and_words_that_only_begin_like_it_keep_it():
    assert fold("ال") == "ال"
    assert fold("الف") == "الف"
    assert fold("الفا") == "فا"


def test_folding_leaves_other_scripts_alone():
    assert fold("Zoë, Μαρία, Ḥ, 12 ٣") == "Zoë, Μαρία, Ḥ, 12 ٣"


def test_what_is_written_is_indexed_as_it_stands_too():
    """A search without our folding finds at least the very words."""
    assert index_text("Battar") == "Battar"
    assert index_text("Zoë") == "Zoë"
    assert index_text(ZAHAWI) == f"{ZAHAWI} زهاوي"


@given(st.text(alphabet=st.characters(min_codepoint=0x600, max_codepoint=0x6FF)))
def test_folding_twice_is_folding_once_but_for_a_second_article(text):
    folded = fold(text)
    assert fold(folded) == folded or "ال" in folded


# Latin


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("In Aménas", "amenas"),
        ("In Amenas", "Aménas"),
        ("In Ame\u0301nas", "Aménas"),
        ("Ḥaftar", "haftar"),
        ("SIRTE", "sirte"),
        ("Abu Bakr al-Baghdadi", "al-baghdadi"),
        ("Abu Bakr al-Baghdadi", "baghdadi abu"),
        ("Ba'ath", "ba'ath"),
        ("Bay’a", "bay'a"),
    ],
)
def test_latin_is_found_with_and_without_accents(index, text, query):
    assert found(index, text, query)


# What a person may type


def test_all_words_must_be_there(index):
    assert found(index, "The battle of Sirte", "sirte battle")
    assert not found(index, "The battle of Sirte", "sirte derna")


def test_words_in_quotation_marks_are_a_phrase(index):
    assert found(index, "The battle of Sirte", '"battle of Sirte"')
    assert not found(index, "The battle of Sirte", '"Sirte battle"')
    assert found(index, "The battle of Sirte", 'sirte "battle of"')


def test_a_phrase_in_arabic_is_found_in_every_spelling(index):
    assert found(index, f"{ANSAR} الشريعة في ليبيا", '"انصار شريعه"')
    assert not found(index, f"{ANSAR} الشريعة في ليبيا", '"شريعة انصار"')


@pytest.mark.parametrize(
    "query",
    ["sirte & battle", "- sirte", "sirte !", "? sirte *", "sirte OR", "(sirte", "sirte)", 'sirte "', '"sirte', "sirte \0", "sirte: battle", "^sirte", "sirte*", "sirte + battle"],
)  # fmt: skip
def test_signs_are_only_signs(index, query):
    assert found(index, "The battle of Sirte or text", query)


@pytest.mark.parametrize("query", ["", " ", '"', '""', '" "', '"""', "*", "-", "!", "\0", "\u0640"])
def test_no_words_find_nothing(index, query):
    assert not found(index, "The battle of Sirte", query)


def test_words_like_operators_are_words(index):
    assert found(index, "and or not near", "AND OR NOT NEAR")
    assert not found(index, "sirte", "sirte NOT derna")


SHARED_INDEX = empty_index()
SHARED_INDEX.execute("insert into texts values (?)", (index_text(f"Sirte {ZAHAWI} 2016"),))

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SIGNS = st.text(alphabet="\"'*^:+-(){}[]<>=.,;!?&|\\/~@#%$ \t\n\0aا\u0640")


@given(ANY_TEXT | SIGNS)
def test_no_text_is_a_syntax_error(query):
    sql = "select count(*) from texts where texts match ?"
    assert SHARED_INDEX.execute(sql, (match_expression(query),)).fetchone()[0] in (0, 1)


# The tokenizer knows the letters of Unicode 6.1; these are older.
LETTERS = st.text(st.characters(max_codepoint=0x17F) | st.characters(min_codepoint=0x620, max_codepoint=0x64A), max_size=100)  # fmt: skip


@given(LETTERS)
def test_every_text_that_has_a_word_finds_itself(text):
    with closing(empty_index()) as db:
        db.execute("insert into texts values (?)", (index_text(text),))
        sql = "select count(*) from texts where texts match ?"
        hits = db.execute(sql, (match_expression(text),)).fetchone()[0]
    assert hits == any(character.isalnum() for character in fold(text))


def test_a_long_query_is_not_an_error(index):
    assert found(index, "sirte", "sirte " * 2_000)
    assert not found(index, "sirte", '"' + "sirte " * 2_000)


def test_so_many_words_count_and_no_more():
    words = [f"w{number}" for number in range(60)]
    assert match_expression(" ".join(words)) == " ".join(f'"{word}"' for word in words[:50])
    assert match_expression("sirte " * 60 + "derna") == '"sirte" "derna"'
    assert match_expression(f'"{" ".join(words)}" more') == f'"{" ".join(words[:50])}"'


def test_words_that_are_too_long_are_ignored():
    assert match_expression(f"{'a' * 100} {'b' * 101}") == f'"{"a" * 100}"'
    assert match_expression("b" * 101) == '""'
