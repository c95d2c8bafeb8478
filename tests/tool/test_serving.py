"""How a site is made; no server is started."""

import asyncio
import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.app import SETTINGS as DATASETTE_SETTINGS
from datasette.app import Datasette

from event_timeline.cli import cli
from event_timeline.database.metadata import default_metadata
from event_timeline.publish import http_server, serving
from event_timeline.publish.build import build

EVENTS = """\
id,date,title,type,status,country,region,place,latitude,longitude,location_precision,radius_km,actors,targets,killed_low,killed_best,killed_high,killed_scope,wounded_low,wounded_best,wounded_high,part_of,summary,note,aliases,sources
1969-07-20-landing,1969-07-20,Landing,statement,confirmed,,,,,,none,,,,,,,,,,,,A landing.,,,log
"""


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    return tmp_path


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Datasette]:
    """The sites that would have been served."""
    sites: list[Datasette] = []

    def make_site(*arguments: Any, **settings: Any) -> Datasette:
        sites.append(serving_make_site(*arguments, **settings))
        return sites[-1]

    serving_make_site = serving.make_site
    monkeypatch.setattr(serving, "make_site", make_site)
    monkeypatch.setattr(http_server, "run", lambda application, host, port: None)
    return sites


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def serve(folder: Path, port: int | str, *more: str):
    arguments = ["serve", str(folder / "events.csv"), str(folder / "events.db"), f"--port={port}"]
    return CliRunner().invoke(cli, [*arguments, *more])


# The settings of Datasette


def test_datasette_knows_every_setting():
    assert serving.SETTINGS.keys() <= {setting.name for setting in DATASETTE_SETTINGS}


def test_the_site_has_the_settings(folder, served, port):
    assert serve(folder, port).exit_code == 0
    assert {name: served[0].setting(name) for name in serving.SETTINGS} == serving.SETTINGS


def test_the_command_datasette_accepts_the_settings(folder):
    """`--get` answers one request without a server."""
    (folder / "m.json").write_text(json.dumps(default_metadata()), "utf-8")
    CliRunner().invoke(cli, ["build", str(folder / "events.csv"), str(folder / "events.db")])
    arguments = serving.arguments(folder / "events.db", folder / "m.json", "127.0.0.1", 8001)
    command = [sys.executable, "-m", "datasette", *arguments, "--get", "/-/settings.json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    settings = json.loads(answer)
    assert {name: settings[name] for name in serving.SETTINGS} == serving.SETTINGS


# Metadata


def test_the_metadata_beside_events_csv_is_taken(folder, served, port):
    (folder / "metadata.yml").write_text("title: Mine\n", "utf-8")
    result = serve(folder, port)
    assert result.exit_code == 0, result.output
    assert served[0].metadata("title") == "Mine"


def test_metadata_named_goes_before_that_beside(folder, served, port):
    (folder / "metadata.yml").write_text("title: Mine\n", "utf-8")
    (folder / "other.yml").write_text("title: Other\n", "utf-8")
    assert serve(folder, port, "-m", str(folder / "other.yml")).exit_code == 0
    assert served[0].metadata("title") == "Other"


def test_metadata_named_but_missing_is_a_message(folder, served, port):
    result = serve(folder, port, "-m", str(folder / "missing.yml"))
    assert result.exit_code != 0
    assert "missing.yml" in result.output
    assert served == []


def test_without_metadata_the_texts_of_the_columns_are_served(folder, served, port):
    assert serve(folder, port).exit_code == 0
    assert served[0].metadata() == default_metadata("events")


DECLARED = [
    ("", {"database": "events"}),
    ("title: Mine\n", {"database": "events"}),
    ("plugins:\n  other: {a: 1}\n", {"database": "events"}),
    ("plugins:\n  event-timeline:\n", {"database": "events"}),
    (
        "plugins:\n  event-timeline:\n    lanes: [country]\n",
        {"database": "events", "lanes": ["country"]},
    ),
    ("plugins:\n  event-timeline: {database: events}\n", {"database": "events"}),
]


@pytest.mark.parametrize(("metadata", "declared"), DECLARED)
async def test_the_database_is_declared_where_metadata_declares_none(
    folder, metadata, declared, tmp_path_factory
):
    database = tmp_path_factory.mktemp("site") / "events.db"
    build(folder / "events.csv", database)
    (folder / "m.yml").write_text(metadata, "utf-8")
    site = await asyncio.to_thread(serving.make_site, database, folder / "m.yml")
    assert site.plugin_config("event-timeline") == declared
    assert (await site.client.get("/timeline")).status_code == 200


REFUSED = [
    (
        b"plugins: {event-timeline: {database: site}}",
        ": plugins: event-timeline: database: no database site is served, but events: "
        "write the name of one that is, or serve site.db",
    ),
    (
        b"plugins: {event-timeline: [database]}",
        ": plugins: event-timeline: write settings below it, such as database: events",
    ),
    (
        b"title: [Mine",
        ": this is neither YAML nor JSON: line 1: expected ',' or ']', but got '<stream end>': "
        "correct it, or name another file with --metadata",
    ),
    (
        b"title: 2015-02-30",
        ": this is neither YAML nor JSON: day is out of range for month: "
        "correct it, or name another file with --metadata",
    ),
    (
        b"title: \xff",
        ": this is neither YAML nor JSON: 'utf-8' codec can't decode byte 0xff in position 7: "
        "invalid start byte: correct it, or name another file with --metadata",
    ),
    (
        b"[" * 100_000,
        ": this is neither YAML nor JSON: maximum recursion depth exceeded while decoding a JSON "
        "array from a unicode string: correct it, or name another file with --metadata",
    ),
    (b"- title: Mine", ": write settings, each as a name and a value, not [{'title': 'Mine'}]"),
    (b"plugins: 5", ": plugins: write settings, each as a name and a value, not 5"),
    (
        b"databases: [events]",
        ": databases: write settings, each as a name and a value, not ['events']",
    ),
    (
        b"license_url: javascript:alert(1)",
        ": license_url: 'javascript:alert(1)' may not be linked to: write an address that begins "
        "with https:// or http://, or a path on this site",
    ),
]


@pytest.mark.parametrize(
    ("metadata", "said"), REFUSED, ids=[str(given[:30]) for given, _ in REFUSED]
)
def test_metadata_that_cannot_be_right_are_one_line(folder, served, port, metadata, said):
    (folder / "metadata.yml").write_bytes(metadata)
    result = serve(folder, port)
    assert (result.exit_code, served) == (1, [])
    assert result.stderr.splitlines()[-1] == f"Error: {folder}/metadata.yml{said}"
    assert "Serving" not in result.stdout


# Serving


def test_serve_builds_what_is_missing_and_says_where_it_serves(folder, served, port):
    result = serve(folder, port)
    assert result.stdout == (
        f"{folder}/events.db: 1 event, 1 source\n"
        f"Serving at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n"
    )
    assert result.stderr == (
        f"{folder}/data/sources.csv: warning: there is no such file: the sources of events.csv "
        "are only names; add it to describe them\n"
        f"{folder}/data/actors.csv: warning: there is no such file: the actors of events.csv "
        "are only names; add it to describe them\n"
    )
    again = serve(folder, port)
    assert again.output == f"Serving at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n"
    assert len(served) == 2


def test_serve_says_in_one_line_that_there_are_no_charts(folder, served, port, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasette_vega", None)
    serve(folder, port)
    again = serve(folder, port)
    assert again.stderr == "There are no charts: pip install datasette-vega adds them\n"
    assert again.stdout == f"Serving at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n"
    assert len(served) == 2


def test_serve_does_not_start_on_files_with_errors(folder, served, port):
    (folder / "events.csv").write_text(EVENTS.replace("statement", "landing"), "utf-8")
    result = serve(folder, port)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"{folder}/events.db was not built: 1 error")
    assert served == []


def test_a_port_that_is_taken_is_a_message(folder, served, taken_port):
    result = serve(folder, taken_port)
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: 127.0.0.1:{taken_port} cannot be listened on (Address already in use): "
        "stop what uses it, or choose another with --port\n"
    )
    assert served == []


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8001/"),
        ("localhost", "http://localhost:8001/"),
        ("::1", "http://[::1]:8001/"),
    ],
)
def test_the_address_that_is_printed_can_be_opened(host, address):
    assert serving.address(host, 8001, Datasette([])) == address


def test_serve_prints_the_address_of_an_ipv6_host_in_brackets(folder, served, port):
    try:
        serving.check_port("::1", port)
    except serving.ServeError:
        pytest.skip("this machine has no IPv6")
    result = serve(folder, port, "--host", "::1")
    assert result.stdout.splitlines()[-1] == f"Serving at http://[::1]:{port}/ (Ctrl-C stops it)"


@pytest.mark.parametrize("given", ["/history/", "history", "/history"])
def test_the_prefix_of_the_site(folder, served, port, given):
    result = serve(folder, port, "--base-url", given)
    assert served[0].setting("base_url") == "/history/"
    assert f"Serving at http://127.0.0.1:{port}/history/ (Ctrl-C" in result.stdout


@pytest.mark.parametrize("given", ["https://example.org/", "/a b/", "//", "/a?b", "/ä/"])
def test_what_is_no_prefix_is_a_message(folder, served, port, given):
    result = serve(folder, port, "--base-url", given)
    assert (result.exit_code, served) == (1, [])
    assert result.stderr.splitlines()[-1] == (
        f"Error: --base-url {given!r} is no prefix of addresses: write a path, such as /history/"
    )


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ([], True),
        (["--public"], False),
        (["--public", "--allow-sql"], True),
        (["--allow-sql"], True),
    ],
)
def test_visitors_of_a_public_site_run_no_sql_unless_asked(folder, served, port, options, allowed):
    assert serve(folder, port, *options).exit_code == 0
    assert served[0].setting("default_allow_sql") is allowed


READ_ONLY = (
    "Error: {folder}/events.db has to be built, and this user cannot write in {folder}: make the "
    "folder writable, name a database in another folder"
)


@pytest.mark.parametrize(
    ("is_built", "further"),
    [
        (False, ""),
        (True, ", or serve it as it is: datasette -i {folder}/events.db -m metadata.yml"),
    ],
)
def test_a_folder_that_cannot_be_written_is_a_message(
    folder, served, port, monkeypatch, is_built, further
):
    if is_built:
        build(folder / "events.csv", folder / "events.db")
        (folder / "events.csv").write_text(EVENTS.replace("A landing", "The landing"), "utf-8")

    def refuse(*_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    # A user with every right, as in a container, can write in any folder.
    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    result = serve(folder, port)
    assert (result.exit_code, served) == (1, [])
    assert result.stderr.splitlines()[-1] == (READ_ONLY + further).format(folder=folder)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_what_is_no_port_is_a_message(folder, served, port):
    result = serve(folder, port)
    assert result.exit_code == 2
    assert "Invalid value for '--port' / '-p'" in result.stderr
    assert served == []


def test_a_host_that_is_not_this_machine_is_a_message(folder, served, port):
    result = serve(folder, port, "--host", "192.0.2.1")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: 192.0.2.1:{port} cannot be listened on (")
    assert served == []


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example.org", False),
    ],
)
def test_which_hosts_are_this_machine_alone(host, loopback):
    assert serving.is_loopback(host) is loopback


def test_a_free_port_is_free(port):
    serving.check_port("127.0.0.1", port)
