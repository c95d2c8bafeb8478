"""The command line: what it prints, where, and what it exits with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from event_timeline.cli import cli

TWO_PROBLEMS = "id,date,title\n2015-03-18-bardo,2015-03-19,=1\n"
ERROR = (
    "events.csv:2: 2015-03-18-bardo: title starts with =, which spreadsheets run as a formula: "
    "begin with a word\n"
)
WARNING = (
    "events.csv:2: 2015-03-18-bardo: warning: the id names 2015-03-18, which is no day of "
    '"2015-03-19": check the date; an id that was published stays as it is\n'
)


def run(*arguments: str, answers: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=answers, prog_name="event-timeline")


def outcome(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


# check


def test_check_without_problems(chronology):
    assert outcome(run("check")) == (0, "", "no problems in the 6 curated files\n")


def test_check_prints_errors_before_warnings_and_fails(chronology):
    chronology.write(events=TWO_PROBLEMS)
    assert outcome(run("check")) == (1, ERROR + WARNING, "1 error, 1 warning\n")


def test_check_does_not_fail_on_warnings_alone(chronology):
    chronology.write(events="id,date\n2015-03-18-bardo,2015-03-19\n")
    assert outcome(run("check", "events.csv")) == (0, WARNING, "1 warning\n")


def test_check_names_the_file_as_it_was_given(chronology):
    chronology.write(events=TWO_PROBLEMS)
    path = str(Path("events.csv").absolute())
    assert run("check", path).stdout.startswith(f"{path}:2: 2015-03-18-bardo: title")


def test_check_as_json(chronology):
    chronology.write(events=TWO_PROBLEMS)
    Path("data/sources.csv").write_bytes(Path("data/sources.csv").read_bytes().rstrip(b"\n"))
    result = run("check", "--format", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    assert json.loads(result.stdout) == [
        {
            "file": "events.csv",
            "line": 2,
            "id": "2015-03-18-bardo",
            "message": ERROR.strip().partition("bardo: ")[2],
            "level": "error",
            "fixable": False,
        },
        {
            "file": "events.csv",
            "line": 2,
            "id": "2015-03-18-bardo",
            "message": WARNING.strip().partition("warning: ")[2],
            "level": "warning",
            "fixable": False,
        },
        {
            "file": "data/sources.csv",
            "line": 2,
            "id": "",
            "message": "the last line does not end in a line break: if the file is whole and not "
            "cut off, run event-timeline fmt",
            "level": "error",
            "fixable": True,
        },
    ]


def test_check_as_json_without_problems(chronology):
    assert outcome(run("check", "--format", "json")) == (0, "[]\n", "")


@pytest.mark.parametrize("name", ["absent.csv", "data"])
def test_check_of_no_file_is_a_message(chronology, name):
    result = run("check", name)
    assert (result.exit_code, result.stdout[: len(name) + 2]) == (1, f"{name}: ")
    assert isinstance(result.exception, SystemExit)


def test_what_a_terminal_cannot_show_is_spelled_out(chronology):
    chronology.write(events="id,date,country\n2015-03-18-bardo,2015-03-18,تونس\n")
    done = subprocess.run(
        [sys.executable, "-c", "from event_timeline.cli import cli; cli()", "check"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        b'events.csv:2: 2015-03-18-bardo: country: "\\u062a\\u0648\\u0646\\u0633" is not an '
        b"ISO 3166-1 code of two capitals: look it up, or leave it blank for no single country\n",
        b"1 error\n",
    )


# fmt


def test_fmt_mends_and_says_so_once(chronology):
    canonical = Path("events.csv").read_bytes()
    Path("events.csv").write_bytes(b"\xef\xbb\xbf" + canonical.replace(b"\n", b"\r\n"))
    assert outcome(run("check"))[0] == 1
    assert outcome(run("fmt")) == (0, "events.csv: formatted\n", "")
    assert Path("events.csv").read_bytes() == canonical
    assert outcome(run("fmt")) == (0, "", "")
    assert outcome(run("check"))[0] == 0


def test_fmt_check_prints_the_difference_and_changes_nothing(chronology):
    chronology.write(sources="id\nle-monde\nafp\n")
    before = Path("data/sources.csv").read_bytes()
    assert outcome(run("fmt", "--check")) == (
        1,
        "--- data/sources.csv\n"
        "+++ data/sources.csv (canonical)\n"
        "@@ -1,3 +1,3 @@\n"
        " id,kind,publisher,origin,title,author,published,url,archived_url,language,note\n"
        "+afp,news,Le Monde,,,,,,,,\n"
        " le-monde,news,Le Monde,,,,,,,,\n"
        "-afp,news,Le Monde,,,,,,,,\n",
        "",
    )
    assert Path("data/sources.csv").read_bytes() == before


def test_fmt_check_of_canonical_files(chronology):
    assert outcome(run("fmt", "--check")) == (0, "", "")


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_fmt_leaves_a_file_as_it_is_rather_than_lose_a_cell(chronology, options):
    text = Path("events.csv").read_text().replace("\n", "\r\n") + "cut,off\r\n"
    Path("events.csv").write_text(text, newline="")
    assert outcome(run("fmt", *options)) == (
        1,
        "",
        "events.csv:3: cut: the row has 2 cells, the header 26: the row is cut off or a comma "
        "is missing\n"
        "events.csv: left as it is, mend these first\n",
    )
    assert Path("events.csv").read_bytes() == text.encode()


def test_fmt_of_one_broken_file_mends_the_others(chronology):
    Path("events.csv").write_bytes(b"")
    chronology.write(sources="id\nle-monde\nafp\n")
    result = run("fmt")
    assert (result.exit_code, result.stdout) == (1, "data/sources.csv: formatted\n")


def test_fmt_that_cannot_write_is_a_message(chronology, monkeypatch):
    chronology.write(sources="id\nle-monde\nafp\n")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert outcome(run("fmt")) == (
        1,
        "",
        "data/sources.csv: cannot be written (No space left on device): it is as it was\n",
    )


def test_fmt_of_a_missing_file_is_a_message(chronology):
    assert outcome(run("fmt", "absent.csv")) == (
        1,
        "",
        "absent.csv: there is no such file: correct the path, or start one with "
        "event-timeline new\n"
        "absent.csv: left as it is, mend these first\n",
    )


# new

ANSWERS = ["2015-03-19", "Second", "", "attack", "confirmed", *[""] * 5, "none", *[""] * 11]
ANSWERS += ["It happened.", "", "", "le-monde"]


def test_new_adds_an_event(chronology):
    result = run("new", answers="".join(f"{answer}\n" for answer in ANSWERS))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("events.csv: added 2015-03-19-second; run event-timeline check\n")
    assert Path("events.csv").read_text().splitlines()[2] == (
        "2015-03-19-second,2015-03-19,Second,attack,confirmed,,,,,,none,,,,,,,,,,,,It happened.,,,le-monde"
    )
    assert outcome(run("check"))[0] == 0


def test_new_asks_again_after_a_bad_answer(chronology):
    answers = ["Mar-15", *ANSWERS]
    result = run("new", answers="".join(f"{answer}\n" for answer in answers))
    assert result.exit_code == 0
    assert 'Error: "Mar-15" is not EDTF: write 2015-03 or XXXX-03-15\n' in result.output
    assert "events.csv: added 2015-03-19-second" in result.output


def test_new_changes_nothing_when_it_is_broken_off(chronology):
    before = Path("events.csv").read_bytes()
    result = run("new", answers="2015-03-19\nSecond\n")
    assert (result.exit_code, result.stderr) == (
        1,
        "\nError: broken off, nothing was added\n"
        "This row can be pasted into events.csv, and mended there:\n"
        f",2015-03-19,Second{',' * 23}\n\n",
    )
    assert Path("events.csv").read_bytes() == before


def test_new_beside_a_broken_row_is_a_message(chronology):
    with Path("events.csv").open("a") as stream:
        stream.write("cut,off\n")
    result = run("new")
    assert (result.exit_code, result.stdout, result.stderr) == (
        1,
        "",
        "Error: mend this first:\n"
        "events.csv:3: cut: the row has 2 cells, the header 26: the row is cut off or a comma "
        "is missing\n",
    )


# date


@pytest.mark.parametrize("arguments", [["-0043-03-15"], ["--", "-0043-03-15"]])
def test_date_says_what_it_means(arguments):
    assert outcome(run("date", *arguments)) == (
        0,
        "-0043-03-15\n"
        "  in words        15 March 44 BCE\n"
        "  EDTF level      1\n"
        "  precision       day\n"
        "  approximate     no\n"
        "  uncertain       no\n"
        "  can have begun  15 March 44 BCE (day -15997)\n"
        "  can have ended  15 March 44 BCE (day -15997)\n"
        "  spans           1\n",
        "",
    )


def test_date_says_what_was_probably_meant_and_goes_on():
    result = run("date", "2015", "Mar-15", "-0043")
    assert (result.exit_code, result.stderr) == (
        1,
        'Error: "Mar-15" is not EDTF: write 2015-03 or XXXX-03-15\n',
    )
    assert [line for line in result.stdout.splitlines() if line[0] != " "] == ["2015", "-0043"]


def test_date_needs_a_text():
    assert run("date").exit_code == 2


# check, on its day


def test_check_warns_of_dates_to_come(chronology):
    chronology.write(events="id,date\n9999-a,9999\n")
    result = run("check")
    assert result.exit_code == 0
    assert "the day of this check: is this year meant?" in result.stdout


# help


def test_every_command_and_option_has_its_help():
    for name, command in cli.commands.items():
        assert command.help, name
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert parameter.help, (name, parameter.name)
