"""/about: what the chronology is, and every word it uses with an example that has it."""

import re
from html import unescape

import pytest

from event_timeline.site.about import VOCABULARIES


@pytest.fixture
async def page(site) -> str:
    answer = await site.client.get("/about")
    assert answer.status_code == 200
    return unescape(answer.text)


async def test_it_tells_what_metadata_tells(page, metadata):
    for section in metadata["plugins"]["event-timeline"]["about"]:
        assert f">{section['title']}</h2>" in page


@pytest.mark.parametrize("explained", VOCABULARIES, ids=lambda explained: explained.title)
async def test_every_word_is_there_with_its_meaning(page, explained):
    section = page.partition(f">{explained.title}</h3>")[2].partition("</section>")[0]
    words = re.findall(r"<dt>(?:<a [^>]*>)?([^<]+)", section)
    assert words == list(explained.vocabulary)


@pytest.mark.slow  # a page for each word
async def test_a_word_links_to_as_many_rows_as_it_says(site, page):
    found = re.findall(
        r'<dt><a href="([^"]+)">([^<]+)</a> <span class="count">([0-9,]+)</span>', page
    )
    assert len(found) > 50
    for address, word, count in found:
        path, _, query = address.partition("?")
        answer = await site.client.get(f"{path}.json?{query}&_size=0")
        assert answer.json()["filtered_table_rows_count"] == int(count.replace(",", "")), word


@pytest.mark.slow  # a page for each word
async def test_an_example_is_a_page_that_exists(site, page):
    examples = re.findall(r'For example: <a href="([^"]+)">', page)
    assert len(examples) > 50
    for address in set(examples):
        assert (await site.client.get(address)).status_code == 200, address
