"""The site's style sheets, at an address of their own."""

import re

import pytest
from datasette.app import Datasette

FILES = ["chronology.css", "pages.css", "entry.css"]
EVENT = "/event/2015-03-18-bardo-museum-attack"


@pytest.mark.parametrize("file", FILES)
async def test_a_file_is_answered_as_what_it_is(site, file):
    answer = await site.client.get(f"/-/event-timeline/{file}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert answer.text.startswith("/*")
    assert "cache-control" not in answer.headers


async def test_at_the_address_of_its_bytes_it_is_kept_for_ever(site):
    page = (await site.client.get(EVENT)).text
    linked = re.findall(r'href="(/-/event-timeline/(\w+\.css)\?[0-9a-f]{8})"', page)
    assert {file for _, file in linked} == set(FILES)
    for address, _ in linked:
        answer = await site.client.get(address)
        assert answer.headers["cache-control"] == "max-age=31536000, immutable"
    other = await site.client.get("/-/event-timeline/chronology.css?00000000")
    assert "cache-control" not in other.headers


@pytest.mark.parametrize(
    "file", ["", "nothing.css", "..", "%2e%2e%2fassets.py", "assets.py", "../pages/base.html"]
)
async def test_nothing_else_is_there(site, file):
    address = f"/-/event-timeline/{file}"
    assert (await site.client.get(address, follow_redirects=True)).status_code == 404


async def test_it_is_only_read(site):
    head = await site.client.head("/-/event-timeline/chronology.css")
    assert (head.status_code, head.text) == (200, "")
    assert (await site.client.put("/-/event-timeline/chronology.css")).status_code == 405


async def test_under_a_prefix_it_has_the_prefix(site):
    settings = {"base_url": "/prefix/"}
    prefixed = Datasette(site.files, metadata=site.metadata(), settings=settings)
    page = (await prefixed.client.get("/about")).text
    assert 'href="/prefix/-/event-timeline/chronology.css?' in page
    assert (await prefixed.client.get("/-/event-timeline/chronology.css")).status_code == 200


async def test_where_nothing_is_declared_there_is_none(other_site):
    assert (await other_site.client.get("/-/event-timeline/chronology.css")).status_code == 404
