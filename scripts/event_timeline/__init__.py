"""A chronology you can trust: dated events in CSV, built into SQLite, served by Datasette."""

__version__ = "0.2.0"
