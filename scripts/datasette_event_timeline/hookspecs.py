"""Hooks of this plugin: what other plugins can tell it of the table that it shows.

A plugin implements them as it does Datasette's own, with `datasette.hookimpl`.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from pluggy import HookspecMarker

if TYPE_CHECKING:
    from datasette.app import Datasette

    from datasette_event_timeline.config.declaration import Declaration

hookspec = HookspecMarker("datasette")


@hookspec
def event_timeline_settings(datasette: "Datasette") -> Collection[str]:  # type: ignore[empty-body]
    """Return the settings below `plugins: event-timeline:` that the other plugin reads and checks.

    Every setting that nobody names stops the site from starting.
    """


@hookspec(firstresult=True)
def event_timeline_extension(
    datasette: "Datasette", declaration: "Declaration"
) -> "Declaration | None":
    """Return the declaration with an `extension`, or None if nothing more is known of its table.

    A page's markup is changed otherwise: by a template of the same name as one of ours, such as
    `datasette_event_timeline/_event.html`, that Jinja finds first.
    """
