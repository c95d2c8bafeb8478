"""How pages put the names of columns into words."""

from functools import lru_cache

from datasette.utils import to_css_class

_LONGEST_NAME = 100
_BOUNDS = ("low", "best", "high")


def heading(column: str) -> str:
    """Return a column's name as a reader would say it: size_low is "size, low"."""
    stem, _, bound = column.rpartition("_")
    words = f"{stem}, {bound}" if stem and bound in _BOUNDS else column
    return words.replace("_", " ")


@lru_cache
def css_class(name: str) -> str:
    """Return a column's name as a class of CSS.

    Datasette 0.65.5 makes it anew for each cell, in a time that grows with the square of the name.
    """
    return str(to_css_class(name[:_LONGEST_NAME]))
