"""The items of cells that hold lists."""

import json


def items_of(text: object) -> list[str]:
    """Return the items of a list cell; what is no list, or nested too deep, has none."""
    if not isinstance(text, str) or not text.startswith("["):
        return []
    try:
        return [_encodable(str(item)) for item in json.loads(text)]
    except (ValueError, RecursionError):
        return []


def _encodable(text: str) -> str:
    """Return the text with U+FFFD for half a surrogate pair, which no page can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
