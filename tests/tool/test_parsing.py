"""Cells read by the kind of their column, and as fmt writes them."""

import pytest

from event_timeline.curated.cells import CellError
from event_timeline.curated.characters import is_clean
from event_timeline.curated.columns import EVENTS, ROLES, SOURCES, TYPES, UNKNOWN, CuratedFile
from event_timeline.curated.countries import country_label, country_name
from event_timeline.curated.parsing import parse_actors, parse_country, parse_word, parser, tidy
from event_timeline.curated.records import Part


def error_of(read, *arguments: object) -> str:
    """The message of the CellError that a reader of cells raises."""
    with pytest.raises(CellError) as failed:
        read(*arguments)
    return str(failed.value)


def column(file: CuratedFile, name: str):
    return next(column for column in file.columns if column.name == name)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("tn", "; did you mean TN (Tunisia)?"),
        ("TUN", "; did you mean TN (Tunisia)?"),
        ("Tunisia", "; did you mean TN (Tunisia)?"),
        ("Lybia", "; did you mean LY (Libya)?"),
        ("Libia", "; did you mean LY (Libya)?"),
        ("Syria", "; did you mean SY (Syria)?"),
        ("Iran", "; did you mean IR (Iran)?"),
        ("UK", "; did you mean GB (United Kingdom)?"),
        (
            "Korea",
            "; did you mean KP (North Korea) or KR (South Korea)?",
        ),
        ("XX", ": look it up, or leave it blank for no single country"),
        ("TN; LY", ": look it up, or leave it blank for no single country"),
    ],
)
def test_a_country_is_a_code_and_a_name_leads_to_it(text, hint):
    assert error_of(parse_country, text) == (
        f'"{text}" is not an ISO 3166-1 code of two capitals{hint}'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Suetonius", '"Suetonius" is not an id: write suetonius'),
        ("le-monde; Le Monde", '"Le Monde" is not an id: write le-monde'),
        ("le-monde, afp", '"le-monde, afp" is not one item: separate with "; ", le-monde; afp'),
        ("le-monde,afp", '"le-monde,afp" is not one item: separate with "; ", le-monde; afp'),
    ],
)
def test_sources_are_ids(text, message):
    read = parser(column(EVENTS, "sources"))
    assert read("le-monde; afp") == ("le-monde", "afp")
    assert error_of(read, text) == message


def test_actors_separated_by_commas():
    assert error_of(parse_actors, "Islamic State (claimed), Libya (target)", ROLES) == (
        '"Islamic State (claimed), Libya (target)" is not one item: separate with "; ", '
        "Islamic State (claimed); Libya (target)"
    )


def test_an_actor_has_a_role_in_the_last_brackets():
    assert parse_actors("Islamic State (claimed); Brigade (17 February) (ally)", ROLES) == (
        Part("Islamic State", "claimed"),
        Part("Brigade (17 February)", "ally"),
    )


@pytest.mark.parametrize("item", ["Islamic State", "Islamic State(claimed)", " (claimed)", "A (claimed) x"])  # fmt: skip
def test_an_actor_without_a_role(item):
    assert error_of(parse_actors, item, ROLES) == (
        f'"{item}" has no role: write Name (role); Name (role)'
    )


def test_an_actor_with_an_unknown_role():
    assert error_of(parse_actors, "Islamic State (Claimed)", ROLES) == (
        '"Claimed" is not a role (perpetrator, claimed, accused, attributed, initiator, author, '
        'ally, opponent, target, subject, mediator); did you mean "claimed"?'
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [("Attack", "attack"), ("air-strike", "air strike"), ("airstrike", "air strike")],
)
def test_a_word_is_one_of_its_vocabulary(text, hint):
    assert error_of(parse_word, text, TYPES) == (
        f'"{text}" is not one of its words (attack, battle, air strike, control, group, '
        f'government, statement, other); did you mean "{hint}"?'
    )


@pytest.mark.parametrize(
    ("name", "text", "tidied"),
    [
        ("title", "  One   two ", "One two"),
        ("title", "\N{NO-BREAK SPACE}One\N{NO-BREAK SPACE}", "One"),
        ("title", "cafe\N{COMBINING ACUTE ACCENT}", "café"),
        ("title", "One;two ;", "One;two ;"),
        ("sources", "a;b ; c;", "a; b; c"),
        ("sources", "a;\N{NO-BREAK SPACE}b", "a; b"),
        ("sources", ";", ""),
        ("actors", " A (ally) ;B (ally)", "A (ally); B (ally)"),
    ],
)
def test_a_cell_is_tidied(name, text, tidied):
    assert tidy(column(EVENTS, name), text) == tidied
    assert tidy(column(EVENTS, name), tidied) == tidied
    assert is_clean(["id", text]) is False or text == tidied


@pytest.mark.parametrize(
    ("file", "name", "text", "value"),
    [
        (EVENTS, "type", "attack", "attack"),
        (EVENTS, "actors", "A (ally)", (Part("A", "ally"),)),
        (EVENTS, "killed_low", "3", 3),
        (SOURCES, "url", "https://example.org", "https://example.org"),
        (SOURCES, "title", "Any: text; at all", "Any: text; at all"),
    ],
)
def test_each_column_has_its_reader(file, name, text, value):
    assert parser(column(file, name))(text) == value


def test_separators_are_tidied_whatever_stands_between():
    aliases = next(column for column in EVENTS.columns if column.name == "aliases")
    assert tidy(aliases, "\t;a\t ; \t;\t\t; b;;") == "a; b"
    assert tidy(aliases, ";\t" * 9_000 + "a") == "a"


def test_a_country_code_has_a_name():
    assert country_name(parse_country("TN")) == country_label("TN") == "Tunisia"
    assert country_name("XX") == country_label("XX") == "XX"
    assert country_label(UNKNOWN) == "no single country"
