"""events.db: its tables, search and views."""
