"""The texts of the tables come from columns.py, and metadata.yml repeats them."""

from pathlib import Path

import pytest
import yaml

from event_timeline.curated.columns import CLAIMS, EVENT_COLUMNS, EVENTS, FILES
from event_timeline.database.metadata import default_metadata, table_metadata

ROOT = Path(__file__).parents[2]


def test_metadata_yml_repeats_the_texts_word_for_word():
    written = yaml.safe_load((ROOT / "metadata.yml").read_text("utf-8"))
    assert written["databases"]["events"]["tables"] == table_metadata()


def test_events():
    events = table_metadata()["events"]
    assert {key: value for key, value in events.items() if key != "columns"} == {
        "title": "Events",
        "description": EVENTS.text,
        "facets": ["type", "status", "country", {"array": "actors"}, "year", "precision"],
        "sort": "earliest_start",
        "label_column": "title",
        "fts_table": "events_search_fts",
        "fts_pk": "rowid",
    }
    assert events["columns"] == {column.name: column.text for column in EVENT_COLUMNS}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_column_of_every_file_has_its_text(file):
    texts = table_metadata()[file.name]["columns"]
    assert [name for name in file.names if not texts[name].strip()] == []


def test_claims_have_facets_and_are_searched():
    claims = table_metadata()["claims"]
    assert claims["facets"] == ["relation", "standing"]
    assert claims["sort"] == CLAIMS.names[1]
    assert claims["fts_table"] == "claims_search_fts"


def test_plumbing_is_hidden():
    hidden = {name for name, table in table_metadata().items() if table.get("hidden")}
    assert hidden == {
        "build",
        "countries",
        "date_spans",
        "date_stretches",
        "dates",
        "periods",
        "events_search",
        "actors_search",
        "sources_search",
        "claims_search",
    }


def test_a_chronology_without_metadata_is_declared_under_its_own_name():
    assert default_metadata("moon") == {
        "title": "A chronology",
        "databases": {"moon": {"tables": table_metadata()}},
        "plugins": {"event-timeline": {"database": "moon"}},
    }
