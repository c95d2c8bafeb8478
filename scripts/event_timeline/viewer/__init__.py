"""Kept for version 0.2 alone: lets Datasette start where event-timeline 0.1.0 is still installed.

The distribution `event-timeline` 0.1.0 declares this module as a plugin of Datasette. pip does
not remove it when it installs `datasette-event-timeline`, and Datasette does not start when a
declared plugin cannot be imported. The plugin is `datasette_event_timeline` now. This one blocks
its own name, so that Datasette takes no hooks from it, and none of the templates and static
files that 0.1.0 has left in this folder. Both distributions have files in `event_timeline`, so
to uninstall the old one alone breaks the new. Version 0.3 removes this module.
"""

import logging

from datasette.plugins import pm

# The name of the entry point in 0.1.0.
pm.set_blocked("event_timeline")

logging.getLogger(__name__).warning(
    "event-timeline 0.1.0 is still installed: run pip uninstall event-timeline "
    "datasette-event-timeline (in a clone remove scripts/event_timeline.egg-info too), "
    "then install again"
)
