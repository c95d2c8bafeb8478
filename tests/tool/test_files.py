"""Where the curated files lie, and how one is replaced."""

import os
from pathlib import Path

import pytest

from event_timeline.curated.columns import ACTORS, EVENTS
from event_timeline.curated.files import curated_path, write_file


def test_companions_lie_in_data_beside_the_events():
    assert curated_path(Path("a/b.csv"), EVENTS) == Path("a/b.csv")
    assert curated_path(Path("a/b.csv"), ACTORS) == Path("a/data/actors.csv")


def test_a_file_is_replaced_whole(tmp_path):
    path, link = tmp_path / "a.csv", tmp_path / "link.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_file(link, b"new")
    assert (path.read_bytes(), link.is_symlink()) == (b"new", True)
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "link.csv"]


def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left on device"):
        write_file(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.csv", b"old")]


def test_a_link_laid_at_the_name_of_the_new_file_is_not_written_through(tmp_path):
    path, theirs = tmp_path / "events.csv", tmp_path / "theirs"
    path.write_bytes(b"old")
    theirs.write_bytes(b"theirs")
    (tmp_path / ".events.csv.new").symlink_to(theirs)
    write_file(path, b"new")
    assert (path.read_bytes(), theirs.read_bytes()) == (b"new", b"theirs")
    assert (tmp_path / ".events.csv.new").is_symlink()


def test_a_file_keeps_its_permissions_and_no_more(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    path.chmod(0o4644)
    write_file(path, b"new")
    assert path.stat().st_mode & 0o7777 == 0o644


def test_a_file_is_on_the_disk_before_it_takes_the_place_of_the_old(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    seen: list[bytes] = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: seen.append(path.read_bytes()))
    write_file(path, b"new")
    assert (seen, path.read_bytes()) == ([b"old"], b"new")
