"""SIGKILL at random moments: what is there is wholly old or wholly new, and every reader works."""

import shutil
import sqlite3
from contextlib import closing

from event_timeline.publish.build import build
from event_timeline.publish.replace import publish


def test_a_build_into_a_new_file_is_killed(make_site, killer, faults, figure):
    site = make_site(300)
    site.write("new")
    killer.measure(build, site.events_csv, site.database)
    kills = absent = 0
    while kills < faults:
        site.database.unlink(missing_ok=True)
        kills += killer.kill(build, site.events_csv, site.database)
        if site.database.exists():
            assert site.title() == "new"
        else:
            absent += 1
        if kills % 5 == 0:
            build(site.events_csv, site.database)
            assert site.title() == "new"
            assert site.left() == set()
    figure(f"{kills} kills of a build into a new file: {absent} left none, the others a whole one")


def test_a_build_over_a_live_file_is_killed(make_site, killer, readers, faults, figure):
    site = make_site(300)
    site.build("old")
    killer.measure(build, site.events_csv, site.database)
    kills = new = 0
    with readers(site) as reading:
        while kills < faults:
            title = "old" if site.title() == "new" else "new"
            site.write(title)
            kills += killer.kill(build, site.events_csv, site.database)
            new += site.title() == title
            if kills % 5 == 0:
                build(site.events_csv, site.database)
                assert site.title() == title
                assert site.left() == set()
    reading.check()
    figure(
        f"{kills} kills of a build over a live file: {new} after it was published; "
        f"{reading.answers.total()} answers to readers, {len(reading.failures)} failed"
    )


def test_a_publication_over_a_live_file_is_killed(
    make_site, killer, readers, faults, figure, tmp_path
):
    """Of a large file, so that the kill falls into the writing."""
    site = make_site(2_000)
    made = {}
    for title in ("new", "old"):
        site.build(title)
        made[title] = shutil.copy(site.database, tmp_path / f"{title}.db")
        pad(made[title])
    fresh = tmp_path / "fresh" / "events.db"
    fresh.parent.mkdir()
    publish(shutil.copy(made["old"], fresh), site.database)
    killer.measure(publish, shutil.copy(made["old"], fresh), site.database)
    kills = new = 0
    with readers(site) as reading:
        while kills < faults:
            title = "old" if site.title() == "new" else "new"
            shutil.rmtree(fresh.parent)
            fresh.parent.mkdir()
            shutil.copy(made[title], fresh)
            kills += killer.kill(publish, fresh, site.database)
            new += site.title() == title
    reading.check()
    site.build("new")
    assert site.title() == "new"
    assert site.left() == set()
    figure(
        f"{kills} kills of a publication of {fresh.stat().st_size / 1e6:.0f} MB over a live file: "
        f"{new} after it was done; {reading.answers.total()} answers to readers, "
        f"{len(reading.failures)} failed"
    )


def pad(database: str) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute("create table filler (x)")
        db.execute(
            "with recursive n (i) as (select 1 union all select i + 1 from n limit 4000) "
            "insert into filler select zeroblob(4000) from n"
        )
        db.commit()
