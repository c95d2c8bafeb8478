"""How pages put the names of columns and the times of day into words."""

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


def with_times(words: str, start: int | None, end: int | None) -> str:
    """Return the words of a date with its time of day: of its beginning, and of its end."""
    if start is None:
        return words
    until = "" if end in (None, start) else f" to {time_of_day(end or 0)}"
    return f"{words}, {time_of_day(start)}{until}"


def time_of_day(seconds: int) -> str:
    """Return a time of day, such as 14:05, with its seconds if it has some."""
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{second:02}" if second else text
