"""Headers: what a page may load, by kind of page, and who may show it in a frame."""

from typing import Any

import pytest
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm

EVENT = "2015-03-18-bardo-museum-attack"
OURS = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
CORE = OURS.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
TABLE = CORE.replace(
    "script-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'"
)
FILE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

POLICIES = [
    ("/", OURS),
    ("/timeline", OURS),
    ("/timeline?sql=1&_window=2015", OURS),
    ("/timeline?_page=0", OURS),
    (f"/event/{EVENT}", OURS),
    ("/event/nothing", OURS),
    ("/actor/islamic-state", OURS),
    ("/source/nothing", OURS),
    ("/disputed", OURS),
    ("/about", OURS),
    ("/events/events", TABLE),
    ("/events/events?_search=Sirte", TABLE),
    ("/events/claims_in_full", TABLE),
    ("/events/deadliest-events", TABLE),
    ("/events?sql=select+1", TABLE),
    ("/events?sql=nonsense", TABLE),
    ("/events", CORE),
    (f"/events/events/{EVENT}", CORE),
    ("/-/plugins", CORE),
    ("/-/metadata", CORE),
    ("/nothing-here", CORE),
    ("/events/events?_sort=nope", TABLE),
    ("/events?sql=select+" + "hex(1)," * 99 + "1", TABLE),
    ("/timeline.json", FILE),
    ("/events.json?sql=select+1", FILE),
    ("/events.csv?sql=select+1", FILE),
    ("/events/events.csv?_excel=1", FILE),
    ("/timeline.json?_page=0", FILE),
    ("/events/events.json", FILE),
    ("/events/events.csv", FILE),
    ("/events/events.csv?_stream=1", FILE),
    ("/-/static/app.css", FILE),
    ("/-/static-plugins/datasette-event-timeline/timeline.css", FILE),
    ("/-/event-timeline/chronology.css", FILE),
    ("/-/plugins.json", FILE),
    ("/favicon.ico", FILE),
]


def every(answer: Any, name: str) -> list[str]:
    found: list[str] = answer.headers.get_list(name)
    return found


@pytest.mark.parametrize(("path", "policy"), POLICIES)
async def test_each_kind_of_page_may_load_what_it_needs(site, path, policy):
    answer = await site.client.get(path)
    assert every(answer, "content-security-policy") == [policy]


@pytest.mark.parametrize("path", [path for path, _ in POLICIES])
async def test_every_answer_keeps_to_itself(site, path):
    answer = await site.client.get(path)
    assert every(answer, "x-content-type-options") == ["nosniff"]
    assert every(answer, "x-frame-options") == ["DENY"]
    assert every(answer, "referrer-policy") == ["no-referrer"]
    assert every(answer, "permissions-policy") == [
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ]


@pytest.mark.slow  # a site for each
async def test_under_a_prefix_the_same_holds(site):
    prefixed = Datasette(site.files, metadata=site.metadata(), settings={"base_url": "/prefix/"})
    # As from a browser: the client of Datasette puts the prefix before an address itself.
    for path, policy in POLICIES:
        answer = await prefixed.client.get(path)
        assert answer.request.url.path.startswith("/prefix/")
        assert every(answer, "content-security-policy") == [policy], path


# Frames


def embeddable(site: Datasette, embed: Any) -> Datasette:
    metadata = site.metadata()
    settings = metadata["plugins"]["event-timeline"] | {"embed": embed}
    return Datasette(site.files, metadata={**metadata, "plugins": {"event-timeline": settings}})


@pytest.mark.parametrize(
    ("embed", "ancestors"),
    [
        (True, "*"),
        (
            ["https://example.org", "https://*.example.com"],
            "'self' https://example.org https://*.example.com",
        ),
        ([], "'self'"),
    ],
)
async def test_the_operator_says_who_may_embed(site, embed, ancestors):
    answer = await embeddable(site, embed).client.get("/timeline?embed=1&type=attack")
    assert answer.status_code == 200
    assert every(answer, "content-security-policy") == [
        OURS.replace("frame-ancestors 'none'", f"frame-ancestors {ancestors}")
    ]
    assert every(answer, "x-frame-options") == []


@pytest.mark.parametrize(
    "path",
    [
        "/timeline",
        "/timeline?embed=0",
        "/timeline?embed=",
        "/?embed=1",
        "/about?embed=1",
        f"/event/{EVENT}?embed=1",
    ],
)
async def test_nothing_else_is_embedded(site, path):
    answer = await embeddable(site, True).client.get(path)
    assert every(answer, "content-security-policy") == [OURS]
    assert every(answer, "x-frame-options") == ["DENY"]


@pytest.mark.parametrize("embed", [None, False])
async def test_without_leave_there_is_no_embedding(site, embed):
    answer = await embeddable(site, embed).client.get("/timeline?embed=1")
    assert every(answer, "content-security-policy") == [OURS]
    assert every(answer, "x-frame-options") == ["DENY"]


# Other plugins, other sites


class Stricter:
    """Another plugin, which has its own mind about two headers."""

    __name__ = "stricter"

    @hookimpl
    def asgi_wrapper(self):
        def wrap(application):
            async def wrapped(scope, receive, send):
                async def send_more(message):
                    if message["type"] == "http.response.start":
                        own = [
                            (b"Content-Security-Policy", b"img-src 'none'"),
                            (b"Permissions-Policy", b"camera=(self)"),
                        ]
                        message = {**message, "headers": [*message["headers"], *own]}
                    await send(message)

                await application(scope, receive, send_more)

            return wrapped

        return wrap


async def test_what_another_plugin_says_stays_said(site):
    plugin = Stricter()
    pm.register(plugin)
    try:
        answer = await Datasette(site.files, metadata=site.metadata()).client.get("/about")
    finally:
        pm.unregister(plugin)
    # Browsers hold to both policies: to the stricter of each.
    assert every(answer, "content-security-policy") == ["img-src 'none'", OURS]
    assert every(answer, "permissions-policy") == ["camera=(self)"]


@pytest.mark.parametrize("path", ["/", "/events", "/events/events", "/events/events.json", "/x/y"])
async def test_where_nothing_is_declared_no_header_is_added(other_site, path):
    answer = await other_site.client.get(path)
    assert not set(answer.headers) & {
        "content-security-policy",
        "permissions-policy",
        "x-content-type-options",
        "x-frame-options",
    }
