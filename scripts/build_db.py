"""Build events.db: python scripts/build_db.py [EVENTS_CSV] [DB]; same as event-timeline build."""

import sys


def main() -> None:
    try:
        from event_timeline.cli import build_command
    except ModuleNotFoundError as error:
        sys.exit(
            f"build_db.py: this Python has no module {error.name}: run make serve once, "
            "then .venv/bin/python scripts/build_db.py"
        )
    build_command()


if __name__ == "__main__":
    main()
