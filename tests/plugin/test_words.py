"""How the names of columns are put into words."""

from datasette_event_timeline.render.words import heading


def test_heading() -> None:
    assert heading("killed_low") == "killed, low"
    assert heading("location_precision") == "location precision"
    assert heading("low") == "low"
