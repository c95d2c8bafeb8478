"""The text of single cells: what each reader takes, and what it says of what it does not."""

import pytest

from event_timeline.curated import cells
from event_timeline.curated.cells import CellError


def error_of(read, *arguments: object) -> str:
    """The message of the CellError that a reader of cells raises."""
    with pytest.raises(CellError) as failed:
        read(*arguments)
    return str(failed.value)


# Ids


@pytest.mark.parametrize("text", ["le-monde", "a", "2015-03-18-bardo", "-0490-marathon"])
def test_an_id_is_a_slug(text):
    assert cells.parse_id(text) == text


@pytest.mark.parametrize(
    "text", ["Le-Monde", "le monde", "le--monde", "-", "le-monde-", "café", "a_b", "a/b", "٣"]
)
def test_what_is_no_id(text):
    assert error_of(cells.parse_id, text) == (
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
    assert error_of(cells.id_date, event_id) == (
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
    assert error_of(cells.parse_edtf, text) == message


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
    assert error_of(cells.leading_date, cells.parse_edtf("../2015")) == (
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
    assert error_of(cells.parse_integer, text) == (
        f'"{text}" is not a whole number: write digits only, such as 1200'
    )


def test_a_thousands_separator_that_does_not_show_is_shown():
    assert error_of(cells.parse_integer, "1\N{NO-BREAK SPACE}200") == (
        '"1\\xa0200" is not a whole number: write digits only, such as 1200'
    )


def test_a_number_has_a_point():
    assert [cells.parse_number(t) for t in ("33.1378", "-5", "0.5")] == [33.1378, -5.0, 0.5]


@pytest.mark.parametrize(
    "text", ["33,1378", "36°48'N", "1e-3", "nan", "inf", ".5", "33.", "FALSE", "33.12345678901"]
)
def test_a_number_is_nothing_else(text):
    assert error_of(cells.parse_number, text) == (
        f'"{text}" is not a number: write digits and a point, '
        "with at most 10 decimals, such as 33.1378"
    )


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
    assert error_of(cells.parse_url, url) == (
        f'"{url}" is not a web address: start it with http:// or https://'
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://",
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
    assert error_of(cells.parse_url, url) == (
        f'"{url}" is not one well-formed address: write a single one, '
        "with spaces and other letters percent-encoded"
    )


NOT_PUBLIC = "is an address of one machine or network: write a public one"
A_NUMBER = "has a number in place of a host: write the name of the site"


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://3232235777/", A_NUMBER),
        ("http://0xC0A80101/", A_NUMBER),
        ("http://0x7f.1/", A_NUMBER),
        ("http://127.1/a", A_NUMBER),
        ("http://010.0.0.1/", A_NUMBER),
        ("http://example.0x/", A_NUMBER),
        ("http://127.0.0.1:8001/", NOT_PUBLIC),
        ("http://192.168.1.1./", NOT_PUBLIC),
        ("http://169.254.169.254/latest", NOT_PUBLIC),
        ("http://localhost/", NOT_PUBLIC),
        ("http://Printer.local/", NOT_PUBLIC),
        (
            "https://аррӏе.com/",
            "has letters other than ASCII in its host: write it as browsers send it (xn--...)",
        ),
    ],
)
def test_an_address_says_whose_page_it_is(url, fault):
    assert error_of(cells.parse_url, url) == f'"{url}" {fault}'


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("www.xn--80ak6aa92e.com", "www.аррӏе.com"),
        ("xn--mgbh0fb.example", "مثال.example"),
        ("xn--fa-hia.de", "faß.de"),
        ("a-xn--fa-hia.de", "a-xn--fa-hia.de"),
        ("xn--99999999.de", "xn--99999999.de"),
    ],
)
def test_a_host_in_punycode_is_shown_in_its_letters(host, shown):
    assert cells.parse_url(f"https://{host}/") == f"https://{host}/"
    assert cells.shown_host(host) == shown


@pytest.mark.parametrize("url", ["https://me@example.org/", "https://:pw@example.org/", "https://example.org:0/"])  # fmt: skip
def test_an_address_holds_no_user(url):
    assert error_of(cells.parse_url, url) == f'"{url}" holds a user name or a port 0: remove it'


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
    assert error_of(cells.parse_list, text) == (
        f'"{shown}" is not a list: write one "; " between two items, none at the end'
    )


def test_an_item_stands_once():
    assert error_of(cells.parse_list, "a; b; a") == '"a" occurs twice: delete one'


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


def test_long_dates_are_not_remembered():
    short, long = "[2015,2016]", f"[{','.join(str(year) for year in range(1900, 1940))}]"
    assert cells.parse_edtf(short) is cells.parse_edtf(short)
    assert len(long) > 200
    assert cells.parse_edtf(long) is not cells.parse_edtf(long)
    assert cells.parse_edtf(long) == cells.parse_edtf(long)


def test_a_long_or_unprintable_text_is_shortened():
    assert cells.shorten("x" * 61) == '"' + "x" * 59 + '…"'
    assert cells.shorten("a\nb\N{RIGHT-TO-LEFT OVERRIDE}") == '"a\\x0ab\\x202e"'
