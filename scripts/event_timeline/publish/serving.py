"""Serves a database with Datasette and settings that suit it."""

import importlib.util
import ipaddress
import json
import socket
import tempfile
from pathlib import Path

from event_timeline.database.metadata import default_metadata

# Datasette's defaults are for any table. Ours have indexes for their facets, and downloads must
# be complete.
SETTINGS = {
    "default_page_size": "100",
    "max_returned_rows": "10000",
    "max_csv_mb": "0",
    "facet_time_limit_ms": "1000",
    "sql_time_limit_ms": "2000",
    "suggest_facets": "off",
    "default_facet_size": "30",
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


def check_port(host: str, port: int) -> None:
    """Raise ServeError if a server cannot listen on this host and port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServeError(
                f"{host}:{port} cannot be listened on ({error.strerror}): "
                "stop what uses it, or choose another with --port"
            ) from error


def has_charts() -> bool:
    """Tell whether datasette-vega is installed, which the extra `site` brings."""
    return importlib.util.find_spec("datasette_vega") is not None


def serve(database: Path, metadata: Path | None, host: str, port: int) -> None:
    """Serve a database until interrupted; without a metadata file, with default metadata."""
    # Imported here, because the other commands start three times as fast without it.
    from datasette.cli import cli as datasette_cli

    with tempfile.TemporaryDirectory() as folder:
        if metadata is None:
            metadata = Path(folder) / "metadata.json"
            metadata.write_text(json.dumps(default_metadata(database.stem)), "utf-8")
        datasette_cli.main(arguments(database, metadata, host, port), prog_name="datasette")


def arguments(database: Path, metadata: Path, host: str, port: int) -> list[str]:
    """Return the arguments of the command `datasette` that serve a database."""
    settings = [word for name, value in SETTINGS.items() for word in ("--setting", name, value)]
    return [
        "serve",
        str(database),
        *("--metadata", str(metadata)),
        *("--host", host),
        *("--port", str(port)),
        *settings,
    ]
