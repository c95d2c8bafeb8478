"""Disks that are full or cannot be written: a message, and the database as it was."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SAID = (
    "Error: the database could not be made: ",
    "Error: {database} could not be written, it is as it was: ",
    "Error: nothing can be written in {folder} (",
)


def build(site, limit: int = resource.RLIM_INFINITY) -> "subprocess.CompletedProcess[str]":
    """Run the script, with a limit on the size of files."""
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "build_db.py"],
        cwd=site.folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


def check_refused(site, done, before: bytes | None) -> None:
    """It failed with one line of ours; nothing is left, and what was there is as it was."""
    assert done.returncode == 1
    *_warnings, last = done.stderr.splitlines()
    said = [text.format(database="events.db", folder=".") for text in SAID]
    assert last.startswith(tuple(said)), done.stderr
    assert "Traceback" not in done.stderr
    assert site.left() == set()
    assert (site.database.read_bytes() if site.database.exists() else None) == before


@pytest.fixture
def size(make_site, tmp_path) -> int:
    """How large the database is."""
    (tmp_path / "measured").mkdir()
    site = make_site(folder=tmp_path / "measured")
    site.build("new")
    return site.database.stat().st_size


def steps(number: int, most: int) -> list[int]:
    return [most * step // number for step in range(number)]


def test_a_new_file_on_a_disk_that_is_full(make_site, size, faults, figure):
    """A limit on the size of files stands for it, at every size up to that of the database."""
    site = make_site()
    site.write("new")
    for limit in steps(faults, size):
        check_refused(site, build(site, limit), None)
    assert build(site).returncode == 0
    assert site.title() == "new"
    assert site.left() == set()
    figure(f"{faults} builds into a new file stopped by a limit on its size: none left anything")


def test_a_live_file_on_a_disk_that_is_full(make_site, readers, size, faults, figure):
    site = make_site()
    site.build("old")
    site.write("new")
    with readers(site) as reading:
        before = site.database.read_bytes()
        for limit in steps(faults, size):
            check_refused(site, build(site, limit), before)
        assert site.title() == "old"
        assert build(site).returncode == 0
        assert site.title() == "new"
    reading.check()
    assert site.left() == set()
    figure(
        f"{faults} builds over a live file stopped by a limit on its size: it was as before; "
        f"{reading.answers.total()} answers to readers, {len(reading.failures)} failed"
    )


@pytest.mark.parametrize("live", [True, False])
def test_a_small_disk(make_site, readers, small_disk, size, faults, figure, live):
    """There is room for nothing, then for a part of the next database, then for all of it."""
    site = make_site(folder=small_disk)
    site.build("old")
    if not live:
        site.database.unlink()
    site.write("new")
    refused = published = 0
    for room in [0, *steps(faults - 1, 2 * size)]:
        ballast = small_disk / "ballast"
        with ballast.open("wb") as stream:
            free = os.statvfs(small_disk)
            os.posix_fallocate(stream.fileno(), 0, free.f_bavail * free.f_frsize - room or 1)
        done = build(site)
        ballast.unlink()
        assert "Traceback" not in done.stderr
        assert site.left() == set()
        if done.returncode == 0:
            published += 1
            assert site.title() == "new"
        else:
            refused += 1
            check_refused(site, done, site.database.read_bytes() if live else None)
            assert not live or site.title() == "old"
        if done.returncode == 0:
            site.database.unlink()
            if live:
                site.build("old")
                site.write("new")
    assert refused
    assert published
    figure(
        f"{refused + published} builds on a tmpfs with too little room "
        f"({'over a live file' if live else 'into a new file'}): {refused} refused, {published} done"
    )


def test_a_folder_that_cannot_be_written_in(make_site, readers, read_only):
    site = make_site()
    site.build("old")
    site.write("new")
    with readers(site) as reading:
        before = site.database.read_bytes()
        with read_only(site.folder):
            done = build(site)
        check_refused(site, done, before)
        assert done.stderr.splitlines()[-1].endswith("): name a file in another folder")
        assert site.title() == "old"
    reading.check()
    assert build(site).returncode == 0


def test_a_file_that_cannot_be_written(make_site, readers, unwritable):
    site = make_site()
    site.build("old")
    site.write("new")
    with readers(site) as reading:
        before = site.database.read_bytes()
        with unwritable(site.database):
            done = build(site)
        check_refused(site, done, before)
        assert done.stderr.splitlines()[-1] == (
            "Error: events.db could not be written, it is as it was: "
            "attempt to write a readonly database"
        )
        assert site.title() == "old"
    reading.check()
    assert build(site).returncode == 0
