"""What metadata or datasette.yml says of one table's timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from datasette_event_timeline.config.declaration import OTHER_PARTS, Grouping, groupings
from datasette_event_timeline.config.metadata_checks import MetadataError
from edtf_dates.cells import ORDERS, PRECISIONS, READY_CODES, ROLES, YEARS

if TYPE_CHECKING:
    from datasette.app import Datasette

PLUGIN = "datasette-event-timeline"
# What a column can be.
PARTS = (*ROLES, *OTHER_PARTS)
_OTHERS = ("lanes", "order", "years", "codes")


class TableSettingsError(MetadataError):
    """A table's settings name what is not there; says what to write instead."""

    def __init__(self, database: str, table: str, message: str) -> None:
        super().__init__(f"databases: {database}: tables: {table}: plugins: {PLUGIN}: {message}")
        self.problem = message
        self.setting = message.partition(":")[0]


@dataclass(frozen=True)
class Settings:
    """What is said of a table's timeline: what is not said is guessed.

    `parts`: the column of each part, None where there is none. `lanes`: None if nothing is said.
    `codes`: the precision that each code means, or the name of a ready list of them.
    """

    database: str
    table: str
    parts: tuple[tuple[str, str | None], ...] = ()
    lanes: tuple[Grouping, ...] | None = None
    order: str = ""
    years: str = ""
    codes: str | tuple[tuple[str, str], ...] = ""

    def but(self, chosen: Mapping[str, str]) -> "Settings":
        """Return the settings with other columns for some parts; a blank is none."""
        parts = dict(self.parts) | {part: name or None for part, name in chosen.items()}
        return replace(self, parts=tuple(sorted(parts.items())))

    def refuse(self, message: str) -> NoReturn:
        """Raise TableSettingsError."""
        raise TableSettingsError(self.database, self.table, message)


def table_settings(datasette: "Datasette", database: str, table: str) -> Settings:
    """Return the settings of a table; raises TableSettingsError for what makes no sense."""
    given = datasette.plugin_config(PLUGIN, database=database, table=table)
    settings = Settings(database, table)
    if given is None:
        return settings
    if not isinstance(given, dict):
        settings.refuse("write settings below it, such as date: opened")
    for name in given:
        if name not in PARTS and name not in _OTHERS:
            known = ", ".join(sorted({*PARTS, *_OTHERS}))
            settings.refuse(f"{name}: there is no such setting: choose among {known}")
    return replace(
        settings,
        parts=tuple(
            sorted((part, _column(settings, part, given[part])) for part in PARTS if part in given)
        ),
        lanes=_lanes(settings, given["lanes"]) if "lanes" in given else None,
        order=_one_of(settings, "order", given, ORDERS),
        years=_one_of(settings, "years", given, YEARS),
        codes=_codes(settings, given.get("codes", "")),
    )


def _column(settings: Settings, part: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        settings.refuse(f"{part}: write the name of one column, not {value!r}")
    return value or None


def _lanes(settings: Settings, value: object) -> tuple[Grouping, ...]:
    found = tuple(groupings(value)) if isinstance(value, list) else ()
    if not isinstance(value, list) or len(found) < len(value):
        settings.refuse(
            f"lanes: write a list of columns, such as [venue, {{array: people}}], not {value!r}"
        )
    return found


def _one_of(settings: Settings, name: str, given: dict[str, Any], words: tuple[str, ...]) -> str:
    value = given.get(name, "")
    if value and value not in words:
        settings.refuse(f"{name}: write one of {', '.join(words)}, not {value!r}")
    return str(value)


def _codes(settings: Settings, value: object) -> str | tuple[tuple[str, str], ...]:
    if isinstance(value, str) and (not value or value in READY_CODES):
        return value
    if isinstance(value, dict) and {*map(str, value.values())} <= {*PRECISIONS}:
        return tuple(sorted((str(code), str(word)) for code, word in value.items()))
    ready, words = ", ".join(READY_CODES), ", ".join(PRECISIONS)
    settings.refuse(
        f"codes: write one of {ready}, or a precision for each code: {words}; not {value!r}"
    )
