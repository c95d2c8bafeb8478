"""The command line: what it prints, where, and what it exits with."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
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


# check, beside what was committed

GONE = (
    "events.csv: 2015-03-18-bardo: was published (line 2 of the last commit) and is gone: "
    "put the row back, or give it a row in data/withdrawn.csv that says why\n"
)
OTHER = "id,date\n2015-06-26-sousse,2015-06-26\n2016-x,2016\n"


def test_check_finds_an_id_that_is_gone(repository):
    repository.write(events=OTHER)
    assert outcome(run("check")) == (1, GONE, "1 error\n")
    repository.write(withdrawn="id,kind\n2015-03-18-bardo,event\n")
    assert outcome(run("check"))[0] == 0


def test_check_against_another_revision(repository):
    repository.commit(events=OTHER)
    repository.commit()
    assert outcome(run("check"))[0] == 0
    result = run("check", "--against", "HEAD~2")
    assert outcome(result) == (1, GONE.replace("the last commit", '"HEAD~2"'), "1 error\n")


@pytest.mark.parametrize("revision", ["v9", "--help", "-x"])
def test_check_against_a_revision_that_is_not_there(repository, revision):
    assert outcome(run("check", f"--against={revision}")) == (
        1,
        "",
        f'Error: there is no revision "{revision}" in the repository\n',
    )


def test_check_as_json_has_ids_that_are_gone_in_the_order_of_the_files(repository):
    repository.write(
        events=OTHER.replace("06-26\n", "06-26 \n"), sources="id\nle-monde\n le-soir\n"
    )
    result = run("check", "--format", "json")
    assert [problem["file"] for problem in json.loads(result.stdout)] == [
        "events.csv",
        "events.csv",
        "data/sources.csv",
        "data/sources.csv",
    ]
    assert json.loads(result.stdout)[0] == {
        "file": "events.csv",
        "line": 0,
        "id": "2015-03-18-bardo",
        "message": GONE.strip().partition("bardo: ")[2],
        "level": "error",
        "fixable": False,
    }


@pytest.mark.parametrize("options", [[], ["--format", "json"]])
def test_check_in_a_shallow_clone_notes_it_and_does_not_fail(repository, options):
    repository.commit()
    repository.git("clone", "--quiet", "--depth", "1", Path.cwd().as_uri(), "shallow")
    result = run("check", *options, "shallow/events.csv")
    assert (result.exit_code, result.stdout) == (0, "[]\n" if options else "")
    assert result.stderr.startswith("Note: this clone is shallow: ")


# diff


def test_diff_says_what_changed(repository):
    repository.write(events="id,date,killed_best\n2015-03-18-bardo,2015-03,22\n")
    assert outcome(run("diff", "HEAD", ".")) == (
        0,
        "events.csv: 1 changed\n"
        "  changed 2015-03-18-bardo (Something happens)\n"
        "    date: 18 March 2015 → March 2015 (2015-03-18 → 2015-03)\n"
        "    killed_best: blank → 22\n",
        "",
    )


def test_diff_as_markdown(repository):
    repository.write(actors="id,name\nx,X\n")
    assert outcome(run("diff", "--markdown", "HEAD", "events.csv")) == (
        0,
        "### data/actors.csv: 1 added\n\n- **added** `x`: X\n  - `name`: X\n  - `kind`: `group`\n",
        "",
    )


def test_diff_of_what_has_not_changed(repository):
    assert outcome(run("diff", "HEAD", ".")) == (
        0,
        "Nothing changed from HEAD to . in the curated files.\n",
        "",
    )


@pytest.mark.parametrize("arguments", [["v9", "."], [".", "v9"], ["--", "-v9", "."]])
def test_diff_with_nothing_to_compare(repository, arguments):
    name = next(one for one in arguments if "v9" in one)
    assert outcome(run("diff", *arguments)) == (
        1,
        "",
        f'Error: "{name}" is neither a file nor a folder, '
        f'and there is no revision "{name}" in the repository\n',
    )


# verify


def test_verify_a_database_that_holds_what_the_files_say(chronology):
    run("build")
    assert outcome(run("verify")) == (0, "", "events.db: agrees with the files, row by row\n")


def test_verify_says_what_differs(chronology):
    run("build")
    with closing(sqlite3.connect("events.db", isolation_level=None)) as db:
        db.execute("update events set title = 'Nothing happens'")
    assert outcome(run("verify", "events.csv", "events.db")) == (
        1,
        'events: 2015-03-18-bardo: title: the database has "Nothing happens", '
        'the files say "Something happens"\n',
        "events.db does not agree with the files: build it again\n",
    )


def test_verify_without_a_database(chronology):
    assert outcome(run("verify")) == (
        1,
        "",
        "Error: there is no events.db: build it with event-timeline build\n",
    )


def test_verify_with_errors_in_the_files(chronology):
    run("build")
    chronology.write(events=TWO_PROBLEMS)
    assert outcome(run("verify")) == (
        1,
        "",
        f"{ERROR}{WARNING}events.db was not compared: 1 error, 1 warning\n",
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
        "events.csv: left as it is, correct these first\n",
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


def test_fmt_does_not_write_through_a_link_out_of_the_folder(chronology, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "sources.csv"
    chronology.write(sources="id\nle-monde\nafp\n")
    sources = Path("data/sources.csv").rename(outside)
    Path("data/sources.csv").symlink_to(outside)
    before = sources.read_bytes()
    assert outcome(run("fmt")) == (
        1,
        "",
        f"data/sources.csv: is a link to {outside}, outside its folder: "
        "put the file itself in its place\n"
        "data/sources.csv: left as it is, correct these first\n",
    )
    assert sources.read_bytes() == before


def test_fmt_of_a_missing_file_is_a_message(chronology):
    assert outcome(run("fmt", "absent.csv")) == (
        1,
        "",
        "absent.csv: there is no such file: correct the path, or start one with "
        "event-timeline new\n"
        "absent.csv: left as it is, correct these first\n",
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
        "\nError: interrupted, nothing was added\n"
        "This row can be pasted into events.csv, and corrected there:\n"
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
        "Error: correct this first:\n"
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
    assert "the day of this check: is the year right?" in result.stdout


# help


def test_every_command_and_option_has_its_help():
    for name, command in cli.commands.items():
        assert command.help, name
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert parameter.help, (name, parameter.name)
