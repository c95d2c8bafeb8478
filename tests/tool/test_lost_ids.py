"""Ids are permanent: what was committed is there, or withdrawn.csv says why not."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from event_timeline.history.git import HistoryError, NoRepositoryError
from event_timeline.history.lost_ids import find_lost

EVENTS_CSV = Path("events.csv")
TWO = "id,date,title\n2015-03-18-bardo,2015-03-18,Bardo\n2015-06-26-sousse,2015-06-26,Sousse\n"
ONE = TWO.partition("2015-06-26")[0]
RENAMED = TWO.replace("2015-06-26-sousse", "2015-06-26-port-el-kantaoui")
WITHDRAWN = "id,kind,title\n2015-06-26-sousse,event,Sousse\n"

GONE = (
    "events.csv: 2015-06-26-sousse: was published (line 3 of the last commit) and is gone: "
    "put the row back, or give it a row in data/withdrawn.csv that says why"
)


def lost(against: str = "") -> list[str]:
    """The problems, as `check` prints them; there is no note."""
    found = find_lost(EVENTS_CSV, against)
    assert found.notes == []
    return list(map(str, found.problems))


# What is gone


def test_nothing_is_gone(repository):
    repository.commit(events=TWO)
    assert lost() == []


def test_what_is_added_is_not_gone(repository):
    repository.commit(events=ONE)
    repository.write(events=TWO)
    assert lost() == []


def test_an_id_of_the_last_commit_is_gone(repository):
    repository.commit(events=TWO)
    repository.write(events=ONE)
    assert lost() == [GONE]


def test_an_id_that_the_last_commit_took_out_is_gone(repository):
    repository.commit(events=TWO)
    repository.commit(events=ONE)
    assert lost() == [GONE.replace("last commit", "commit before the last")]


def test_what_went_two_commits_ago_was_said_then(repository):
    repository.commit(events=TWO)
    repository.commit(events=ONE)
    repository.commit()
    assert lost() == []


def test_what_is_gone_from_both_commits_is_said_once(repository):
    repository.commit(events=TWO)
    repository.commit(events=TWO.replace("Sousse", "Port El Kantaoui"))
    repository.write(events=ONE)
    assert lost() == [GONE]


def test_of_a_merge_the_first_parent_counts(repository):
    repository.commit(events=TWO)
    repository.git("checkout", "--quiet", "-b", "side", "HEAD^1")
    repository.commit(actors="id,name\nx,X\n")
    repository.git("checkout", "--quiet", "-")
    repository.git("merge", "--quiet", "side")
    assert lost() == []
    repository.git("checkout", "--quiet", "HEAD^2")
    assert lost() == []


@pytest.mark.parametrize(
    ("file", "two", "one"),
    [
        ("actors", "id,name\nx,X\ny,Y\n", "id,name\nx,X\n"),
        ("sources", "id\nle-monde\ny\n", "id\nle-monde\n"),
        ("questions", "id,title\nx,X\ny,Y\n", "id,title\nx,X\n"),
        ("claims", "id,question\nx,q\ny,q\n", "id,question\nx,q\n"),
    ],
)
def test_every_file_has_its_ids(repository, file, two, one):
    repository.commit(**{file: two})
    repository.write(**{file: one})
    problem = (
        f"data/{file}.csv: y: was published (line 3 of the last commit) and is gone: "
        "put the row back, or give it a row in data/withdrawn.csv that says why"
    )
    assert lost() == [problem]
    repository.write(withdrawn=f"id,kind\ny,{file[:-1]}\n")
    assert lost() == []
    repository.write(withdrawn="id,kind\ny,event\n")
    assert lost() == [problem]


def test_a_withdrawn_row_with_spare_spaces_counts(repository):
    repository.commit(events=TWO)
    repository.write(events=ONE, withdrawn="id,kind\n 2015-06-26-sousse,event\n")
    assert lost() == []


def test_a_row_of_withdrawn_that_is_gone(repository):
    repository.commit(events=ONE, withdrawn=WITHDRAWN)
    repository.write(withdrawn="id,kind\n")
    assert lost() == [
        "data/withdrawn.csv: 2015-06-26-sousse: was withdrawn (line 2 of the last commit) "
        "and the row is gone: put it back"
    ]


def test_what_was_withdrawn_may_come_back(repository):
    repository.commit(events=ONE, withdrawn=WITHDRAWN)
    repository.write(events=TWO, withdrawn="id,kind\n")
    assert lost() == []


def test_what_never_was_an_id_was_not_published(repository):
    repository.commit(events=ONE + "Sousse 2015,2015-06-26,Sousse\n,2015-06-26,Sousse\n")
    repository.write(events=ONE)
    assert lost() == []


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("\n", "\r"),
        ("\n", "\r\n"),
        ("id,", "\ufeffid,"),
        (",", ";"),
        ("2015-06-26-sousse,", '"2015-06-26-sousse",'),
        ("2015-06-26-sousse,", " 2015-06-26-sousse,"),
    ],
)
def test_however_a_file_is_written(repository, written, otherwise):
    repository.write(events=TWO)
    canonical = EVENTS_CSV.read_bytes()
    odd = canonical.replace(written.encode(), otherwise.encode())
    EVENTS_CSV.write_bytes(odd)
    repository.commit()
    repository.write(events=ONE)
    assert lost() == [GONE]
    EVENTS_CSV.write_bytes(canonical)
    assert lost() == []
    repository.commit()
    EVENTS_CSV.write_bytes(odd)
    assert lost() == []


# Renamed


def test_an_id_that_was_probably_renamed(repository):
    repository.commit(events=TWO)
    repository.write(events=RENAMED)
    assert lost() == [
        "events.csv: 2015-06-26-sousse: was published (line 3 of the last commit) and is gone, "
        'probably renamed to "2015-06-26-port-el-kantaoui": put the id back, or give the old one '
        "a row in data/withdrawn.csv that says why"
    ]


def test_a_rename_inside_the_last_commit(repository):
    repository.commit(events=TWO)
    repository.commit(events=RENAMED)
    [problem] = lost()
    assert "(line 3 of the commit before the last) and is gone, probably renamed to" in problem


def test_a_row_that_was_there_before_is_not_the_new_name(repository):
    twins = TWO + "2015-06-26-twin,2015-06-26,Sousse\n"
    repository.commit(events=twins)
    repository.write(events=twins.replace("2015-06-26-sousse,2015-06-26,Sousse\n", ""))
    assert lost() == [GONE]


def test_a_rename_is_recognised_across_a_new_column(repository):
    text = Path("data/sources.csv").read_text()
    Path("data/sources.csv").write_text(text.replace(",note", "").replace(",\n", "\n"))
    repository.commit()
    repository.write(sources="id,note\nle-monde-2015,New\n")
    [problem] = lost()
    assert 'probably renamed to "le-monde-2015"' in problem


# Files


def test_a_file_that_is_gone(repository):
    repository.commit(claims="id,question\nx,q\ny,q\n")
    Path("data/claims.csv").unlink()
    Path("data/sources.csv").unlink()
    assert lost() == [
        "data/sources.csv: its row was published (the last commit) and the file is gone: "
        "put it back, or give each a row in data/withdrawn.csv that says why",
        "data/claims.csv: its 2 rows were published (the last commit) and the file is gone: "
        "put it back, or give each a row in data/withdrawn.csv that says why",
    ]


def test_that_events_csv_is_gone_is_said_elsewhere(repository):
    EVENTS_CSV.unlink()
    assert lost() == []


def test_a_file_that_cannot_be_read_whole_has_lost_nothing(repository):
    repository.commit(events=TWO)
    EVENTS_CSV.write_text(EVENTS_CSV.read_text().replace(",le-monde\n2015-06-26", "\n2015-06-26"))
    assert lost() == []
    Path("data/withdrawn.csv").write_text("nonsense\n")
    repository.write(events=ONE)
    assert lost() == []


@pytest.mark.parametrize("broken", ["", "nonsense\n", "\0", "a,b\n\xff", "title\nBardo\n"])
def test_an_old_file_that_cannot_be_read(repository, broken):
    EVENTS_CSV.write_bytes(broken.encode("latin-1"))
    repository.commit()
    repository.write(events=ONE)
    found = find_lost(EVENTS_CSV)
    assert found.problems == []
    assert found.notes == [
        "events.csv of the last commit cannot be read: its ids were not compared"
    ]


def test_a_broken_row_of_an_old_file_does_not_hide_the_others(repository):
    repository.commit(events=TWO)
    with EVENTS_CSV.open("a") as stream:
        stream.write("cut,off\n")
    repository.commit()
    repository.write(events=ONE)
    assert lost() == [GONE]


@pytest.mark.slow  # draws many examples
@settings(
    # Each runs git or a build.
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=200), st.binary(max_size=200))
@example(b"id,kind\nx,event\n", b"id,kind\n")
@example(b"id\nx\n", b"id\ny\n")
@example(b"id\n\xff\n", b"id;name\n")
def test_any_bytes_before_and_now(repository, before, now):
    for path in (EVENTS_CSV, Path("data/withdrawn.csv")):
        path.write_bytes(before)
    repository.commit()
    for path in (EVENTS_CSV, Path("data/withdrawn.csv")):
        path.write_bytes(now)
    find_lost(EVENTS_CSV)


# Another revision


def test_against_another_revision(repository):
    repository.commit(events=TWO)
    repository.git("tag", "v1")
    repository.commit(events=ONE)
    repository.commit()
    assert lost() == []
    assert lost("v1") == [GONE.replace("the last commit", '"v1"')]
    assert lost("HEAD") == []


def test_against_a_revision_that_is_not_there(repository):
    with pytest.raises(HistoryError, match=r'^there is no revision "--all" in the repository$'):
        find_lost(EVENTS_CSV, "--all")


def test_against_a_revision_without_a_repository(chronology):
    with pytest.raises(NoRepositoryError, match=r"^there is no git repository around the files$"):
        find_lost(EVENTS_CSV, "HEAD")


# Where there is nothing to compare with


def test_without_a_repository_nothing_is_lost(chronology):
    assert lost() == []


def test_without_git_nothing_is_lost(repository, monkeypatch):
    repository.commit(events=TWO)
    repository.write(events=ONE)
    monkeypatch.setenv("PATH", "/nowhere")
    assert lost() == []


def test_before_the_first_commit(chronology):
    subprocess.run(["git", "init", "--quiet"], check=True)
    assert lost() == []


def test_files_that_git_does_not_keep(repository):
    Path("else").mkdir()
    Path("else/events.csv").write_bytes(EVENTS_CSV.read_bytes())
    found = find_lost(Path("else/events.csv"))
    assert (found.problems, found.notes) == ([], [])


def test_a_shallow_clone_says_so_and_compares_with_what_it_has(repository, monkeypatch):
    repository.commit(events=TWO)
    repository.commit(events=ONE)
    source = Path.cwd().as_uri()
    repository.git("clone", "--quiet", "--depth", "1", source, "shallow")
    monkeypatch.chdir("shallow")
    found = find_lost(EVENTS_CSV)
    assert found.problems == []
    assert found.notes == [
        "this clone is shallow: the ids were compared with the last commit only, not with the one "
        "before it; git fetch --deepen=1 brings that (GitHub Actions: fetch-depth: 2)"
    ]
    repository.git("fetch", "--quiet", "--deepen=1")
    assert lost() == [GONE.replace("last commit", "commit before the last")]


def test_a_first_commit_is_not_taken_for_a_shallow_clone(repository):
    assert lost() == []


def test_a_repository_that_git_refuses_to_read_is_a_note(repository):
    Path(".git/config").write_text("[core\n")
    found = find_lost(EVENTS_CSV)
    assert found.problems == []
    assert found.notes == [
        "the ids were not compared with the last commit: "
        'git says "fatal: bad config line 1 in file .git/config"'
    ]


# From elsewhere, under another name


def test_from_another_folder_and_under_another_name(repository, monkeypatch):
    repository.write(events=TWO)
    EVENTS_CSV.rename("chronology.csv")
    repository.commit()
    repository.write(events=ONE)
    EVENTS_CSV.rename("chronology.csv")
    monkeypatch.chdir("data")
    assert [str(problem) for problem in find_lost(Path("../chronology.csv")).problems] == [
        GONE.replace("events.csv", "../chronology.csv")
    ]
