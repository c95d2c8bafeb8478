"""Times of day beside a day: taken out of a text, and counted in seconds.

The time is that of the clock at the place: whatever zone a text names is left aside.
"""

import re

_ZONE_NAMES = "Z|UTC?|GMT|[ECMP][SD]T|W?EST|WET|CES?T|EES?T|BST|IST|MSK"
_CLOCK = re.compile(
    # After T in ISO 8601, after a blank, or at the beginning.
    r"(?:(?<=\d)T|,?\s+at\s+|,?\s+|^)"
    r"(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:\s*([ap])\.?m\b\.?)?"
    rf"(?:\s*(?:{_ZONE_NAMES})\b)?(?:\s*[+-]\d\d(?::?\d\d)?(?!\d))?"
    # As in `+0000 UTC` and `-0600 (MDT)`.
    rf"(?:\s*\(?(?:{_ZONE_NAMES})\b\)?)?(?=[\s,]|$)",
    re.IGNORECASE,
)


def take_time(text: str) -> tuple[str, int | None]:
    """Return a text without its time of day, and that in whole seconds; None if it has none.

    Raises ValueError if the clock has no such time.
    """
    if ":" not in text:
        return text, None
    # Single blanks, since the pattern takes long on thousands of them.
    text = " ".join(text.split())
    # Most often it stands behind a day of ISO 8601.
    found = _CLOCK.match(text, 10) or _CLOCK.search(text)
    if found is None:
        return text, None
    rest = f"{text[: found.start()]} {text[found.end() :].lstrip(' ,')}"
    return rest.strip(), _seconds(*found.groups())


def _seconds(hour: str, minute: str, second: str | None, half: str | None) -> int:
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if hours > (12 if half else 23) or minutes > 59 or seconds > 60:
        raise ValueError(f"there is no time {hour}:{minute}{f':{second}' if second else ''}")
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    return (hours * 60 + minutes) * 60 + seconds
