"""Build events.db: python scripts/build_db.py [EVENTS_CSV] [DB]; same as event-timeline build."""

from event_timeline.cli import build_command

if __name__ == "__main__":
    build_command()
