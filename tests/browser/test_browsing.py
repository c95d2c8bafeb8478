"""What a visitor does: follow a facet, search, fold a row open, draw a chart, take the data."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
METADATA = yaml.safe_load((ROOT / "metadata.yml").read_text("utf-8"))
QUERIES = METADATA["databases"]["events"]["queries"]
CHARTS = [name for name, query in QUERIES.items() if "fragment" in query]
EVENTS = list(csv.DictReader((ROOT / "events.csv").open(encoding="utf-8", newline="")))
BARDO = "2015-03-18-bardo-museum-attack"

# How many of a canvas's pixels are neither transparent nor its own background.
COUNT_MARKS = """canvas => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const ground = [...data.slice(0, 4)].join();
  let marks = 0;
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] && [...data.slice(i, i + 4)].join() !== ground) marks++;
  return marks;
}"""


def row_ids(page: Page) -> list[str]:
    """The ids of the rows on a table's page, from where their titles lead."""
    page.wait_for_load_state()
    links = page.locator("table.rows-and-columns .row-link").evaluate_all(
        "links => links.map(link => decodeURIComponent(link.pathname.split('/').pop()))"
    )
    return [str(row_id) for row_id in links]


def test_facet(page: Page) -> None:
    page.goto("/events/events")
    page.locator("#facet-country").get_by_role("link", name="Tunisia").click()
    expect(page).to_have_url(re.compile(r"country=TN"))
    assert sorted(row_ids(page)) == sorted(e["id"] for e in EVENTS if e["country"] == "TN")

    page.get_by_role("list", name="Filters in force").get_by_role("link").click()
    expect(page.locator(".row-count")).to_have_text(f"{len(EVENTS)} events")


@pytest.mark.slow  # a page in a browser takes seconds
def test_first_page_counts_what_it_links_to(page: Page) -> None:
    page.goto("/")
    attacks = [event for event in EVENTS if event["type"] == "attack"]
    entry = (
        page.get_by_role("region", name="By type").get_by_role("listitem").filter(has_text="attack")
    )
    expect(entry.locator(".count")).to_have_text(str(len(attacks)))
    entry.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"type=attack"))
    assert sorted(row_ids(page)) == sorted(event["id"] for event in attacks)


@pytest.mark.parametrize("words", ["bardo museum", pytest.param("زهاوي", marks=pytest.mark.slow)])
def test_search(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Filters in force")).to_contain_text(words)
    found = row_ids(page)
    assert 0 < len(found) < len(EVENTS)
    assert (BARDO in found) == (words == "bardo museum")


@pytest.mark.slow  # a page in a browser takes seconds
def test_search_box_of_every_page(page: Page) -> None:
    page.goto("/events/actors")
    page.get_by_role("searchbox", name="Search the events").fill('a lone " quotation mark')
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Events")
    expect(page.locator(".row-count")).to_have_text("No events")


@pytest.mark.slow  # a page in a browser takes seconds
def test_more_of_a_row(page: Page) -> None:
    page.goto(f"/events/events?id={BARDO}")
    summary = next(event["summary"] for event in EVENTS if event["id"] == BARDO)
    expect(page.get_by_text(summary[:60])).to_be_hidden()
    page.locator("tbody summary", has_text="More").click()
    expect(page.get_by_text(summary[:60])).to_be_visible()


@pytest.mark.parametrize(
    "name", [CHARTS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in CHARTS[1:])]
)
def test_preset_chart_draws(page: Page, name: str) -> None:
    page.goto("/events")
    page.locator("ul.queries").get_by_role("link", name=QUERIES[name]["title"], exact=True).click()
    canvas = page.locator(".vega-embed canvas")
    expect(canvas).to_be_visible()
    page.wait_for_function(f"canvas => ({COUNT_MARKS})(canvas) > 1000", arg=canvas.element_handle())


@pytest.mark.slow  # a page in a browser takes seconds
def test_chart_drawn_on_demand(page: Page) -> None:
    page.goto(f"/events/{CHARTS[0]}")
    expect(page.locator(".vega-embed canvas")).to_have_count(0)
    page.get_by_role("link", name="Draw the chart").click()
    expect(page.locator(".vega-embed canvas")).to_be_visible()


@pytest.mark.parametrize(
    "query", ["?country=LY&_search=sirte", pytest.param("?country=TN", marks=pytest.mark.slow)]
)
def test_csv_equals_the_table(page: Page, query: str) -> None:
    page.goto(f"/events/events{query}")
    address = (
        page.locator(".export-links")
        .get_by_role("link", name="CSV", exact=True)
        .get_attribute("href")
    )
    rows = list(csv.DictReader(io.StringIO(page.request.get(address or "").text())))
    assert [row["id"] for row in rows] == row_ids(page)
    expect(page.locator(".row-count")).to_have_text(f"{len(rows)} events")


@pytest.mark.slow  # a page in a browser takes seconds
@pytest.mark.parametrize("link", ["CSV", "Excel CSV", "JSON"])
def test_a_download_is_whole_on_every_page_of_a_table(page: Page, link: str) -> None:
    page.goto("/events/events?_size=5")
    page.get_by_role("link", name="The next 5").click()
    expect(page).to_have_url(re.compile(r"_next="))
    assert len(row_ids(page)) == 5
    address = page.locator(".export-links").get_by_role("link", name=link, exact=True)
    answer = page.request.get(address.get_attribute("href") or "")
    if link == "JSON":
        assert len(answer.json()["rows"]) == len(EVENTS)
    else:
        assert len(list(csv.DictReader(io.StringIO(answer.text())))) == len(EVENTS)


@pytest.mark.slow  # a page in a browser takes seconds
def test_the_form_for_downloads_takes_all_rows_from_every_page_of_a_table(page: Page) -> None:
    page.goto("/events/events?_size=5")
    page.get_by_role("link", name="The next 5").click()
    page.get_by_text("Download in another shape").click()
    page.get_by_label("as a file").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    text = download.value.path().read_text("utf-8")
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(EVENTS)


@pytest.mark.slow  # a page in a browser takes seconds
def test_answer_that_is_cut_says_so(page: Page) -> None:
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n limit 10005"
    page.goto(f"/events?sql={quote(numbers)}")
    expect(page.get_by_role("status")).to_contain_text(
        "The first 100 of more than 100 rows. CSV and JSON have more of them, up to 10,000."
    )


def test_event(page: Page) -> None:
    page.goto(f"/events/events/{BARDO}")
    expect(page.locator("h1")).to_contain_text("Bardo")
    expect(page.locator(".dateline .date")).to_have_text("18 March 2015")
    expect(page.locator(".dateline .edtf")).to_have_text("2015-03-18")
    for link in page.locator(".references a.outward").all():
        assert link.get_attribute("rel") == "noopener nofollow"
    sources = next(event["sources"] for event in EVENTS if event["id"] == BARDO).split("; ")
    expect(page.locator(".references li")).to_have_count(len(sources))


@pytest.mark.slow  # a page in a browser takes seconds
def test_no_figure_is_not_zero(page: Page) -> None:
    blank = next(e for e in EVENTS if not (e["killed_low"] or e["killed_best"] or e["killed_high"]))
    page.goto(f"/events/events/{blank['id']}")
    expect(page.locator(".record dd").first).to_have_text("no figure")


@pytest.mark.slow  # a page in a browser takes seconds
def test_row_pages_lead_on(page: Page) -> None:
    page.goto(f"/events/events/{BARDO}")
    page.locator(".question h3 a").first.click()
    expect(page).to_have_url(re.compile("/events/questions/"))
    page.locator(".answers a").first.click()
    expect(page).to_have_url(re.compile("/source/"))
    page.locator(".chronicle a").first.click()
    expect(page).to_have_url(re.compile("/event/"))
    page.locator(".parts a").first.click()
    expect(page).to_have_url(re.compile("/actor/"))
    expect(page.get_by_role("heading", level=2).first).to_contain_text("event")


@pytest.mark.slow  # a page in a browser takes seconds
def test_arabic_is_marked(page: Page) -> None:
    event = next(event for event in EVENTS if "ar:" in event["aliases"])
    page.goto(f"/events/events/{event['id']}")
    expect(page.locator("[lang=ar]").first).to_have_attribute("dir", "rtl")
