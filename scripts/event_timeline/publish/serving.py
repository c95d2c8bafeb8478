"""Serves a database with Datasette and settings that suit it."""

import asyncio
import importlib.util
import ipaddress
import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from event_timeline.database.metadata import default_metadata

if TYPE_CHECKING:
    from datasette.app import Datasette

PLUGIN = "event-timeline"

# Datasette's defaults are for any table. Ours have indexes for their facets, and downloads must
# be complete.
SETTINGS: dict[str, int | bool] = {
    "default_page_size": 100,
    "max_returned_rows": 10000,
    "max_csv_mb": 0,
    "facet_time_limit_ms": 1000,
    "sql_time_limit_ms": 2000,
    "suggest_facets": False,
    "default_facet_size": 30,
}


class ServeError(Exception):
    """The site cannot be served; says why and what to do."""


def metadata_beside(events_csv: Path) -> Path | None:
    """Return the path of metadata.yml beside events.csv, or None if there is none."""
    metadata = events_csv.parent / "metadata.yml"
    return metadata if metadata.is_file() else None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on this host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int, site: "Datasette") -> str:
    """Return where a site is found whose server listens on this host and port."""
    return f"http://{_authority(host, port)}{site.setting('base_url')}"


def parse_base_url(given: str) -> str:
    """Return a prefix as Datasette needs it, with a slash at either end; else raise ServeError."""
    if not re.fullmatch(r"/?(?:[\w.~-]+/)*[\w.~-]*", given, re.ASCII):
        raise ServeError(
            f"--base-url {given!r} is no prefix of addresses: write a path, such as /history/"
        )
    return f"/{given.strip('/')}/".replace("//", "/")


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_port(host: str, port: int) -> None:
    """Raise ServeError if a server cannot listen on this host and port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServeError(
                f"{_authority(host, port)} cannot be listened on ({error.strerror}): "
                "stop what uses it, or choose another with --port"
            ) from error


def what_to_do(failure: Exception, database: Path) -> str:
    """Return what kept a database from being built, and what to do if its folder is read-only."""
    folder = database.parent
    if not folder.is_dir() or os.access(folder, os.W_OK | os.X_OK):
        return str(failure)
    as_it_is = ""
    if database.is_file():
        as_it_is = f", or serve it as it is: datasette -i {database} -m metadata.yml"
    return (
        f"{database} has to be built, and this user cannot write in {folder.absolute()}: make the "
        f"folder writable, name a database in another folder{as_it_is}"
    )


def has_charts() -> bool:
    """Tell whether datasette-vega is installed, which the extra `site` brings."""
    return importlib.util.find_spec("datasette_vega") is not None


def make_site(database: Path, metadata: Path | None, **settings: str | bool) -> "Datasette":
    """Return a Datasette that serves a database, started and ready for requests.

    Metadata that declares no database declares this one; without a metadata file, the default
    metadata does. `settings` are Datasette's. Raises ServeError for metadata that cannot be right.
    """
    # Imported here, because the other commands start three times as fast without it.
    from datasette.app import Datasette

    from datasette_event_timeline.config.metadata_checks import MetadataError

    try:
        given = _declaring(database, read_metadata(metadata) if metadata else None)
        site = Datasette(
            [str(database)],
            metadata=given,
            settings={**SETTINGS, **settings},
            secret=os.environ.get("DATASETTE_SECRET"),
        )
        asyncio.run(site.invoke_startup())
    except MetadataError as error:
        raise ServeError(f"{metadata or 'metadata'}: {error.said}") from error
    return site


def read_metadata(path: Path) -> dict[str, Any]:
    """Return what a file of metadata says, in YAML or JSON; nothing if it is empty.

    Raises ServeError for what cannot be read, MetadataError for what is ill-shaped.
    """
    from datasette.utils import BadMetadataError, parse_metadata

    from datasette_event_timeline.config.metadata_checks import check_metadata

    try:
        found = parse_metadata(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ServeError(
            f"{path} cannot be read ({error.strerror}): name another with --metadata"
        ) from error
    # YAML has dates and numbers, and Python refuses those that do not exist or are too long.
    except (BadMetadataError, RecursionError, ValueError) as error:
        raise ServeError(
            f"{path}: this is neither YAML nor JSON: {_fault(error)}: correct it, "
            "or name another file with --metadata"
        ) from error
    check_metadata({} if found is None else found)
    return found or {}


def _fault(error: Exception) -> str:
    """Return in one line what a parser found wrong, and where if it says so."""
    cause = error.__context__
    mark = getattr(cause, "problem_mark", None)
    if mark is not None:
        return f"line {mark.line + 1}: {getattr(cause, 'problem', error)}"
    return " ".join(str(error).split())


def _declaring(database: Path, metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Return metadata that declare the database, unless they declare one themselves."""
    if metadata is None:
        return default_metadata(database.stem)
    plugins = metadata.setdefault("plugins", {})
    if isinstance(plugins.setdefault(PLUGIN, {}) or {}, dict):
        plugins[PLUGIN] = {"database": database.stem, **(plugins[PLUGIN] or {})}
    return metadata


def arguments(database: Path, metadata: Path, host: str, port: int) -> list[str]:
    """Return the arguments of the command `datasette` that serve a database."""
    settings = [
        word for name, value in SETTINGS.items() for word in ("--setting", name, str(int(value)))
    ]
    return [
        "serve",
        str(database),
        *("--metadata", str(metadata)),
        *("--host", host),
        *("--port", str(port)),
        *settings,
    ]
