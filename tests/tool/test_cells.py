"""Single cells: what each kind of column takes, and what it says to what it does not."""

import pytest

from event_timeline.curated import cells
from event_timeline.curated.cells import CellError, Part
from event_timeline.curated.columns import EVENTS, ROLES, SOURCES, TYPES, CuratedFile


def refusal(read, *arguments: object) -> str:
    """What a reader of cells says when it refuses."""
    with pytest.raises(CellError) as refused:
        read(*arguments)
    return str(refused.value)


# Ids


@pytest.mark.parametrize("text", ["le-monde", "a", "2015-03-18-bardo", "-0490-marathon"])
def test_an_id_is_a_slug(text):
    assert cells.parse_id(text) == text


@pytest.mark.parametrize(
    "text", ["Le-Monde", "le monde", "le--monde", "-", "le-monde-", "café", "a_b", "a/b", "٣"]
)
def test_what_is_no_id(text):
    assert refusal(cells.parse_id, text) == (
        f'"{text}" is not an id: write a-z, 0-9 and single hyphens'
    )


@pytest.mark.parametrize(
    ("event_id", "date"),
    [
        ("2015-03-18-bardo-museum-attack", "2015-03-18"),
        ("2015-06-derna", "2015-06"),
        ("2013-battar-brigade", "2013"),
        ("2014-5th-brigade", "2014"),
        ("-0490-marathon", "-0490"),
    ],
)
def test_an_event_id_starts_with_a_date(event_id, date):
    assert cells.id_date(event_id) == date


@pytest.mark.parametrize("event_id", ["bardo", "2015-03-18", "2015-03-18-2", "15-03-18-bardo"])
def test_what_is_no_event_id(event_id):
    assert refusal(cells.id_date, event_id) == (
        f'"{event_id}" is not an event\'s id: write its date and a few words, '
        "such as 2015-03-18-bardo-museum-attack"
    )


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Islamic State", "islamic-state"),
        ("Conseil d'État (Tunisie)", "conseil-d-etat-tunisie"),
        ("الزهاوي", "x-502ac060"),
    ],
)
def test_a_name_becomes_a_slug(name, slug):
    assert cells.slug(name) == slug == cells.parse_id(slug)


# Dates


@pytest.mark.parametrize("text", ["2015-03-18", "2013?", "{2017-11-13,2017-11-20}", "2014/.."])
def test_a_date_is_edtf(text):
    assert cells.parse_edtf(text).text == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Mar-15", '"Mar-15" is not EDTF: write 2015-03 or XXXX-03-15'),
        ("42081", '"42081" is not EDTF: write 2015-03-18 or 2019-03-19'),
        ("18/03/2015", '"18/03/2015" is not EDTF: write 2015-03-18'),
        ("2015-03-18 00:00:00", '"2015-03-18 00:00:00" is not EDTF: write 2015-03-18'),
        (
            "TRUE",
            "words do not belong in an EDTF date: write for example 2015, 2015-03 or 2015-03-18 "
            "(character 2 of 'TRUE')",
        ),
    ],
)
def test_a_date_that_a_spreadsheet_mangled_is_guessed(text, message):
    assert refusal(cells.parse_edtf, text) == message


@pytest.mark.parametrize(
    ("date", "leading"),
    [
        ("2015-03-18", "2015-03-18"),
        ("2015-06", "2015-06"),
        ("2013?", "2013"),
        ("2015-06-09/2015-06-13", "2015-06-09"),
        ("[2014-10-03..2014-10-05]", "2014-10"),
        ("2015-24", "2015"),
        ("-0490", "-0490"),
    ],
)
def test_the_day_month_or_year_an_event_begins_in(date, leading):
    assert cells.leading_date(cells.parse_edtf(date)) == leading


def test_an_open_beginning_leads_nowhere():
    assert refusal(cells.leading_date, cells.parse_edtf("../2015")) == (
        "../2015 has no known beginning: choose the id yourself"
    )


# Numbers


def test_a_count_is_digits():
    assert [cells.parse_integer(text) for text in ("0", "22", "6000")] == [0, 22, 6000]


@pytest.mark.parametrize(
    "text",
    ["1,200", "1 200", "1.200", "22.0", "-1", "+3", "~20", "about 20", "TRUE", "1E+05", "٢٢", "²"],
)
def test_a_count_is_nothing_else(text):
    assert refusal(cells.parse_integer, text) == (
        f'"{text}" is not a whole number: write digits only, such as 1200'
    )


def test_a_thousands_separator_that_does_not_show_is_shown():
    assert refusal(cells.parse_integer, "1\N{NO-BREAK SPACE}200") == (
        '"1\\xa0200" is not a whole number: write digits only, such as 1200'
    )


def test_a_number_has_a_point():
    assert [cells.parse_number(t) for t in ("33.1378", "-5", "0.5")] == [33.1378, -5.0, 0.5]


@pytest.mark.parametrize(
    "text", ["33,1378", "36°48'N", "1e-3", "nan", "inf", ".5", "33.", "FALSE", "33.12345678901"]
)
def test_a_number_is_nothing_else(text):
    assert refusal(cells.parse_number, text) == (
        f'"{text}" is not a number: write digits and a point, '
        "with at most 10 decimals, such as 33.1378"
    )


# Countries


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
    assert refusal(cells.parse_country, text) == (
        f'"{text}" is not an ISO 3166-1 code of two capitals{hint}'
    )


def test_a_country_code_has_a_name():
    assert cells.country_name(cells.parse_country("TN")) == "Tunisia"


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org:8080/a?b=c#d",
        "HTTPS://Example.org/%D8%A7",
        "https://web.archive.org/web/2015/https://example.org/",
        "https://example.org./dot",
    ],
)
def test_an_address_is_kept_as_found(url):
    assert cells.parse_url(url) == url


@pytest.mark.parametrize(
    "url", ["example.org", "www.example.org/a", "ftp://example.org", "javascript:alert(1)", "n/a"]
)
def test_an_address_has_its_scheme(url):
    assert refusal(cells.parse_url, url) == (
        f'"{url}" is not a web address: start it with http:// or https://'
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https://localhost",
        "https://..",
        "https://example.org:99999/",
        "https://[example.org/",
        "https://example.org/a b",
        "https://example.org/é",
        "https://example.org/%zz",
        "https://a.example; https://b.example",
        "https://a.example;https://b.example",
        "https://a.example,https://b.example",
        "https://example.org/<script>",
    ],
)
def test_an_address_is_one_and_well_formed(url):
    assert refusal(cells.parse_url, url) == (
        f'"{url}" is not one well-formed address: write a single one, '
        "with spaces and other letters percent-encoded"
    )


@pytest.mark.parametrize("url", ["https://me@example.org/", "https://:pw@example.org/", "https://example.org:0/"])  # fmt: skip
def test_an_address_holds_no_user(url):
    assert refusal(cells.parse_url, url) == f'"{url}" holds a user name or a port 0: remove it'


@pytest.mark.parametrize(
    "url", ["https://example.org/a", "http://example.org/a", "HTTP://example.org/a/"]
)
def test_addresses_of_one_page(url):
    assert cells.same_address(url) == "example.org/a"


def test_parameters_that_follow_a_reader():
    url = "https://example.org/?id=1&utm_source=x&fbclid=y&page=2"
    assert cells.tracking_parameters(url) == ("utm_source", "fbclid")


# Lists and actors


def test_a_list_is_separated_by_a_semicolon_and_a_space():
    assert cells.parse_list("a; b, c; d") == ("a", "b, c", "d")


@pytest.mark.parametrize("text", ["a;b", "a;", "; a", "a; ; b", "a;\N{NO-BREAK SPACE}b"])
def test_what_is_no_list(text):
    shown = text.replace("\N{NO-BREAK SPACE}", "\\xa0")
    assert refusal(cells.parse_list, text) == (
        f'"{shown}" is not a list: write one "; " between two items, none at the end'
    )


def test_an_item_stands_once():
    assert refusal(cells.parse_list, "a; b; a") == '"a" stands twice: delete one'


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
    read = cells.parser(column(EVENTS, "sources"))
    assert read("le-monde; afp") == ("le-monde", "afp")
    assert refusal(read, text) == message


def test_actors_separated_by_commas():
    assert refusal(cells.parse_actors, "Islamic State (claimed), Libya (target)", ROLES) == (
        '"Islamic State (claimed), Libya (target)" is not one item: separate with "; ", '
        "Islamic State (claimed); Libya (target)"
    )


def test_an_actor_has_a_role_in_the_last_brackets():
    assert cells.parse_actors("Islamic State (claimed); Brigade (17 February) (ally)", ROLES) == (
        Part("Islamic State", "claimed"),
        Part("Brigade (17 February)", "ally"),
    )


@pytest.mark.parametrize("item", ["Islamic State", "Islamic State(claimed)", " (claimed)", "A (claimed) x"])  # fmt: skip
def test_an_actor_without_a_role(item):
    assert refusal(cells.parse_actors, item, ROLES) == (
        f'"{item}" has no role: write Name (role); Name (role)'
    )


def test_an_actor_with_an_unknown_role():
    assert refusal(cells.parse_actors, "Islamic State (Claimed)", ROLES) == (
        '"Claimed" is not a role (perpetrator, claimed, accused, attributed, initiator, author, '
        'ally, opponent, target, subject, mediator); did you mean "claimed"?'
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [("Attack", "attack"), ("air-strike", "air strike"), ("airstrike", "air strike")],
)
def test_a_word_is_one_of_its_vocabulary(text, hint):
    assert refusal(cells.parse_word, text, TYPES) == (
        f'"{text}" is not one of its words (attack, battle, air strike, control, group, '
        f'government, statement, other); did you mean "{hint}"?'
    )


@pytest.mark.parametrize(
    ("alias", "parts"),
    [
        ("ar:الزهاوي", ("ar", "الزهاوي")),
        ("May 16 attacks", ("", "May 16 attacks")),
        ("fr:", ("fr", "")),
        ("Operation: Dawn", ("", "Operation: Dawn")),
    ],
)
def test_an_alias_may_say_its_language(alias, parts):
    assert cells.split_language(alias) == parts


# Characters

LOST = (
    "letters were lost when the file was saved in an encoding without them: "
    "write them again, save as CSV UTF-8"
)
ERROR_VALUES = ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"]


@pytest.mark.parametrize(
    ("text", "blemish"),
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
            (value, f"is a spreadsheet's error value, {value}: write what should stand there")
            for value in ERROR_VALUES
        ),
        ("#1 on the list", ""),
        ("caf\udce9", "holds the hidden character U+DCE9: delete it"),
        ("\N{TAG LATIN SMALL LETTER A}", "holds the hidden character U+E0061: delete it"),
    ],
)
def test_a_blemish_is_named(text, blemish):
    assert cells.blemish(text) == blemish
    assert cells.spotless([text]) is (blemish == "" and text.isascii() and text[0] != "#")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("????", LOST), ("Al-??? brigade", LOST), ("Why??", ""), ("Who? What? When?", "")],
)
def test_question_marks_in_place_of_letters(text, remedy):
    assert cells.lost_letters(text) == remedy
    assert cells.spotless([text]) is not bool(remedy)


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
    assert cells.garbled(text) == meant
    assert cells.spotless([text]) is not bool(meant)


def column(file: CuratedFile, name: str):
    return next(column for column in file.columns if column.name == name)


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
    assert cells.tidy(column(EVENTS, name), text) == tidied
    assert cells.tidy(column(EVENTS, name), tidied) == tidied
    assert cells.spotless(["id", text]) is False or text == tidied


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
    assert cells.parser(column(file, name))(text) == value


# Bounds


def test_long_dates_are_not_remembered():
    short, long = "[2015,2016]", f"[{','.join(str(year) for year in range(1900, 1940))}]"
    assert cells.parse_edtf(short) is cells.parse_edtf(short)
    assert len(long) > 200
    assert cells.parse_edtf(long) is not cells.parse_edtf(long)
    assert cells.parse_edtf(long) == cells.parse_edtf(long)


def test_separators_are_tidied_whatever_stands_between():
    aliases = next(column for column in EVENTS.columns if column.name == "aliases")
    assert cells.tidy(aliases, "\t;a\t ; \t;\t\t; b;;") == "a; b"
    assert cells.tidy(aliases, ";\t" * 9_000 + "a") == "a"


def test_piled_marks_are_refused_and_not_normalised():
    title = next(column for column in EVENTS.columns if column.name == "title")
    acute, below = "\u0301", "\u0323"
    bearable, piled = "e" + acute * 30, "e" + (acute + below) * 15 + acute
    assert cells.blemish(bearable) == ""
    assert cells.tidy(title, bearable) == "é" + acute * 29
    assert cells.blemish(piled) == "holds more than 30 combining marks in a row: delete them"
    assert cells.tidy(title, piled) == piled
    assert not cells.spotless([piled])
    assert cells.blemish(" ".join(["e" + acute] * 100)) == ""
    assert cells.blemish("«—»…" * 100) == ""


@pytest.mark.parametrize("blank", ["\u3164", "\u2800\u2800", "\u115f\u1160", "\uffa0", "\u00a0", "\u200c\u200d", "\u3000 \u2800"])  # fmt: skip
def test_what_shows_nothing_is_no_text(blank):
    assert cells.blemish(blank) == (
        "holds only characters that show nothing: write what should stand there"
    )
    assert not cells.spotless([blank])
    assert cells.blemish(f"a{blank}b") == ""
