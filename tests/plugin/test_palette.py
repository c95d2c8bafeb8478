"""The hues of the drawings, as the style sheets name them: against the paper, and against each other.

Thresholds: text 4.5:1 and what is drawn 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). Hues are told apart
by their distance in OKLab, where two patches side by side differ to the eye from about 0.02:
that much is asked in colour blindness (Machado, Oliveira and Fernandes 2009, severity 1) and in
greyscale, four times as much for common vision. And each hue has a glyph that no other has.
"""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
STATIC = SCRIPTS / "datasette_event_timeline/static"
# Colours of a Datasette without a look of its own, and of a chronology's site.
PLAIN, SITE = STATIC / "plain.css", SCRIPTS / "event_timeline/site/assets/chronology.css"
HUES = [f"hue-{n}" for n in range(1, 9)]
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


def palette(scheme: str) -> dict[str, str]:
    """The colours in force: those of the dark scheme stand in a media query of their own."""
    css = (PLAIN if scheme == "plain" else SITE).read_text("utf-8")
    dark = re.findall(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", css, re.DOTALL)
    light = re.findall(r"^:root \{(.*?)\}", css, re.DOTALL | re.MULTILINE)
    hues = re.findall(
        r"^:where\(:root\) \{(.*?)\}",
        (STATIC / "timeline.css").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert (len(hues), len(light), len(dark)) == (1, 1, scheme != "plain")
    blocks = hues + light + (dark if scheme == "dark" else [])
    # Six digits: the drawing appends two for a hue that fades.
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", "\n".join(blocks)))


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


def nearest(scheme: str, vision: tuple[Colour, ...] | None) -> tuple[float, str, str]:
    """The two hues that are most alike, and how far apart they are."""
    colours = palette(scheme)
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


@pytest.mark.parametrize("scheme", ["light", "dark", "plain"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_everything_drawn_stands_out(scheme: str, ground: str) -> None:
    colours = palette(scheme)
    for name in (*HUES, "edge", "accent"):
        assert contrast(colours[name], colours[ground]) >= DRAWN, name
    for name in ("ink", "quiet", "accent"):
        assert contrast(colours[name], colours[ground]) >= TEXT, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hues_are_told_apart(scheme: str) -> None:
    distance, one, other = nearest(scheme, None)
    assert distance >= APART, (one, other)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "vision",
    [PROTANOPIA, DEUTERANOPIA, TRITANOPIA, GREYSCALE],
    ids=["protanopia", "deuteranopia", "tritanopia", "greyscale"],
)
def test_no_two_hues_are_one(scheme: str, vision: tuple[Colour, ...]) -> None:
    distance, one, other = nearest(scheme, vision)
    assert distance >= NOT_ONE, (one, other)


def test_each_hue_has_a_glyph_of_its_own() -> None:
    script = (STATIC / "timeline/palette.js").read_text("utf-8")
    (outlines,) = re.findall(r"OUTLINES = \{(.*?)\n\};", script, re.DOTALL)
    drawn = re.findall(r"(\w+): \[(.*?)\](?=,\n  \w+:|,$)", outlines, re.DOTALL)
    assert len(drawn) == len(HUES)
    assert len({name for name, _ in drawn}) == len(HUES)
    shapes = sorted(re.sub(r"\s", "", corners) for _, corners in drawn)
    assert all(one != other for one, other in pairwise(shapes))
