"""What git remembers of the curated files, asked without handing it anything to obey."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from event_timeline.history import git
from event_timeline.history.git import HistoryError, NoRepositoryError, find_blobs, read_revision

EVENTS_CSV = Path("events.csv")


def files() -> dict[str, bytes]:
    """The curated files that the fixture writes, as they are."""
    paths = {
        "events": EVENTS_CSV,
        "actors": Path("data/actors.csv"),
        "sources": Path("data/sources.csv"),
    }
    return {name: path.read_bytes() for name, path in paths.items()}


def test_a_revision_holds_the_files_that_were_committed(repository):
    committed = files()
    repository.write(events="id,date\n2015-06-26-sousse,2015-06-26\n")
    assert read_revision(EVENTS_CSV, "HEAD") == committed
    assert read_revision(EVENTS_CSV, "HEAD") != files()


@pytest.mark.parametrize("revision", ["HEAD", "HEAD^0", "HEAD@{0}", "v1", "v1^{commit}"])
def test_every_way_to_name_a_revision(repository, revision):
    repository.git("tag", "--annotate", "--message", "One", "v1")
    assert read_revision(EVENTS_CSV, revision) == files()


def test_a_file_that_came_later_is_not_in_an_old_revision(repository):
    repository.commit(questions="id,title\nhow-many,How many?\n")
    assert set(read_revision(EVENTS_CSV, "HEAD^1")) == {"events", "actors", "sources"}
    assert set(read_revision(EVENTS_CSV, "HEAD")) == {"events", "actors", "sources", "questions"}


def test_events_under_another_name_in_a_folder_below(repository):
    folder = Path("-our data")
    folder.mkdir()
    (folder / "-x été.csv").write_bytes(EVENTS_CSV.read_bytes())
    repository.commit()
    assert read_revision(folder / "-x été.csv", "HEAD") == {"events": EVENTS_CSV.read_bytes()}


def test_seen_from_a_folder_below(repository, monkeypatch):
    committed = files()
    monkeypatch.chdir("data")
    assert read_revision(Path("../events.csv"), "HEAD") == committed


def test_a_folder_where_a_file_is_now_is_no_file(repository):
    Path("data/claims.csv").mkdir()
    Path("data/claims.csv/note").write_text("x")
    repository.commit()
    assert "claims" not in read_revision(EVENTS_CSV, "HEAD")


def test_inside_a_hook_the_repository_is_the_one_around_the_files(repository, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert read_revision(EVENTS_CSV, "HEAD") == files()


# What git calls the bytes


def test_equal_bytes_have_equal_ids(repository):
    [blobs] = find_blobs(EVENTS_CSV, ["HEAD"])
    assert blobs["events"] == repository.git("hash-object", "events.csv").strip()
    assert blobs["events"] == git.blob_id(EVENTS_CSV, blobs["events"])
    assert git.read_blobs(Path(), [blobs["events"]]) == {blobs["events"]: EVENTS_CSV.read_bytes()}


def test_the_ids_of_a_repository_with_sha256(repository):
    Path("later").mkdir()
    Path("later/events.csv").write_bytes(EVENTS_CSV.read_bytes())
    repository.git("init", "--quiet", "--object-format=sha256", "later")
    repository.git("-C", "later", "add", "events.csv")
    repository.git("-C", "later", "commit", "--quiet", "--message", "Something")
    [blobs] = find_blobs(Path("later/events.csv"), ["HEAD"])
    assert len(blobs["events"]) == 64
    assert blobs["events"] == git.blob_id(EVENTS_CSV, blobs["events"])


def test_a_revision_that_is_not_there_has_no_files(repository):
    assert find_blobs(EVENTS_CSV, ["HEAD", "HEAD^1", "v9"])[1:] == [None, None]


def test_a_revision_without_the_files_has_none_of_them(repository):
    Path("else").mkdir()
    assert find_blobs(Path("else/events.csv"), ["HEAD"]) == [{}]


# What cannot be had


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("v9", 'there is no revision "v9" in the repository'),
        ("HEAD^1", 'there is no revision "HEAD^1" in the repository'),
        ("--help", 'there is no revision "--help" in the repository'),
        ("-", 'there is no revision "-" in the repository'),
        ("--output=stolen", 'there is no revision "--output=stolen" in the repository'),
        ("HEAD:events.csv", 'there is no revision "HEAD:events.csv" in the repository'),
        ("HEAD..HEAD", 'there is no revision "HEAD..HEAD" in the repository'),
        ("^HEAD", 'there is no revision "^HEAD" in the repository'),
        ("HEAD missing", 'there is no revision "HEAD missing" in the repository'),
        (":/Something", '":/Something" is no revision'),
        ("HEAD\nHEAD", '"HEAD\\x0aHEAD" is no revision'),
        ("HEAD\0", '"HEAD\\x00" is no revision'),
        ("", '"" is no revision'),
    ],
)
def test_a_revision_that_is_none(repository, revision, said):
    before = {path.name for path in Path().iterdir()}
    with pytest.raises(HistoryError) as failed:
        read_revision(EVENTS_CSV, revision)
    assert str(failed.value) == said
    assert {path.name for path in Path().iterdir()} == before


def test_without_a_repository(chronology):
    with pytest.raises(NoRepositoryError, match=r"^there is no git repository around the files$"):
        read_revision(EVENTS_CSV, "HEAD")


def test_inside_a_repositorys_own_folder(repository):
    with pytest.raises(NoRepositoryError):
        read_revision(Path(".git/events.csv"), "HEAD")


def test_without_git(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NoRepositoryError, match=r"^there is no git, or no such folder$"):
        read_revision(EVENTS_CSV, "HEAD")


def test_without_the_folder(repository):
    with pytest.raises(NoRepositoryError):
        read_revision(Path("absent/events.csv"), "HEAD")


def test_a_repository_that_git_refuses_to_read(repository):
    Path(".git/config").write_text("[core\n")
    with pytest.raises(HistoryError) as failed:
        read_revision(EVENTS_CSV, "HEAD")
    assert str(failed.value) == 'git says "fatal: bad config line 1 in file .git/config"'
    assert not isinstance(failed.value, NoRepositoryError)


def test_a_name_that_would_be_two_questions(repository):
    with pytest.raises(HistoryError, match=r"^git cannot be asked for "):
        read_revision(Path("events\n.csv"), "HEAD")


@settings(
    # Each runs git or a build.
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=20))
@example("HEAD^{/")
@example("@{-1}")
@example("\udcff")
def test_any_revision_is_answered_or_refused(repository, revision):
    with suppress(HistoryError):
        assert read_revision(EVENTS_CSV, revision) == files()
