"""The look of the pages: ours where metadata declares a chronology, core's everywhere else."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from event_timeline.build import build

# What differs between two runs of the same Datasette.
TIMING = re.compile(r"Queries took [\d.]+ms")

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def pages_of(database: Path, plugins: str, path: str) -> str:
    """A page as Datasette makes it with these plugins and no metadata."""
    run = subprocess.run(
        [sys.executable, "-m", "datasette", str(database), "--get", path],
        env=os.environ | {"DATASETTE_LOAD_PLUGINS": plugins},
        capture_output=True,
        text=True,
        check=False,
    )
    return TIMING.sub("", run.stdout)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/events",
        "/events/events?_search=museum&_sort=date",
        "/events/events/2015-03-18-bardo-museum-attack",
        "/events/answers",
        "/events?sql=select+id,url+from+sources",
        "/events/nothing-here",
    ],
)
def test_undeclared_is_core(database: Path, path: str) -> None:
    ours = pages_of(database, "datasette-vega,event-timeline", path)
    core = pages_of(database, "datasette-vega", path)
    assert "<html>" in core
    assert ours == core


async def test_pages_of_datasette_itself(site: Datasette) -> None:
    for path in ("/-/plugins", "/-/metadata", "/-/settings", "/-/versions"):
        response = await site.client.get(path)
        assert response.status_code == 200
        assert 'class="masthead"' in response.text


async def test_hostile_values(chronology: Any, tmp_path: Path) -> None:
    text = HOSTILE.replace('"', '""')
    chronology.write(
        events=f'id,date,title,summary,note,place,targets,actors,aliases\n2015-03-18-bardo,2015-03-18,"{text}","{text}","{text}","{text}","{text}","{text} (target)","ar:{text}"\n',
        sources=f'id,publisher,title,author\nle-monde,"{text}","{text}","{text}"\n',
        actors=f'id,name,note,aliases\nx,"{text}","{text}","{text}"\n',
        questions=f'id,title,event,measure,scope,unit,note\nq,"{text}",2015-03-18-bardo,killed,victims,"{text}","{text}"\n',
        claims=f'id,question,said,best,source,reported_by,population,note\nc,q,"{text}",3,le-monde,"{text}","{text}","{text}"\n',
    )
    assert [p for p in chronology.problems() if p.level == "error"] == []
    build(Path("events.csv"), tmp_path / "events.db")
    site = Datasette(
        [str(tmp_path / "events.db")],
        metadata={
            "title": HOSTILE,
            "description": HOSTILE,
            "license": HOSTILE,
            "plugins": {"event-timeline": {"database": "events"}},
        },
    )
    for path in (
        "/",
        "/events",
        "/events/events",
        f"/events/events?_search={HOSTILE}&title__contains={HOSTILE}",
        "/events/events?_columns=all",
        "/events/events/2015-03-18-bardo",
        "/events/actors/x",
        "/events/sources/le-monde",
        "/events/questions/q",
        "/events/claims/c",
        "/events/claims",
        "/events/answers",
        f"/events?sql=select+:x+as+title&x={HOSTILE}",
        f"/events/{HOSTILE}",
    ):
        response = await site.client.get(path)
        assert response.status_code < 500, path
        assert "<script>alert" not in response.text, path
        assert "<img src=x" not in response.text, path
