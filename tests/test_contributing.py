"""The workflow that docs/contributing.md shows does what the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PAGE = (Path(__file__).parents[1] / "docs" / "contributing.md").read_text("utf-8")
[WORKFLOW] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def steps() -> list[dict]:
    return yaml.safe_load(WORKFLOW)["jobs"]["check"]["steps"]


def run_steps(steps: list[dict], summary: Path) -> list[int]:
    """Run the steps that call the command, as GitHub does, and return their exit codes."""
    folder = Path(sys.executable).parent
    env = os.environ | {
        "GITHUB_STEP_SUMMARY": str(summary),
        "PATH": f"{folder}:{os.environ['PATH']}",
    }
    commands = [step["run"] for step in steps if "event-timeline" in step.get("run", "")]
    assert len(commands) == 3
    return [
        subprocess.run(["bash", "-e", "-c", c], env=env, check=False).returncode for c in commands
    ]


def test_it_may_only_read_and_fetches_the_parents(steps):
    assert yaml.safe_load(WORKFLOW)["permissions"] == {"contents": "read"}
    assert steps[0] == {"uses": "actions/checkout@v4", "with": {"fetch-depth": 2}}


def test_a_pull_request_that_renames_an_id(repository, steps, tmp_path):
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit(events="id,date\n2015-03-18-museum,2015-03-18\n")
    repository.commit(events="id,date\n2015-03-18-museum,2015-03-18\n2016-x,2016\n")
    repository.git("checkout", "--quiet", "-")
    repository.git("merge", "--quiet", "--no-ff", "change", "--message", "Merge")
    summary = tmp_path / "summary.md"
    assert run_steps(steps, summary) == [0, 1, 0]
    assert summary.read_text("utf-8").startswith(
        "### events.csv: 1 added, 1 renamed\n"
        "\n"
        "- **renamed** `2015-03-18-bardo`: Something happens\n"
        "  - `id`: `2015-03-18-bardo` → `2015-03-18-museum`\n"
        "- **added** `2016-x`: Something happens\n"
    )


def test_a_pull_request_that_only_adds(repository, steps, tmp_path):
    repository.commit(events="id,date\n2015-03-18-bardo,2015-03-18\n2015-06-26-sousse,2015-06-26\n")
    assert run_steps(steps, tmp_path / "summary.md") == [0, 0, 0]
