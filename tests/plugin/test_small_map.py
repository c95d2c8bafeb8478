"""The small map: a point in its middle, as wide as its place is known."""

import pytest

from datasette_event_timeline.render.small_map import HEIGHT, WIDTH, countries, draw_map


def names(latitude: float, longitude: float) -> set[str]:
    drawn = draw_map(latitude, longitude, 5, is_site=False)
    assert drawn is not None
    return {label.text for label in drawn.labels}


def test_the_countries_around_a_point_are_named():
    assert names(33.14, 11.22) == {"Tunisia", "Libya"}


def test_the_circle_is_as_wide_as_the_radius_on_the_ground():
    near = draw_map(36.8, 10.18, 5, is_site=False)
    far = draw_map(27.9, 9.1, 100, is_site=False)
    for drawn, km in ((near, 5), (far, 100)):
        assert drawn.radius / km == pytest.approx(drawn.bar / drawn.bar_km, rel=0.02)


def test_a_map_of_the_sea_is_still_a_map():
    drawn = draw_map(0, -140, 5, is_site=True)
    assert (drawn.land, drawn.labels, drawn.is_site) == ((), (), True)


@pytest.mark.parametrize("longitude", [179.9, -179.9])
def test_land_beyond_the_180th_meridian_is_there(longitude):
    drawn = draw_map(66, longitude, 5, is_site=False)
    xs = [
        float(pair.split(",")[0])
        for pair in "".join(drawn.land).replace("M", " ").replace("Z", " ").split()
    ]
    assert min(xs) < WIDTH / 2 - 20
    assert max(xs) > WIDTH / 2 + 20


def test_nothing_is_drawn_far_beside_the_map():
    drawn = draw_map(36.8, 10.18, 5, is_site=False)
    pairs = "".join(drawn.land).replace("M", " ").replace("Z", " ").split()
    for x, y in (map(float, pair.split(",")) for pair in pairs):
        assert -4.1 <= x <= WIDTH + 4.1
        assert -4.1 <= y <= HEIGHT + 4.1


@pytest.mark.parametrize(
    ("latitude", "longitude", "radius"),
    [
        (None, 10, 5),
        ("36", 10, 5),
        (91, 10, 5),
        (36, 181, 5),
        (float("nan"), 10, 5),
        (36, float("inf"), 5),
        (36, 10, -1),
        (36, 10, float("inf")),
    ],
)
def test_what_is_no_place_on_the_earth_has_no_map(latitude, longitude, radius):
    assert draw_map(latitude, longitude, radius, is_site=False) is None


@pytest.mark.parametrize("latitude", [90, -90])
def test_the_poles_have_a_map(latitude):
    assert draw_map(latitude, 0, 5, is_site=False) is not None


def test_the_basemap_names_the_countries_of_the_chronology():
    assert {"Tunisia", "Libya", "Algeria", "Morocco"} <= {country.name for country in countries()}
