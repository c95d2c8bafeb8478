"""Every address on our pages and in our JSON works where the site has a prefix."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from datasette.app import Datasette

PREFIX = "/prefix/"
SITE = "http://localhost"
# Scripts put it where an address ends in ID.
EVENT_ID = "2015-03-18-bardo-museum-attack"
EVENT = f"event/{EVENT_ID}"
PAGES = [
    "",
    "timeline",
    "timeline?_window=2015&_lanes=country",
    "timeline?embed=1",
    EVENT,
    "disputed",
    "about",
    "events",
    "events/events?_size=5&_facet=type",
    "events/without-figures",
    "event/never-was",
]
DATA = ["timeline.json", f"{EVENT}.json", "events/events.json?_size=2&_facet=type", "events.json"]
# Links, files, forms and what scripts are given; of sets, each address by itself.
ATTRIBUTE = re.compile(r'\s(?:href|src|action|data-[a-z-]+)="([^"]+)"')
STYLE_URL = re.compile(r'url\(["\']?([^"\')]+)')


@pytest.fixture(scope="module")
async def prefixed(site: Datasette) -> AsyncIterator[httpx.AsyncClient]:
    served = Datasette(site.files, metadata=site.metadata(), settings={"base_url": PREFIX})
    await served.invoke_startup()
    transport = httpx.ASGITransport(app=served.app())
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
        yield client


async def ok(client: httpx.AsyncClient, address: str) -> bool:
    answer = await client.get(address, follow_redirects=True)
    return answer.status_code == 200


def shape(address: str) -> tuple[Any, ...]:
    """What addresses of one kind have in common, so that one of them is asked for."""
    parts = urlsplit(address)
    path = parts.path.split("/")
    kind = path[:3] if path[2:3] != ["-"] else path
    return (
        *kind,
        len(path),
        parts.path.rpartition(".")[2][:4],
        *sorted(dict(parse_qsl(parts.query))),
    )


def of_this_site(page: str, found: list[str]) -> dict[Any, str]:
    """Return one address of each kind on this site, as a browser reads them on the page."""
    whole = [urljoin(page, re.sub("ID$", EVENT_ID, unescape(text))) for text in found]
    return {shape(address): address for address in whole if address.startswith(f"{SITE}/")}


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for below in value.values() for text in texts(below))
    elif isinstance(value, list):
        yield from (text for below in value for text in texts(below))
    elif isinstance(value, str):
        yield value


@pytest.mark.slow  # hundreds of links
@pytest.mark.parametrize("path", PAGES)
async def test_every_link_of_a_page(prefixed, path):
    answer = await prefixed.get(PREFIX + path)
    assert answer.status_code == (404 if "never" in path else 200)
    addresses = [
        text
        for text in ATTRIBUTE.findall(answer.text)
        if text.startswith(("/", "?", ".", f"{SITE}/"))
    ]
    links = of_this_site(str(answer.url), addresses)
    assert links
    assert not [link for link in links.values() if not link.startswith(f"{SITE}{PREFIX}")]
    assert not [link for link in links.values() if not await ok(prefixed, link)]


@pytest.mark.parametrize("path", DATA)
async def test_every_address_in_json(prefixed, path):
    answer = await prefixed.get(PREFIX + path)
    assert answer.status_code == 200
    found = [text for text in texts(answer.json()) if text.startswith(("/", f"{SITE}/"))]
    links = of_this_site(str(answer.url), found)
    assert not [link for link in links.values() if not link.startswith(f"{SITE}{PREFIX}")]
    assert not [link for link in links.values() if not await ok(prefixed, link)]


async def test_files_named_in_style_sheets(prefixed):
    page = (await prefixed.get(f"{PREFIX}timeline")).text
    sheets = [unescape(text) for text in ATTRIBUTE.findall(page) if ".css" in text]
    assert sheets
    for sheet in sheets:
        style = await prefixed.get(urljoin(f"{SITE}{PREFIX}", sheet))
        files = [
            text for text in STYLE_URL.findall(style.text) if not text.startswith(("data:", "#"))
        ]
        for file in files:
            assert await ok(prefixed, urljoin(str(style.url), file)), file


@pytest.mark.parametrize(
    "path",
    [
        "events/events.csv?_stream=on",
        "events/events.csv?_stream=on&_excel=1",
        "events/without-figures.json",
        "events/events.json?_shape=array",
        f"{EVENT}.json",
    ],
)
async def test_downloads(prefixed, path):
    assert await ok(prefixed, PREFIX + path)


@pytest.mark.parametrize("path", ["events/", "events/events/", "-/databases/"])
async def test_a_redirect_keeps_the_prefix(prefixed, path):
    answer = await prefixed.get(PREFIX + path)
    assert answer.status_code == 302
    assert answer.headers["location"] == (PREFIX + path).removesuffix("/")


@pytest.mark.parametrize("path", ["/about", f"/{EVENT}", "/events/events?_size=5"])
async def test_a_proxy_may_take_the_prefix_away(prefixed, path):
    away = await prefixed.get(path)
    kept = await prefixed.get(PREFIX + path[1:])
    assert (away.status_code, ATTRIBUTE.findall(away.text)) == (200, ATTRIBUTE.findall(kept.text))


async def test_a_query_is_limited_there_too(prefixed):
    """What guards an address has to know it under the prefix."""
    refused = await prefixed.get(f"{PREFIX}events/events?_sort=nope")
    assert refused.status_code == 400
    assert (await prefixed.post(f"{PREFIX}events/events")).status_code == 405
    policy = (await prefixed.get(f"{PREFIX}about")).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert json.loads((await prefixed.get(f"{PREFIX}-/settings.json")).text)["base_url"] == PREFIX
