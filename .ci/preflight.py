"""Say in one line what this machine lacks, and exit 1. Runs on any Python."""

import sys

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37)  # the first with strict tables


def dotted(version):
    return ".".join(str(part) for part in version)


def problem(python, sqlite, has_venv):
    """What is missing and its remedy, or None.

    `python` and `sqlite` are version tuples (`sqlite` is None without the sqlite3
    module); `has_venv` is whether virtual environments with pip can be made.
    """
    if python < OLDEST_PYTHON:
        return (
            "Python %s or newer is needed, this is %s: install one and name it, "
            "for example: make PYTHON=python3.12 test" % (dotted(OLDEST_PYTHON), dotted(python))
        )
    if sqlite is None:
        return (
            "this Python was built without sqlite3: install libsqlite3-dev and build it "
            "again, or name another: make PYTHON=/usr/bin/python3 test"
        )
    if sqlite < OLDEST_SQLITE:
        return (
            "SQLite %s or newer is needed (strict tables), this Python has %s: name a Python "
            "with a newer one, for example: make PYTHON=/usr/bin/python3 test"
            % (dotted(OLDEST_SQLITE), dotted(sqlite))
        )
    if not has_venv:
        return (
            "Python's venv or ensurepip is missing: on Debian or Ubuntu, "
            "apt-get install python3-venv"
        )
    return None


def sqlite_version():
    try:
        import sqlite3
    except ImportError:
        return None
    return sqlite3.sqlite_version_info


def venv_works():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    found = problem(tuple(sys.version_info[:3]), sqlite_version(), venv_works())
    if found:
        sys.exit("event-timeline: " + found)
