"""What Datasette is told; no server is started."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.app import SETTINGS as DATASETTE_SETTINGS
from datasette.cli import cli as datasette_cli

from event_timeline.cli import cli
from event_timeline.database.metadata import default_metadata
from event_timeline.publish import serving

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
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Datasette would have been started with, its metadata read while it is there."""
    calls: list[dict[str, Any]] = []

    def start(arguments: list[str], prog_name: str) -> None:
        metadata = Path(arguments[arguments.index("--metadata") + 1])
        calls.append({"arguments": arguments, "metadata": metadata.read_text("utf-8")})

    monkeypatch.setattr(datasette_cli, "main", start)
    return calls


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


# The command line of Datasette


def test_arguments(tmp_path):
    arguments = serving.arguments(tmp_path / "events.db", tmp_path / "m.yml", "127.0.0.1", 8001)
    assert arguments[:8] == [
        "serve",
        str(tmp_path / "events.db"),
        "--metadata",
        str(tmp_path / "m.yml"),
        "--host",
        "127.0.0.1",
        "--port",
        "8001",
    ]
    settings = zip(arguments[8::3], arguments[9::3], arguments[10::3], strict=True)
    assert {(flag, name): value for flag, name, value in settings} == {
        ("--setting", name): value for name, value in serving.SETTINGS.items()
    }


def test_datasette_knows_every_setting():
    assert serving.SETTINGS.keys() <= {setting.name for setting in DATASETTE_SETTINGS}


def test_datasette_accepts_the_arguments(folder):
    """`--get` answers one request without a server."""
    (folder / "m.json").write_text(json.dumps(default_metadata()), "utf-8")
    CliRunner().invoke(cli, ["build", str(folder / "events.csv"), str(folder / "events.db")])
    arguments = serving.arguments(folder / "events.db", folder / "m.json", "127.0.0.1", 8001)
    command = [sys.executable, "-m", "datasette", *arguments, "--get", "/-/settings.json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    settings = json.loads(answer)
    assert settings["max_returned_rows"] == 10_000
    assert settings["suggest_facets"] is False


# Metadata


def test_the_metadata_beside_events_csv_is_taken(folder, served, port):
    (folder / "metadata.yml").write_text("title: Mine\n", "utf-8")
    result = serve(folder, port)
    assert result.exit_code == 0, result.output
    assert served[0]["metadata"] == "title: Mine\n"


def test_metadata_named_goes_before_that_beside(folder, served, port):
    (folder / "metadata.yml").write_text("title: Mine\n", "utf-8")
    (folder / "other.yml").write_text("title: Other\n", "utf-8")
    assert serve(folder, port, "-m", str(folder / "other.yml")).exit_code == 0
    assert served[0]["metadata"] == "title: Other\n"


def test_metadata_named_but_missing_is_a_message(folder, served, port):
    result = serve(folder, port, "-m", str(folder / "missing.yml"))
    assert result.exit_code != 0
    assert "missing.yml" in result.output
    assert served == []


def test_without_metadata_the_texts_of_the_columns_are_served(folder, served, port):
    assert serve(folder, port).exit_code == 0
    assert json.loads(served[0]["metadata"]) == default_metadata("events")


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
