"""The values of a column that an address chooses: one or several, of which any will do."""

import json
from collections.abc import Collection

from datasette_event_timeline.config.declaration import Grouping
from datasette_event_timeline.queries.selection import Pairs


def chosen_values(pairs: Pairs, grouping: Grouping) -> list[str]:
    """Return the values chosen: of an array's items each must be there, of a column's any."""
    if grouping.is_array:
        return [value for key, value in pairs if key == grouping.parameter]
    found: list[str] = []
    for key, value in pairs:
        if key == grouping.column:
            found.append(value)
        elif key == f"{grouping.column}__in":
            found += listed(value)
    return found


def listed(text: str) -> list[str]:
    """Return the values that `__in` names: a JSON array, or texts between commas."""
    return [str(one) for one in json.loads(text)] if text.startswith("[") else text.split(",")


def without(pairs: Pairs, grouping: Grouping) -> Pairs:
    """Return the pairs that choose no value of a column."""
    names = (grouping.column, f"{grouping.column}__in")
    return [pair for pair in pairs if pair[0] not in names]


def toggled(pairs: Pairs, grouping: Grouping, value: str) -> Pairs:
    """Return the pairs with one more value chosen, or without it if it was."""
    if grouping.is_array:
        pair = (grouping.parameter, value)
        return [one for one in pairs if one != pair] if pair in pairs else [*pairs, pair]
    chosen = chosen_values(pairs, grouping)
    values = [one for one in chosen if one != value] if value in chosen else [*chosen, value]
    return [*without(pairs, grouping), *_choosing(grouping.column, values)]


def _choosing(column: str, values: Collection[str]) -> Pairs:
    if len(values) < 2:
        return [(column, value) for value in values]
    is_plain = not any("," in value or value.startswith("[") for value in values)
    return [(f"{column}__in", ",".join(values) if is_plain else json.dumps([*values]))]
