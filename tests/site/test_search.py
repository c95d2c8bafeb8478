"""Search on the site's tables: folded, and never an error."""

import pytest

ZAHAWI = "الزهاوي"


async def found(get_json, table: str, query: str, **more: str) -> list[str]:
    rows = await get_json(
        f"/events/{table}.json", _search=query, _shape="array", _size="max", **more
    )
    return [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("table", "query"),
    [
        ("events", "museum"),
        ("actors", "islamic state"),
        ("sources", "reuters"),
        ("claims", "killed"),
    ],
)
async def test_every_searched_table_finds_something(get_json, table, query):
    assert await found(get_json, table, query) != []


@pytest.mark.parametrize("table", ["events", "actors", "sources", "claims"])
async def test_every_searched_table_has_a_search_box(site, table):
    assert 'name="_search"' in (await site.client.get(f"/events/{table}")).text


async def test_arabic_is_found_with_and_without_the_article_and_the_hamza(get_json):
    zahawi = await found(get_json, "actors", "زهاوي")
    assert zahawi == await found(get_json, "actors", ZAHAWI) != []
    ansar = await found(get_json, "actors", "انصار")
    assert ansar == await found(get_json, "actors", "أنصار") != []


async def test_latin_is_found_with_and_without_accents(get_json):
    assert (
        await found(get_json, "events", "aménas") == await found(get_json, "events", "AMENAS") != []
    )


async def test_search_goes_together_with_filters_and_facets(get_json):
    answer = await get_json("/events/events.json", _search="sirte", type="battle", _size="max")
    assert answer["filtered_table_rows_count"] == len(answer["rows"]) > 0
    statuses = answer["facet_results"]["status"]["results"]
    assert sum(result["count"] for result in statuses) == len(answer["rows"])


async def test_one_column_can_be_searched(get_json):
    in_titles = await get_json("/events/events.json", _search_title="museum", _shape="array")
    assert in_titles != []
    assert [row["title"] for row in in_titles if "museum" not in row["title"].lower()] == []


async def test_phrases(get_json):
    phrase = await found(get_json, "events", '"Bardo museum"')
    assert phrase != []
    assert await found(get_json, "events", '"museum Bardo of"') == []


@pytest.mark.parametrize("table", ["events", "actors", "sources", "claims"])
@pytest.mark.parametrize("query", ['"', '""', "*", "-", "(", "a OR", "NEAR(", "\0", "'", "^", "؟", "ـ", "\u00e9" * 1000])  # fmt: skip
async def test_nothing_that_can_be_typed_is_an_error(site, table, query):
    for page in (f"/events/{table}.json", f"/events/{table}", f"/events/{table}.csv"):
        assert (await site.client.get(page, params={"_search": query})).status_code == 200


async def test_a_search_can_be_downloaded_whole(get_json, get_csv):
    rows = await get_csv("/events/claims.csv", _search="killed", _stream="1")
    assert [row["id"] for row in rows] == await found(
        get_json, "claims", "killed", _sort="question"
    )


async def test_without_our_plugin_declared_words_are_found_as_written(other_site):
    """The index holds the text as it stands beside its folded form."""
    sql = "select count(*) as n from actors_search_fts where actors_search_fts match escape_fts(:q)"
    for query, least in ((ZAHAWI, 1), ("زهاوي", 1)):
        answer = await other_site.client.get(
            "/events.json", params={"sql": sql, "q": query, "_shape": "array"}
        )
        assert answer.json()[0]["n"] >= least
