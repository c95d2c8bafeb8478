"""Which metadata stop a declared site from starting, and what is said of them."""

import pytest
from datasette.app import Datasette

from datasette_event_timeline.config.metadata_checks import MetadataError, check_metadata

MAPPING = "write settings, each as a name and a value, not"
ADDRESS = (
    "may not be linked to: write an address that begins with https:// or http://, "
    "or a path on this site"
)
WRONG = [
    (None, f"{MAPPING} nothing"),
    (["a"], f"{MAPPING} ['a']"),
    ({"plugins": ["event-timeline"]}, f"plugins: {MAPPING} ['event-timeline']"),
    ({"databases": None}, f"databases: {MAPPING} nothing"),
    ({"databases": {"events": "x"}}, f"databases: events: {MAPPING} 'x'"),
    (
        {"databases": {"events": {"tables": ["events"]}}},
        f"databases: events: tables: {MAPPING} ['events']",
    ),
    (
        {"databases": {"events": {"tables": {"events": None}}}},
        f"databases: events: tables: events: {MAPPING} nothing",
    ),
    (
        {"databases": {"events": {"tables": {"events": {"facets": "type"}}}}},
        "databases: events: tables: events: facets: write a list, such as [type, country], not 'type'",
    ),
    (
        {"databases": {"events": {"tables": {"events": {"sort": ["date"]}}}}},
        "databases: events: tables: events: sort: write one text, not ['date']",
    ),
    (
        {"databases": {"events": {"queries": {"all": {"title": "All"}}}}},
        "databases: events: queries: all: there is no SQL: write some below it, as sql: select ...",
    ),
    (
        {"databases": {"events": {"queries": {"all": 5}}}},
        f"databases: events: queries: all: {MAPPING} 5",
    ),
    (
        {"databases": {"events": {"queries": {"all": {"sql": 5}}}}},
        "databases: events: queries: all: sql: write one text, not 5",
    ),
    ({"source_url": "javascript:alert(1)"}, f"source_url: 'javascript:alert(1)' {ADDRESS}"),
    ({"databases": {"events": {"about_url": 5}}}, f"databases: events: about_url: 5 {ADDRESS}"),
    (
        {"databases": {"events": {"tables": {"events": {"license_url": "data:text/html,x"}}}}},
        f"databases: events: tables: events: license_url: 'data:text/html,x' {ADDRESS}",
    ),
    (
        {"databases": {"events": {"queries": {"all": {"sql": "select 1", "source_url": "//x"}}}}},
        f"databases: events: queries: all: source_url: '//x' {ADDRESS}",
    ),
]


@pytest.mark.parametrize(("metadata", "said"), WRONG)
def test_the_message_says_where_what_and_what_to_write(metadata, said):
    with pytest.raises(MetadataError) as refused:
        check_metadata(metadata)
    assert refused.value.said == said
    assert str(refused.value) == f"metadata: {said}"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:x",
        " javascript:x",
        "java\tscript:x",
        "JavaScript:x",
        "\\\\x",
        "https://",
        "http:x",
    ],
)
def test_addresses_that_are_refused(address):
    with pytest.raises(MetadataError):
        check_metadata({"license_url": address})


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a?b=c#d",
        "HTTP://example.org",
        "/about#licence",
        "about",
        "../x?y=z",
        "",
        None,
    ],
)
def test_addresses_that_are_accepted(address):
    check_metadata({"license_url": address})


def test_the_texts_of_columns_are_no_addresses_and_queries_may_be_sql_alone():
    columns = {"source_url": "Where it is: javascript: is refused"}
    check_metadata(
        {
            "title": 2015,
            "databases": {
                "events": {
                    "tables": {"sources": {"columns": columns}},
                    "queries": {"one": "select 1"},
                }
            },
        }
    )


async def test_a_declared_site_does_not_start():
    metadata = {
        "databases": ["events"],
        "plugins": {"event-timeline": {"database": "events"}},
    }
    with pytest.raises(MetadataError, match="databases: write settings"):
        await Datasette([], metadata=metadata, memory=True).invoke_startup()


@pytest.mark.parametrize("name", ["event_timeline", "datasette_event_timeline"])
async def test_settings_under_another_name_of_the_plugin_are_not_passed_over(name):
    with pytest.raises(MetadataError) as refused:
        await Datasette([], metadata={"plugins": {name: {}}}, memory=True).invoke_startup()
    assert refused.value.said == (
        f"plugins: {name}: the settings stand under event-timeline: write that"
    )


@pytest.mark.parametrize("metadata", [None, {}, {"plugins": {}}, {"license_url": "javascript:x"}])
async def test_a_site_that_declares_nothing_is_left_as_it_is(metadata):
    site = Datasette([], metadata=metadata, memory=True)
    assert (await site.client.get("/")).status_code == 200
    assert (await site.client.get("/timeline")).status_code == 404
