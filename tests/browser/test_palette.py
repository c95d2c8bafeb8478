"""The hues of the drawings, as a page has them: against the paper, and against each other.

Thresholds: text 4.5:1 and what is drawn 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). Hues are told apart
by their distance in OKLab, where two patches side by side differ to the eye from about 0.02:
that much is asked in colour blindness (Machado, Oliveira and Fernandes 2009, severity 1) and in
greyscale, four times as much for common vision. And each hue has a glyph that no other has.
"""

import re
from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest
from playwright.sync_api import Browser, Page

# One page in a browser for each scheme.
pytestmark = pytest.mark.slow

SCHEMES = ("light", "dark", "plain")
STATIC = "/-/static-plugins/datasette-event-timeline"
MODULE = f"{STATIC}/timeline/palette.js"
# A Datasette that has no look of its own.
PLAIN = "".join(f"<link rel=stylesheet href={STATIC}/{name}.css>" for name in ("plain", "timeline"))
HUES = [f"hue-{n}" for n in range(1, 9)]
NAMED = ("paper", "raised", "ink", "quiet", "edge", "accent")
DRAWN, TEXT = 3.0, 4.5
APART, NOT_ONE = 0.08, 0.02

Colour = tuple[float, float, float]

PROTANOPIA = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
TRITANOPIA = (
    (1.255528, -0.076749, -0.178779),
    (-0.078411, 0.930809, 0.147602),
    (0.004733, 0.691367, 0.303900),
)
GREYSCALE = ((0.2126, 0.7152, 0.0722),) * 3


@dataclass(frozen=True)
class Palette:
    """The colours in force by scheme and name, and the corners of each glyph by its name."""

    colours: dict[str, dict[str, str]]
    outlines: dict[str, list[tuple[float, float]]]


@pytest.fixture(scope="module")
def palette(browser: Browser, address: str) -> Palette:
    """What the timeline draws with: on a chronology's site, light and dark, and on any other."""
    page = browser.new_page(base_url=address)
    page.goto("/timeline")
    outlines = page.evaluate(f"() => import('{MODULE}').then((m) => m.OUTLINES)")
    colours = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        if scheme == "plain":
            page.set_content(PLAIN)
        colours[scheme] = colours_of(page)
    page.close()
    return Palette(colours, outlines)


def colours_of(page: Page) -> dict[str, str]:
    script = f"() => import('{MODULE}').then((m) => m.paletteOf(document.body))"
    taken = page.evaluate(script)
    hues = dict(zip(HUES, taken["hues"], strict=True))
    return {**hues, **{name: taken[name] for name in NAMED}}


def linear(colour: str) -> Colour:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def times(matrix: tuple[Colour, ...], colour: Colour) -> Colour:
    red, green, blue = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    lights = sorted(times(GREYSCALE, linear(colour))[0] for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def oklab(colour: Colour) -> Colour:
    red, green, blue = (min(1.0, max(0.0, part)) for part in colour)
    cone_1 = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    cone_2 = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    cone_3 = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * cone_1 + 0.7936177850 * cone_2 - 0.0040720468 * cone_3,
        1.9779984951 * cone_1 - 2.4285922050 * cone_2 + 0.4505937099 * cone_3,
        0.0259040371 * cone_1 + 0.7827717662 * cone_2 - 0.8086757660 * cone_3,
    )


def nearest(colours: dict[str, str], vision: tuple[Colour, ...] | None) -> tuple[float, str, str]:
    """The two hues that are most alike, and how far apart they are."""
    seen = {hue: linear(colours[hue]) for hue in HUES}
    if vision:
        seen = {hue: times(vision, colour) for hue, colour in seen.items()}
    return min(
        (
            sum((a - b) ** 2 for a, b in zip(oklab(seen[one]), oklab(seen[other]), strict=True))
            ** 0.5,
            one,
            other,
        )
        for one, other in combinations(HUES, 2)
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_have_six_digits(palette: Palette, scheme: str) -> None:
    """The drawing appends two for a hue that fades."""
    colours = palette.colours[scheme]
    assert [c for c in colours.values() if not re.fullmatch("#[0-9a-f]{6}", c)] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_everything_drawn_stands_out(palette: Palette, scheme: str, ground: str) -> None:
    colours = palette.colours[scheme]
    for name in (*HUES, "edge", "accent"):
        assert contrast(colours[name], colours[ground]) >= DRAWN, name
    for name in ("ink", "quiet", "accent"):
        assert contrast(colours[name], colours[ground]) >= TEXT, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hues_are_told_apart(palette: Palette, scheme: str) -> None:
    distance, one, other = nearest(palette.colours[scheme], None)
    assert distance >= APART, (one, other)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "vision",
    [PROTANOPIA, DEUTERANOPIA, TRITANOPIA, GREYSCALE],
    ids=["protanopia", "deuteranopia", "tritanopia", "greyscale"],
)
def test_no_two_hues_are_one(palette: Palette, scheme: str, vision: tuple[Colour, ...]) -> None:
    distance, one, other = nearest(palette.colours[scheme], vision)
    assert distance >= NOT_ONE, (one, other)


def test_each_hue_has_a_glyph_of_its_own(palette: Palette) -> None:
    assert len(palette.outlines) == len(HUES)
    shapes = sorted(sorted(map(tuple, corners)) for corners in palette.outlines.values())
    assert all(one != other for one, other in pairwise(shapes))
