"""Building a database, putting it in place, comparing, watching, exporting and serving it."""
