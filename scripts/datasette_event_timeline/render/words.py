"""How pages put the names of columns into words."""

_BOUNDS = ("low", "best", "high")


def heading(column: str) -> str:
    """Return a column's name as a reader would say it: size_low is "size, low"."""
    stem, _, bound = column.rpartition("_")
    words = f"{stem}, {bound}" if stem and bound in _BOUNDS else column
    return words.replace("_", " ")
