"""Queries of a table of events: filters, lanes, bins, places, the list."""
