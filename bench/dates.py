"""Compares the speed of EDTF libraries: python bench/dates.py

Parses the same EDTF strings with edtf_dates, python-edtf, undate and
edtf-validate in one process. Prints the microseconds for each, the best of
several runs, and the ratio to edtf_dates. edtf-validate only returns yes or no.
A dash means that the library cannot parse the string.
"""

import timeit
from collections.abc import Callable

import click
import edtf
import edtf_validate.valid_edtf
import undate

from edtf_dates import parse_date

STRINGS = {
    "year": "2015",
    "month": "2015-03",
    "day": "2015-03-18",
    "interval of days": "2015-06-09/2015-06-13",
    "open interval": "2015-11-24/..",
    "questioned year": "2013?",
    "marked components": "?2004-06-~11",
    "unspecified digits": "1XXX-12-XX",
    "season": "2015-21",
    "one of three days": "[2014-10-03..2014-10-05]",
    "62 characters": "[1667,1668,1670,1672,1674,1676,1680,1682,1684,1686,1688,1690..]",
    "11 marked members": "[1984?,1985~,1986%,1987?,1988~,1989%,1990?,1991~,1992%,199X]",
}
RUNS = 5
SECONDS = 0.05

Read = Callable[[str], object]

LIBRARIES: dict[str, Read] = {
    "ours": parse_date,
    "python-edtf": edtf.parse_edtf,
    "undate": lambda text: undate.Undate.parse(text, "EDTF"),
    "edtf-validate": edtf_validate.valid_edtf.is_valid,
}


def microseconds(read: Read, text: str) -> float | None:
    """Return the best mean time of a read, or None if the library cannot parse the string."""
    try:
        if read(text) is False:
            return None
    except Exception:  # noqa: BLE001  each library raises its own errors
        return None
    once = timeit.timeit(lambda: read(text), number=1)
    number = max(1, int(SECONDS / max(once, 1e-7)))
    return min(timeit.repeat(lambda: read(text), number=number, repeat=RUNS)) / number * 1e6


def main() -> None:
    """Print a Markdown table."""
    names = list(LIBRARIES)
    click.echo(f"| string | {' | '.join(names)} |")
    click.echo(f"|---|{'---:|' * len(names)}")
    for title, text in STRINGS.items():
        times = [microseconds(read, text) for read in LIBRARIES.values()]
        ours = times[0] or 0.0
        shown = [f"{ours:.1f} µs"] + [
            "-" if time is None else f"{time:,.0f} µs ({time / ours:,.0f} ×)" for time in times[1:]
        ]
        click.echo(f"| {title}: `{text}` | {' | '.join(shown)} |")


if __name__ == "__main__":
    main()
