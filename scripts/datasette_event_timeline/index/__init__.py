"""Indexes of tables with dates: what their timelines ask of them, read once and kept in a file."""
