"""A few clients ask for every kind of page while the data is published anew; `make load` is long."""

import subprocess
import sys
from pathlib import Path

LOAD = Path(__file__).parents[2] / "bench" / "load.py"


def test_no_answer_fails_or_mixes_versions(figure):
    command = [sys.executable, LOAD, "--clients", "3", "--seconds", "2", "--requests", "50"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("errors: 0; mixed versions: 0\n") == 2
    figure(next(line for line in done.stdout.splitlines() if line.startswith("answers: ")))
