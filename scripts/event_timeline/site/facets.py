"""Datasette's facets: what one takes too much of is left out and named, and the page is shown.

Datasette does so for time, not for memory, and counts the items of arrays by copying whole rows.
"""

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from datasette.facets import ArrayFacet, Facet
from datasette.utils import escape_sqlite

from datasette_event_timeline.config.declared import declared_database
from datasette_event_timeline.queries.query import TOO_MUCH

if TYPE_CHECKING:
    from datasette.app import Datasette

Found = tuple[list[dict[str, Any]], list[str]]


@cache
def bounded(kind: type[Facet]) -> type[Facet]:
    """Return a kind of facet of which no column can keep a page of the chronology from others.

    Columns that take more than serving/ allows are named among those that took too long.
    """

    class Bounded(kind):  # type: ignore[misc]
        async def facet_results(self) -> Found:
            if self.database != declared_database(self.ds):
                whole: Found = await super().facet_results()
                return whole
            found: list[dict[str, Any]] = []
            timed_out: dict[str, None] = {}
            for given in self.get_configs():
                results, interrupted = await _of_one(kind, self, given)
                found += results
                timed_out |= dict.fromkeys(interrupted)
            return found, [*timed_out]

    return Bounded


async def _of_one(kind: type[Facet], facet: Facet, given: dict[str, Any]) -> Found:
    column = given["config"].get("column") or given["config"]["simple"]
    one = kind(
        facet.ds,
        facet.request,
        facet.database,
        sql=await _rows(facet, column) if issubclass(kind, ArrayFacet) else facet.sql,
        table=facet.table,
        params=facet.params,
        row_count=facet.row_count,
    )
    one.get_configs = lambda: [given]
    try:
        found: Found = await one.facet_results()
    except TOO_MUCH:
        return [], [column]
    for result in found[0]:
        for value in result["results"]:
            value["toggle_url"] = _with_prefix(facet.ds, value["toggle_url"])
    return found


def _with_prefix(datasette: "Datasette", address: str) -> str:
    """Return an address with base_url, which Datasette 0.65 forgets for arrays and dates."""
    prefix: str = datasette.setting("base_url")
    parts = urlsplit(address)
    if parts.path.startswith(prefix):
        return address
    return parts._replace(path=prefix + parts.path.removeprefix("/")).geturl()


async def _rows(facet: Facet, column: str) -> str:
    """Return the SQL of the rows that are counted: their keys and the column."""
    db = facet.ds.get_database(facet.database)
    keys = await db.primary_keys(facet.table) if facet.table else []
    if not keys:
        return str(facet.sql)
    columns = ", ".join(map(escape_sqlite, dict.fromkeys([*keys, column])))
    return f"select {columns} from ({facet.sql})"  # noqa: S608  # the names are escaped
