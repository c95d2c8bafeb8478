"""What the timeline is told of a chronology's events."""

from dataclasses import replace

import pytest

from datasette_event_timeline.config.declared import read_declaration
from event_timeline.curated.columns import EVENT_WEIGHT, TYPES
from event_timeline.site.extension import extend

EVENT = "2016-03-07-ben-guerdane-attack"


async def test_our_own_events_weigh_as_the_index_has_them(site):
    assert (await read_declaration(site)).weight_sql == EVENT_WEIGHT


async def test_each_type_keeps_its_hue_whatever_is_chosen(site):
    data = (await site.client.get("/timeline.json?type=group")).json()
    assert [kind["value"] for kind in data["kinds"]] == [*TYPES]


async def test_only_figures_of_one_scope_have_a_size(site):
    events = (await site.client.get("/timeline.json")).json()["events"]
    sizes = {event["killed_scope"] for event in events if event["size"] is not None}
    assert sizes == {"victims"}
    assert {event["figure"] for event in events} > {"no figure"}
    (event,) = [event for event in events if event["id"] == EVENT]
    assert (event["killed_scope"], event["status"]) == ("victims", "confirmed")


@pytest.mark.parametrize("column", ["killed_low", "killed_open"])
async def test_a_table_that_lacks_a_column_has_no_figures(site, column):
    found = await read_declaration(site)
    extension = extend(replace(found, columns=tuple({*found.columns} - {column}))).extension
    assert (extension.weight, extension.kinds, extension.columns) == (None, (), ("status",))
