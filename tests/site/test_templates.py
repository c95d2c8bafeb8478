"""Where Jinja finds templates: the operator's first, then the site's, then those of Datasette."""

from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

EVENT = "2015-03-18-bardo-museum-attack"


@pytest.fixture
def serve(database: Path, metadata: dict[str, Any], tmp_path: Path) -> Any:
    """A function that serves the chronology with templates of the operator's."""

    def served(**templates: str) -> Datasette:
        folder = tmp_path / "templates"
        folder.mkdir()
        for name, text in templates.items():
            (folder / f"{name}.html").write_text(text)
        return Datasette([str(database)], metadata=metadata, template_dir=str(folder), memory=True)

    return served


async def text_of(site: Datasette, path: str) -> str:
    answer = await site.client.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("index", "/"),
        ("database", "/events"),
        ("table", "/events/events"),
        ("row", f"/events/events/{EVENT}"),
        ("query", "/events?sql=select+1"),
        ("table-events-events", "/events/events"),
    ],
)
async def test_the_operators_come_before_the_sites(serve, name, path):
    assert await text_of(serve(**{name: "Mine."}), path) == "Mine."


async def test_they_may_extend_those_of_datasette_and_of_the_site(serve):
    site = serve(
        table='{% extends "default:table.html" %}{% block content %}My table.{% endblock %}',
        row='{% extends "chronology/row.html" %}{% block crumbs %}My row.{% endblock %}',
    )
    table = await text_of(site, "/events/events")
    assert "My table." in table
    row = await text_of(site, f"/events/events/{EVENT}")
    assert "My row." in row
    # Both in the look of the site, whose base page takes the place of Datasette's.
    assert 'class="masthead"' in table
    assert 'class="masthead"' in row


async def test_a_page_of_another_database_is_datasettes(serve):
    page = await text_of(serve(), "/_memory")
    assert 'class="masthead"' not in page
    assert "/-/static/app.css" in page
    assert "Custom SQL query" in page


async def test_datasette_says_which_templates_it_considered(site):
    page = await text_of(site, "/events/events")
    assert "<!-- Templates considered: table-events-events.html, *table.html -->" in page


@pytest.mark.parametrize("path", ["/", "/timeline", f"/event/{EVENT}", "/events/events"])
async def test_the_context_of_a_page_can_be_looked_at(database, metadata, path):
    settings = {"template_debug": True}
    site = Datasette([str(database)], metadata=metadata, settings=settings)
    assert (await text_of(site, f"{path}?_context=1")).startswith("<pre>{")
