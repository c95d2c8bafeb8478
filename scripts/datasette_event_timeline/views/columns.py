"""Which column of a table plays which part: said on its timeline, and changed there."""

import json
import re
from typing import Any

from datasette_event_timeline.config.declaration import CHOICES, Declaration
from datasette_event_timeline.config.table_settings import PLUGIN
from datasette_event_timeline.queries.selection import Selection

# What YAML takes for yes, no or nothing.
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def columns_context(declaration: Declaration, everything: Selection) -> dict[str, Any]:
    """Return what a page says of the columns: those used, a choice of others, the settings."""
    parts = declaration.parts
    all_columns = (declaration.source or declaration).columns
    parameters = {f"_{part}" for part in CHOICES}
    return {
        "columns_used": [
            {"label": _label(part), "column": column} for part, column in parts.items()
        ],
        "column_choices": [
            {"parameter": f"_{part}", "label": _label(part), "column": parts.get(part)}
            for part in CHOICES
        ],
        "all_columns": all_columns,
        "kept_pairs": [pair for pair in everything.pairs if pair[0] not in parameters],
        "settings_text": _settings_text(declaration),
    }


def _label(part: str) -> str:
    return "type" if part == "kind" else part.replace("_", " ")


def _settings_text(declaration: Declaration) -> str:
    """Return the settings that would keep these columns, as YAML."""
    places = ("databases", declaration.database, "tables", declaration.table, "plugins", PLUGIN)
    lines = [f"{'  ' * depth}{_scalar(name)}:" for depth, name in enumerate(places)]
    indent = "  " * len(places)
    lines += [f"{indent}{part}: {_scalar(name)}" for part, name in declaration.parts.items()]
    if declaration.lanes:
        lanes = [
            f"{{array: {_scalar(lane.column)}}}" if lane.is_array else _scalar(lane.column)
            for lane in declaration.lanes
        ]
        lines.append(f"{indent}lanes: [{', '.join(lanes)}]")
    return "\n".join(lines)


def _scalar(name: str) -> str:
    """Return a name as YAML has it: quoted, unless it is plain."""
    is_plain = re.fullmatch(r"[A-Za-z_][\w-]*", name, re.ASCII) and name.lower() not in _WORDS
    return name if is_plain else json.dumps(name, ensure_ascii=False)
