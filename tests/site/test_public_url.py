"""Absolute addresses where metadata say under which address the site is public."""

import json
import re
from typing import Any

import pytest
from datasette.app import Datasette

from datasette_event_timeline.config.declared import DeclarationError

EVENT = "/event/2015-03-18-bardo-museum-attack"
HOSTILE = {"host": "evil.example"}


def public(site: Datasette, given: Any, **settings: Any) -> Datasette:
    metadata = site.metadata()
    plugin = {**metadata["plugins"]["event-timeline"], "public_url": given}
    return Datasette(
        site.files,
        metadata={**metadata, "plugins": {"event-timeline": plugin}},
        settings=settings,
    )


@pytest.mark.parametrize(
    "path",
    [
        EVENT,
        f"{EVENT}.json",
        "/disputed",
        "/timeline",
        "/events/events?_size=2",
        "/events/events.json?_size=2&_facet=type",
        "/events/claims_in_full.json?_size=2",
    ],
)
async def test_no_address_comes_from_the_header_host(site, path):
    answer = await public(site, "https://example.org").client.get(path, headers=HOSTILE)
    assert answer.status_code == 200
    assert "evil.example" not in answer.text + str(answer.headers)


async def test_an_event_names_its_public_address(site):
    served = public(site, "https://example.org:8443/history/", base_url="/history/")
    answer = await served.client.get(EVENT, headers=HOSTILE)
    address = f"https://example.org:8443/history{EVENT}"
    assert f'<link rel="canonical" href="{address}">' in answer.text
    assert f" {address}. Data: build" in answer.text
    said = re.search(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.DOTALL)
    assert said
    assert json.loads(said[1])["url"] == address


async def test_pages_of_a_table_lead_on_at_the_public_address(site):
    answer = await public(site, "https://example.org").client.get("/events/events.json?_size=2")
    assert answer.json()["next_url"].startswith("https://example.org/events/events.json?")


@pytest.mark.parametrize(
    "given",
    [
        5,
        "example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https://example.org?x",
        "https://example.org/#x",
        "https://user@example.org",
        "https://example.org\r\nX: y",
    ],
)
async def test_what_is_no_address_of_a_site_is_refused(site, given):
    with pytest.raises(
        DeclarationError, match=r"public_url: .* is no address of a site: write one"
    ):
        await public(site, given).invoke_startup()


async def test_another_path_than_the_one_served_is_refused(site):
    with pytest.raises(DeclarationError) as refused:
        await public(site, "https://example.org/history/").invoke_startup()
    assert refused.value.said == (
        "plugins: event-timeline: public_url: its path is /history/, but the setting base_url "
        "is /: serve with the same base_url"
    )


async def test_a_prefix_is_no_database(site):
    served = public(site, None, base_url="/events/")
    with pytest.raises(DeclarationError, match="base_url: /events/ begins with the name of the"):
        await served.invoke_startup()
